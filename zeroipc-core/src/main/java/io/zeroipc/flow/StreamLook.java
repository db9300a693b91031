package io.zeroipc.flow;

/**
 * One look of a reader at what is there. It passes over no more elements than the stream holds: beside a writer that is as fast
 * as the reader, a look for an element that does not come would never end. For one thread at a time.
 */
final class StreamLook {

    private final long elementsMax;
    private long left;

    StreamLook(long elementsMax) {
        this.elementsMax = elementsMax;
    }

    void begin() {
        left = elementsMax;
    }

    /** Passes over an element that is not for the reader, or not alone; false when that was the last one of this look. */
    boolean passOver() {
        return --left > 0;
    }

    /** Whether this look has ended before it found that nothing is there. */
    boolean isCutShort() {
        return left <= 0;
    }
}
