package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * A message of a {@link SharedTopic} that is read in place. Its chunk is not written again until {@link #close}. Several may be open, and
 * closed in any order, by any thread.
 *
 * <p>
 * For one thread at a time, but two may close it at once. It can be read and closed after the segment's close has begun, and keeps the
 * mapping until then.
 */
public final class Sample implements AutoCloseable {

    /** In place of an object for each sample. */
    private static final AtomicIntegerFieldUpdater<
            Sample> OPEN = AtomicIntegerFieldUpdater.newUpdater(Sample.class, "open");

    private final TopicSubscriber subscriber;
    private final int chunk;
    private final long position;
    private final MemorySegment memory;
    /** 1 until it is ended. */
    private volatile int open = 1;

    Sample(TopicSubscriber subscriber, int chunk, long position, MemorySegment memory) {
        this.subscriber = subscriber;
        this.chunk = chunk;
        this.position = position;
        this.memory = memory;
    }

    /**
     * The message; read-only. Not to be used any more when the sample is closed: another message may be written there.
     *
     * @throws IllegalStateException when it is closed
     */
    public MemorySegment memory() {
        if (open == 0) {
            throw new IllegalStateException("sample is closed: " + subscriber.describe() + ", position=" + position);
        }
        return memory;
    }

    /** Bytes of the message. */
    public long byteSize() {
        return memory.byteSize();
    }

    /** Its number among all messages of the topic, from 0. */
    public long position() {
        return position;
    }

    /**
     * Gives the message back. Idempotent.
     *
     * @throws io.zeroipc.SegmentDetachedException when the file was replaced or removed meanwhile, and there is nothing to give back to
     */
    @Override
    public void close() {
        // A second time would be the end of whatever is held there by then.
        if (OPEN.compareAndSet(this, 1, 0)) {
            subscriber.giveBack(chunk);
        }
    }
}
