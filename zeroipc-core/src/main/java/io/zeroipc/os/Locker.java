package io.zeroipc.os;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * One way to ask the kernel for byte locks. Knows nothing of users inside this JVM; {@link FileLocks} keeps them apart
 * and calls a locker by one thread at a time.
 */
sealed interface Locker permits DescriptionLocker, ProcessLocker {

    /** How many repetitions {@link #tryAcquire} makes without leaving the processor. */
    int PROBE_SPINS = 64;
    /** Pause of later repetitions. */
    long PROBE_PARK_NANOS = 20_000;
    /** A process that was suspended while it probed is not waited for any longer than this. */
    long PROBE_PATIENCE_NANOS = 1_000_000_000;

    /** A byte the kernel gave us. */
    @FunctionalInterface
    interface Grant {
        /** Gives it back; harmless when the file is closed already. */
        void release() throws IOException;
    }

    FileLocks.Mechanism mechanism();

    /** Asks once for the exclusive lock of one byte; null when somebody else has any lock of it. */
    @Nullable
    Grant attempt(long position) throws IOException;

    /** Whether somebody else has the exclusive lock of one byte. Holders have that one, and nobody else has. */
    boolean isTaken(long position) throws IOException;

    /**
     * Takes the exclusive lock of one byte, or returns null when somebody else has it. Repeats a refused attempt when
     * what was in its way is only the momentary shared lock by which a JVM without native access probes.
     */
    default @Nullable Grant tryAcquire(long position) throws IOException {
        long start = System.nanoTime();
        for (int attempts = 1;; attempts++) {
            Grant grant = attempt(position);
            if (grant != null || isTaken(position) || System.nanoTime() - start > PROBE_PATIENCE_NANOS) {
                return grant;
            }
            if (attempts <= PROBE_SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(this, PROBE_PARK_NANOS);
            }
        }
    }

    void close();
}
