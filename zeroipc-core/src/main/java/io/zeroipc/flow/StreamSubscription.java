package io.zeroipc.flow;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.zeroipc.collection.RingCursor;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Lane;
import io.zeroipc.segment.SlotConsumer;

/**
 * One reader of a {@link SharedStream}. For one thread at a time, and not within its own consumer. It counts as a subscriber
 * until it is closed, or the segment is.
 *
 * @param <T> the element
 */
public final class StreamSubscription<T> implements Intake<T> {

    private final SharedStream<T> stream;
    private final Attachment attachment;
    private final Intake<T> elements;
    /** Its end takes the count back. */
    private final Lane lane;
    private boolean closed;

    StreamSubscription(SharedStream<T> stream, Intake<T> elements, Lane lane) {
        this.stream = stream;
        this.attachment = stream.segment().attachment();
        this.elements = elements;
        this.lane = lane;
    }

    @Override
    public @Nullable T poll() {
        begin();
        return elements.poll();
    }

    @Override
    public int drainTo(Consumer<? super T> consumer, int max) {
        begin();
        return elements.drainTo(consumer, max);
    }

    /** As {@link Intake#pollSlot}; the memory is a private copy. */
    @Override
    public boolean pollSlot(SlotConsumer consumer) {
        begin();
        return elements.pollSlot(consumer);
    }

    @Override
    public EventCount arrivals() {
        return stream.arrivals();
    }

    @Override
    public long position() {
        return elements.position();
    }

    /** Elements of a broadcast stream that were overwritten before this subscription saw them, since it began. */
    @Override
    public long lost() {
        return elements.lost();
    }

    /** True when the stream is closed and nothing is left for this subscription. */
    @Override
    public boolean isExhausted() {
        begin();
        // In this order: what was emitted before the close is seen by whoever sees the close.
        return stream.isClosed() && isEmpty();
    }

    private boolean isEmpty() {
        return elements instanceof RingCursor<T> cursor
                ? cursor.lag() == 0
                : elements.isExhausted();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            elements.close();
            lane.settleAndRetire();
        }
    }

    private void begin() {
        attachment.ensureReadable();
        if (closed) {
            throw new IllegalStateException("stream subscription is closed: " + stream.describe());
        }
    }
}
