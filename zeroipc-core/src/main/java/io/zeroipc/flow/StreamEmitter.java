package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Collection;

import io.zeroipc.ChannelClosedException;
import io.zeroipc.collection.RingWriter;
import io.zeroipc.format.StreamDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Attachment;
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
    private final RingWriter<T> writer;

    StreamEmitter(SharedStream<T> stream, MemorySegment header, RingWriter<T> writer) {
        this.stream = stream;
        this.attachment = stream.segment().attachment();
        this.header = header;
        this.writer = writer;
    }

    /**
     * Emits without waiting; false when the stream is closed or, if its readers compete, full. When the codec refuses the
     * element nothing is emitted.
     */
    public boolean emit(T element) {
        if (stream.isClosed() || !writer.offer(element)) {
            return false;
        }
        count(1);
        return true;
    }

    /** Emits, waiting at most so long while the stream is full; false when it was full all the time, or is closed. */
    public boolean emit(T element, Duration timeout) throws InterruptedException {
        Deadline deadline = Deadline.after(timeout);
        int attempts = 0;
        while (!emit(element)) {
            if (stream.isClosed() || deadline.expired()) {
                return false;
            }
            attempts = attachment.pause(attempts);
        }
        return true;
    }

    /**
     * Emits, waiting while the stream is full.
     *
     * @throws ChannelClosedException when the stream is closed, or becomes so; the element was not emitted
     */
    public void put(T element) throws InterruptedException {
        int attempts = 0;
        while (!emit(element)) {
            if (stream.isClosed()) {
                throw stream.closed();
            }
            attempts = attachment.pause(attempts);
        }
    }

    /**
     * Emits as many elements as fit, in order and without waiting; a broadcast stream takes all.
     *
     * @return how many were emitted; 0 when the stream is closed
     */
    public int emitAll(Collection<? extends T> elements) {
        if (stream.isClosed()) {
            return 0;
        }
        int emitted = writer.offerAll(elements);
        count(emitted);
        return emitted;
    }

    /** Gives the role back; the stream stays open. Idempotent. */
    @Override
    public void close() {
        writer.close();
    }

    private void count(long emitted) {
        Atomics.getAndAddLong(header, StreamDescriptor.SEQUENCE_OFFSET, emitted);
    }
}
