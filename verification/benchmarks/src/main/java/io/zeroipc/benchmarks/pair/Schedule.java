package io.zeroipc.benchmarks.pair;

/**
 * When the messages of an open loop should be sent. A time is counted from there and not from when a message was sent at last: so a
 * stall counts for each message that it held up, and is not left out because nobody could send meanwhile.
 *
 * @param start when the first one should be sent, by {@link System#nanoTime()}
 * @param perSecond the rate
 */
record Schedule(long start, int perSecond) {

    private static final long SECOND = 1_000_000_000;

    Schedule {
        if (perSecond <= 0) {
            throw new IllegalArgumentException(
                    "rate must be positive: perSecond=" + perSecond + " (expected: 1 or more)");
        }
    }

    long intended(long message) {
        return start + message / perSecond * SECOND + message % perSecond * SECOND / perSecond;
    }

    /** How many should have been sent before {@code nanos} have passed. */
    long within(long nanos) {
        return Math.max(1, nanos / SECOND * perSecond + nanos % SECOND * perSecond / SECOND);
    }
}
