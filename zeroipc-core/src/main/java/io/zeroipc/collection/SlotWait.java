package io.zeroipc.collection;

import io.zeroipc.StructureBusyException;
import io.zeroipc.segment.Blocks;
import io.zeroipc.wait.Looks;

/**
 * How long to wait for a slot that another thread, of whatever process and language, owns for a moment. Owners need
 * nanoseconds; only one that was descheduled, stopped or killed in between makes others wait longer than a few looks.
 */
final class SlotWait {

    /**
     * The first looks are paid for with a spin hint only: the owner runs on another core in most cases. All that somebody takes
     * who waits by other means.
     */
    static final int LOOKS_BEFORE_YIELD = 32;
    /** As many looks as the other implementations take, with a yield after each: milliseconds. */
    static final int LOOKS_MAX = 10_000;
    /** So many looks before somebody is told that it cannot be told: about a second, as the last ones are 1 ms apart. */
    static final int LOOKS_OF_THE_PATIENT = LOOKS_MAX + 1_000;

    private static final long SLEEP_MILLIS = 1;
    /** A turn that takes as long as several of these counts for as many, where others keep the processors busy. */
    private static final long YIELD_NANOS = 50_000;
    private static final long SLEEP_NANOS = SLEEP_MILLIS * 1_000_000;

    private SlotWait() {
    }

    /**
     * One turn between two looks. Keeps the interrupt status.
     *
     * @param looks 0 at first
     * @return the number of looks to pass next time, and to compare with the greatest one: it may pass that by
     */
    @SuppressWarnings("ThreadPriorityCheck") // Right without the scheduler's help; the owner may need this very core.
    static int pause(int looks) {
        if (looks < LOOKS_BEFORE_YIELD) {
            Thread.onSpinWait();
            return looks + 1;
        }
        long begun = System.nanoTime();
        if (looks < LOOKS_MAX) {
            Thread.yield();
            return looks + Looks.count(System.nanoTime() - begun, YIELD_NANOS, LOOKS_MAX);
        }
        sleep();
        return looks + Looks.count(System.nanoTime() - begun, SLEEP_NANOS, LOOKS_OF_THE_PATIENT - LOOKS_MAX);
    }

    private static void sleep() {
        // Cleared meanwhile: an interrupted thread would not sleep at all.
        boolean interrupted = Thread.interrupted();
        try {
            Thread.sleep(SLEEP_MILLIS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * What to throw after {@link #LOOKS_OF_THE_PATIENT}.
     *
     * @param part what stays with its owner: its name, number and state
     * @param wayOut what helps if the owner is dead
     */
    static StructureBusyException busy(Blocks blocks, String part, String wayOut) {
        String segment = blocks.segment().name();
        return new StructureBusyException(
                "somebody has begun to change what was asked for, and has not finished: segment=" + segment + ", name="
                        + blocks.name() + ", " + part + " (a stopped thread goes on some time, so try again; if its "
                        + "process has died, " + wayOut + ")",
                segment, blocks.name());
    }
}
