package io.zeroipc.os;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/**
 * One way to ask the kernel for byte locks. Knows nothing of users inside this JVM; {@link FileLocks} keeps them apart
 * and calls a locker by one thread at a time.
 */
sealed interface Locker permits DescriptionLocker, ProcessLocker {

    /**
     * How often a refused attempt is repeated when the lock in its way was only the instantaneous shared lock by which
     * a JVM without native access probes.
     */
    int PROBE_RETRIES = 64;

    /** A byte the kernel gave us. */
    @FunctionalInterface
    interface Grant {
        /** Gives it back; harmless when the file is closed already. */
        void release() throws IOException;
    }

    FileLocks.Mechanism mechanism();

    /** Takes the exclusive lock of one byte, or returns null when somebody else has it. Never waits. */
    @Nullable
    Grant tryAcquire(long position) throws IOException;

    /** Whether somebody else has the exclusive lock of one byte. */
    boolean isTaken(long position) throws IOException;

    void close();
}
