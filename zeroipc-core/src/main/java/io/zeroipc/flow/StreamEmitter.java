package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Collection;

import io.zeroipc.ChannelClosedException;
import io.zeroipc.collection.RingWriter;
import io.zeroipc.format.RingDescriptor;
import io.zeroipc.format.StreamDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Lane;
import io.zeroipc.wait.Deadline;

/**
 * The emitting side of a {@link SharedStream}, of which there is one in all processes of this library. For one thread at a
 * time.
 *
 * @param <T> the element
 */
public final class StreamEmitter<T> implements AutoCloseable {

    private final SharedStream<T> stream;
    private final Attachment attachment;
    private final MemorySegment header;
    private final MemorySegment buffer;
    private final RingWriter<T> writer;
    /** Beside the writer's: an element is counted also when the segment's close begins after it was written. */
    private final Lane lane;

    StreamEmitter(SharedStream<T> stream, MemorySegment header, MemorySegment buffer, RingWriter<T> writer) {
        this.stream = stream;
        this.attachment = stream.segment().attachment();
        this.header = header;
        this.buffer = buffer;
        this.writer = writer;
        this.lane = attachment.openLane(() -> {
            // The role is the writer's.
        });
    }

    /**
     * Emits without waiting; false when the stream is closed or, if its readers compete, full. When the codec refuses the
     * element nothing is emitted.
     */
    public boolean emit(T element) {
        try (Lane _ = lane.enterToWrite()) {
            if (StreamDescriptor.isClosed(header) || !writer.offer(element)) {
                return false;
            }
            count(1);
            return true;
        }
    }

    /** Emits, waiting at most so long while the stream is full; false when it was full all the time, or is closed. */
    public boolean emit(T element, Duration timeout) throws InterruptedException {
        return send(element, Deadline.after(timeout)) == SendOutcome.SENT;
    }

    /**
     * Emits, waiting while the stream is full.
     *
     * @throws ChannelClosedException when the stream is closed, or becomes so; the element was not emitted
     */
    public void put(T element) throws InterruptedException {
        if (send(element, Deadline.never()) == SendOutcome.CLOSED) {
            throw stream.closed();
        }
    }

    private SendOutcome send(T element, Deadline deadline) throws InterruptedException {
        return SendOutcome.await(stream.departures(), stream::isClosed, () -> emit(element), deadline);
    }

    /**
     * Emits as many elements as fit, in order and without waiting; a broadcast stream takes all. When the codec refuses one,
     * those before it are emitted.
     *
     * @return how many were emitted; 0 when the stream is closed
     */
    public int emitAll(Collection<? extends T> elements) {
        try (Lane _ = lane.enterToWrite()) {
            if (StreamDescriptor.isClosed(header)) {
                return 0;
            }
            long before = written();
            // The collection is code of others; where the writer is in ours, its own lane says so.
            lane.callOut();
            try {
                return writer.offerAll(elements);
            } finally {
                lane.callIn();
                // What was written before a refusal is counted as well; nobody else writes.
                count((written() - before) / stream.elementSize());
            }
        }
    }

    /** Gives the role back; the stream stays open. Idempotent. */
    @Override
    public void close() {
        lane.retire();
        writer.close();
    }

    private long written() {
        return Atomics.getLongOpaque(buffer, RingDescriptor.WRITE_POS_OFFSET);
    }

    private void count(long emitted) {
        Atomics.getAndAddLong(header, StreamDescriptor.SEQUENCE_OFFSET, emitted);
    }
}
