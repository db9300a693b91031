package io.zeroipc.os;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;

import org.jspecify.annotations.Nullable;

/**
 * Locks of {@link FileChannel}, which belong to the whole process. Only {@code tryLock} is used: unlike {@code lock} it
 * does not close the channel when the thread is interrupted.
 */
final class ProcessLocker implements Locker {
    private final FileChannel channel;

    ProcessLocker(FileChannel channel) {
        this.channel = channel;
    }

    @Override
    public FileLocks.Mechanism mechanism() {
        return FileLocks.Mechanism.PROCESS;
    }

    @Override
    public @Nullable Grant attempt(long position) throws IOException {
        try {
            FileLock lock = channel.tryLock(position, 1, false);
            return lock == null ? null : () -> release(lock);
        } catch (OverlappingFileLockException e) {
            return null; // another object of this JVM has it, perhaps from another class loader
        }
    }

    /**
     * There is no question without a lock here: a shared lock is refused exactly when somebody has the exclusive one.
     * {@link #tryAcquire} recognises it, so it disturbs nobody.
     */
    @Override
    public boolean isTaken(long position) throws IOException {
        try {
            FileLock probe = channel.tryLock(position, 1, true);
            if (probe == null) {
                return true;
            }
            release(probe);
            return false;
        } catch (OverlappingFileLockException e) {
            return true;
        }
    }

    private static void release(FileLock lock) throws IOException {
        try {
            lock.release();
        } catch (ClosedChannelException e) {
            // Closing the channel freed it.
        }
    }

    @Override
    public void close() {
        // The channel belongs to the caller, and FileLocks has released what it held.
    }
}
