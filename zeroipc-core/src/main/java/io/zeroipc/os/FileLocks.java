package io.zeroipc.os;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * Exclusive locks of single bytes of one open file, owned by the kernel: when the process dies, however it dies, its
 * locks are free. Thread-safe.
 *
 * <p>
 * A position needs no byte in the file, so positions far beyond its end are as good as any. There are two mechanisms,
 * and they exclude each other across processes:
 * <ul>
 * <li>{@link Mechanism#DESCRIPTION}, with native access: the lock belongs to one open file description that this object
 * alone holds.</li>
 * <li>{@link Mechanism#PROCESS}, without: the lock belongs to the JVM, and <em>all of them vanish silently as soon as
 * any descriptor of that file is closed anywhere in the JVM</em>. Whoever owns the channel must not let that happen:
 * one channel per file, closed when its last user is gone.</li>
 * </ul>
 *
 * <p>
 * Neither mechanism tells two users inside this object apart, hence the set of held positions: a position taken through
 * this object is refused to everybody else who asks this object, the same thread included (the locks are not
 * reentrant). Of one file there should be one object per JVM; a second one is refused whatever the first one holds.
 *
 * <p>
 * Failures of the operating system (an unsupported file system, no lock entries left) are
 * {@link UncheckedIOException}s, use after {@link #close()} and locking a read-only file are
 * {@link IllegalStateException}s.
 */
public final class FileLocks implements AutoCloseable {
    private static final long MIN_PARK_NANOS = 20_000;
    private static final long MAX_PARK_NANOS = 1_000_000;

    private final Locker locker;
    private final Path path;
    private final boolean readOnly;
    private final Map<Long, HeldByte> held = new HashMap<>();
    private boolean closed;

    private FileLocks(Locker locker, Path path, boolean readOnly) {
        this.locker = locker;
        this.path = path;
        this.readOnly = readOnly;
    }

    /** Who owns a lock in the eyes of the kernel. */
    public enum Mechanism {
        /** One open file description ({@code F_OFD_SETLK}). */
        DESCRIPTION,
        /** The process ({@code F_SETLK} on Linux, whatever {@link FileChannel} uses elsewhere). */
        PROCESS
    }

    /** A position that is locked until it is closed, the {@link FileLocks} is closed, or the process dies. */
    public interface Held extends AutoCloseable {
        /** The locked position. */
        long position();

        /** Frees the position. Idempotent, and without effect once the {@link FileLocks} is closed. */
        @Override
        void close();
    }

    /**
     * As {@link #of(FileChannel, Path, FileIdentity, boolean)}, with the identity of what stands at the path now.
     *
     * @throws IOException if the file cannot be opened a second time
     */
    public static FileLocks of(FileChannel channel, Path path, boolean readOnly) throws IOException {
        return of(channel, path, FileIdentity.of(path), readOnly);
    }

    /**
     * The locks of an open file. With native access the file is opened a second time by its path, never through a
     * symbolic link. The channel is not closed by this object and must stay open as long as it.
     *
     * @param channel the JVM's one channel of the file, open for reading and, unless read-only, for writing
     * @param path where the file stands
     * @param identity the identity of the file the channel was opened on
     * @param readOnly true when nothing shall be locked; probing works
     * @throws IOException if the file cannot be opened a second time, or the path leads to another file by now
     */
    public static FileLocks of(FileChannel channel, Path path, FileIdentity identity, boolean readOnly)
            throws IOException {
        Locker locker = NativeFile.canOpen(path) ? DescriptionLocker.open(path, readOnly, identity) : null;
        return new FileLocks(locker != null ? locker : new ProcessLocker(channel), path, readOnly);
    }

    /** Which mechanism these locks use. */
    public Mechanism mechanism() {
        return locker.mechanism();
    }

    /**
     * Takes a position, or returns null when another process or another user of this object has it. Never waits for a
     * holder. Is not disturbed by somebody who merely probes, unless that process is stopped in the middle of it: null
     * then, after a second.
     */
    public synchronized @Nullable Held tryLock(long position) {
        checkUsable(position);
        if (readOnly) {
            throw new IllegalStateException("file is open read-only and cannot be locked: path=" + path + ", position="
                    + position + " (expected: opened for writing)");
        }
        if (held.containsKey(position)) {
            return null;
        }
        try {
            Locker.Grant grant = locker.tryAcquire(position);
            if (grant == null) {
                return null;
            }
            HeldByte taken = new HeldByte(position, grant);
            held.put(position, taken);
            return taken;
        } catch (IOException e) {
            throw failure("cannot lock", position, e);
        }
    }

    /**
     * Takes a position, waiting as long as somebody else has it. Waiters are not queued: no order is promised.
     *
     * @param timeout how long to wait; zero or less means one attempt
     * @return null when the time is over
     * @throws InterruptedException if the thread is interrupted before or while it waits; nothing is locked then
     */
    public @Nullable Held lock(long position, Duration timeout) throws InterruptedException {
        // Not below zero, or the subtraction below could overflow to a long wait.
        long timeoutNanos = Math.max(0, TimeUnit.NANOSECONDS.convert(timeout));
        long start = System.nanoTime();
        long park = MIN_PARK_NANOS;
        while (true) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            Held taken = tryLock(position);
            if (taken != null) {
                return taken;
            }
            long left = timeoutNanos - (System.nanoTime() - start);
            if (left <= 0) {
                return null;
            }
            LockSupport.parkNanos(this, Math.min(park, left));
            park = Math.min(park * 2, MAX_PARK_NANOS);
        }
    }

    /** Whether anybody has this position: this object, or {@link #isHeldElsewhere another holder}. */
    public synchronized boolean isHeld(long position) {
        checkUsable(position);
        return held.containsKey(position) || isHeldElsewhere(position);
    }

    /**
     * Whether somebody else, in another process or through another object of this JVM, has this position. Takes
     * nothing, and is possible for a read-only file.
     */
    public synchronized boolean isHeldElsewhere(long position) {
        checkUsable(position);
        if (held.containsKey(position)) {
            return false;
        }
        try {
            return locker.isTaken(position);
        } catch (IOException e) {
            throw failure("cannot probe the lock of", position, e);
        }
    }

    /** Frees every position held through this object. Idempotent. To be called before the channel is closed. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        UncheckedIOException first = null;
        for (HeldByte taken : held.values()) {
            try {
                taken.free();
            } catch (UncheckedIOException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        held.clear();
        locker.close();
        if (first != null) {
            throw first;
        }
    }

    private synchronized void release(HeldByte taken) {
        if (held.remove(taken.position, taken)) {
            taken.free();
        }
    }

    private void checkUsable(long position) {
        if (closed) {
            throw new IllegalStateException("file locks are closed: path=" + path + ", position=" + position);
        }
        if (position < 0 || position == Long.MAX_VALUE) {
            throw new IllegalArgumentException("lock position is out of range: position=" + position + ", path=" + path
                    + " (expected: 0 to 2^63-2)");
        }
    }

    private UncheckedIOException failure(String what, long position, IOException e) {
        return new UncheckedIOException(what + " a byte: path=" + path + ", position=" + position + ", mechanism="
                + mechanism() + ", cause=" + e.getMessage(), e);
    }

    private final class HeldByte implements Held {
        private final long position;
        private final Locker.Grant grant;

        HeldByte(long position, Locker.Grant grant) {
            this.position = position;
            this.grant = grant;
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public void close() {
            release(this);
        }

        void free() {
            try {
                grant.release();
            } catch (IOException e) {
                throw failure("cannot unlock", position, e);
            }
        }

        @Override
        public String toString() {
            return "lock of position " + position + " in " + path;
        }
    }
}
