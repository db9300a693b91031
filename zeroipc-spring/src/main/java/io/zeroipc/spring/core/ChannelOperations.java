package io.zeroipc.spring.core;

import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what the template and the listeners of one application did with a channel. What code does with the structure
 * itself is not counted here: it pays for nothing that it did not ask for. Thread-safe; a figure is a sum over stripes,
 * not a snapshot.
 */
public final class ChannelOperations {

    private final LongAdder sent = new LongAdder();
    private final LongAdder full = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final LongAdder empty = new LongAdder();

    /** Elements that were sent. */
    public long sent() {
        return sent.sum();
    }

    /** Attempts to send that found no room in time. */
    public long full() {
        return full.sum();
    }

    /** Elements that were taken: received by a template, or handed to a listener. */
    public long received() {
        return received.sum();
    }

    /** Attempts of a template to receive that found nothing in time. */
    public long empty() {
        return empty.sum();
    }

    /** To be called by whoever sends. */
    public void addSent(long elements) {
        sent.add(elements);
    }

    /** To be called by whoever could not send. */
    public void addFull() {
        full.increment();
    }

    /** To be called by whoever takes elements. */
    public void addReceived(long elements) {
        received.add(elements);
    }

    /** To be called by whoever looked for an element on behalf of somebody, in vain. A consumer that polls does not count. */
    public void addEmpty() {
        empty.increment();
    }
}
