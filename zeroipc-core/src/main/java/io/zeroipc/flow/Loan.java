package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import io.zeroipc.ZeroIpcException;

/**
 * A chunk of a {@link SharedTopic} in which a message is written: {@link #send} publishes it, {@link #close} gives it back if it was not
 * sent.
 *
 * <pre>{@code
 * try (Loan loan = publisher.loan(frame.length)) {
 *     MemorySegment.copy(frame, 0, loan.memory(), ValueLayout.JAVA_BYTE, 0, frame.length);
 *     loan.send();
 * }
 * }</pre>
 *
 * <p>
 * For one thread at a time, whichever; of two that end it at once, one does. A loan that is never ended keeps its chunk until its process
 * ends. It can be sent and given back after the segment's close has begun, and keeps the mapping
 * until then. If its process dies, the chunk is free again, or its message is whole: there is nothing in between.
 */
public final class Loan implements AutoCloseable {

    /** In place of an object for each loan. */
    private static final AtomicIntegerFieldUpdater<
            Loan> OPEN = AtomicIntegerFieldUpdater.newUpdater(Loan.class, "open");

    private final TopicPublisher publisher;
    private final int chunk;
    private final MemorySegment memory;
    /** 1 until it is ended. */
    private volatile int open = 1;

    Loan(TopicPublisher publisher, int chunk, MemorySegment memory) {
        this.publisher = publisher;
        this.chunk = chunk;
        this.memory = memory;
    }

    /**
     * The message to be, as many bytes as were asked for; what an earlier message has left there. Not to be used any more when it was sent
     * or given back: subscribers read there, or somebody else writes.
     *
     * @throws IllegalStateException when it was sent or given back
     */
    public MemorySegment memory() {
        requireOpen();
        return memory;
    }

    /** Bytes of the message. */
    public long byteSize() {
        return memory.byteSize();
    }

    /**
     * Publishes the message, with all its bytes. Never waits.
     *
     * @return how many subscribers there were a moment before: each gets it, unless it leaves. 0: the chunk is free again at once
     * @throws IllegalStateException when it was sent or given back, or the mapping is gone
     * @throws ZeroIpcException when the topic is damaged; the loan stays open
     */
    public int send() {
        return send(memory.byteSize());
    }

    /**
     * As {@link #send()}, of which only so many bytes.
     *
     * @param byteSize 0 to {@link #byteSize}
     * @throws IllegalArgumentException when it is not; the loan stays open
     */
    public int send(long byteSize) {
        requireOpen();
        if (byteSize < 0 || byteSize > memory.byteSize()) {
            throw new IllegalArgumentException("message does not fit into its loan: bytes=" + byteSize
                    + " (expected: 0 to " + memory.byteSize() + ")");
        }
        if (!OPEN.compareAndSet(this, 1, 0)) {
            throw ended();
        }
        try {
            return publisher.send(chunk, byteSize);
        } catch (ZeroIpcException e) {
            // Not published. After anything else nobody knows, and what is published must not be given back.
            open = 1;
            throw e;
        }
    }

    /**
     * Gives the chunk back if it was not sent. Idempotent.
     *
     * @throws io.zeroipc.SegmentDetachedException when the file was replaced or removed meanwhile, and there is nothing to give back to
     */
    @Override
    public void close() {
        if (OPEN.compareAndSet(this, 1, 0)) {
            publisher.giveBack(chunk);
        }
    }

    private void requireOpen() {
        if (open == 0) {
            throw ended();
        }
    }

    private IllegalStateException ended() {
        return new IllegalStateException("loan was sent or given back: " + publisher.describe());
    }
}
