package io.zeroipc.sync;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.function.BooleanSupplier;

import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.EventCount;
import io.zeroipc.wait.Deadline;

/** Waits of several structures, besides those of {@link EventCount}. To be called in a lane. */
final class Waits {

    /** So long a thread that is to stop waiting waits for what others do within moments, if they live. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private Waits() {
    }

    /**
     * Waits as {@link EventCount#await(BooleanSupplier, Deadline)} does, and stands as one in a counter of shared memory from before the first look until
     * the end, whatever that is.
     */
    static boolean counted(EventCount where, MemorySegment memory, long counterOffset, BooleanSupplier condition,
            Deadline deadline) throws InterruptedException {
        Atomics.getAndAddInt(memory, counterOffset, 1);
        try {
            return where.await(condition, deadline);
        } finally {
            // The bytes of a detached segment may be gone, and who still sees them is on its own.
            if (!where.attachment().isDetached()) {
                Atomics.getAndAddInt(memory, counterOffset, -1);
            }
        }
    }

    /** Waits for something without which an operation cannot end, with patience: neither an interrupt nor close ends it. */
    static boolean toEnd(Attachment attachment, BooleanSupplier condition) {
        Deadline deadline = patience();
        int attempts = 0;
        while (!condition.getAsBoolean()) {
            if (deadline.expired()) {
                return false;
            }
            attempts = attachment.pauseToEnd(attempts);
        }
        return true;
    }

    /** When patience that begins now is over. */
    static Deadline patience() {
        return Deadline.after(PATIENCE);
    }
}
