package io.zeroipc.collection;

/**
 * How long to wait for a slot that another thread, of whatever process and language, owns for a moment: as long as the
 * other implementations do, 10000 looks with a yield after each. Owners need nanoseconds; only one that was descheduled
 * or killed in between makes others wait longer than a few looks.
 */
final class SlotWait {

    static final int LOOKS_MAX = 10_000;

    /** The first looks are paid for with a spin hint only: the owner runs on another core in most cases. */
    private static final int LOOKS_BEFORE_YIELD = 32;

    private SlotWait() {
    }

    /** One turn between two looks; returns the number of looks to pass next time. */
    @SuppressWarnings("ThreadPriorityCheck") // Right without the scheduler's help; the owner may need this very core.
    static int pause(int looks) {
        if (looks < LOOKS_BEFORE_YIELD) {
            Thread.onSpinWait();
        } else {
            Thread.yield();
        }
        return looks + 1;
    }
}
