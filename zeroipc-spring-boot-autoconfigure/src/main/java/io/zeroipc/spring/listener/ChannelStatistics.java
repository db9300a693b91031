package io.zeroipc.spring.listener;

import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what one listener did with one channel since its container was made, across restarts. Thread-safe; reading is
 * a sum over stripes, not a snapshot.
 */
public final class ChannelStatistics {

    private final LongAdder succeeded = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder lost = new LongAdder();

    ChannelStatistics() {
    }

    /** Elements after which the listener returned. */
    public long succeeded() {
        return succeeded.sum();
    }

    /** Elements that could not be read, or after which the listener threw. */
    public long failed() {
        return failed.sum();
    }

    /** Elements that were overwritten before this listener saw them. */
    public long lost() {
        return lost.sum();
    }

    void success(int elements) {
        succeeded.add(elements);
    }

    void failure(int elements) {
        failed.add(elements);
    }

    void loss(long elements) {
        lost.add(elements);
    }
}
