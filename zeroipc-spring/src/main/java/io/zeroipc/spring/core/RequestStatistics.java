package io.zeroipc.spring.core;

import java.util.concurrent.atomic.LongAdder;

/** Counts the requests of one template. Thread-safe; a figure is a sum over stripes, not a snapshot. */
public final class RequestStatistics {

    private final LongAdder replied = new LongAdder();
    private final LongAdder timedOut = new LongAdder();
    private final LongAdder late = new LongAdder();

    RequestStatistics() {
    }

    /** Requests whose reply came in time. */
    public long replied() {
        return replied.sum();
    }

    /** Requests that were sent, and whose reply did not come in time. */
    public long timedOut() {
        return timedOut.sum();
    }

    /** Replies that nobody waited for any more, or never did; they were dropped. */
    public long late() {
        return late.sum();
    }

    void addReplied() {
        replied.increment();
    }

    void addTimedOut() {
        timedOut.increment();
    }

    void addLate() {
        late.increment();
    }
}
