package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Collection;

import org.jspecify.annotations.Nullable;

import io.zeroipc.codec.Codec;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Role;
import io.zeroipc.wait.Deadline;

/**
 * The writing side of a {@link SharedRing}. For one thread at a time.
 *
 * @param <T> the element
 */
public final class RingWriter<T> implements AutoCloseable {

    /** What {@link #tryClaim} returns when no slot is free. */
    public static final long NO_CLAIM = RingProducer.FULL;

    private final SharedRing<T> ring;
    private final Attachment attachment;
    private final MemorySegment memory;
    private final Codec<T> codec;
    private final RingProducer producer;
    private final Role role;
    private final @Nullable Role tail;

    RingWriter(SharedRing<T> ring, Role role, @Nullable Role tail) {
        this.ring = ring;
        this.attachment = ring.segment().attachment();
        this.memory = ring.memory();
        this.codec = ring.codec();
        this.producer = new RingProducer(ring);
        this.role = role;
        this.tail = tail;
    }

    /**
     * Writes without waiting; false when the ring is full, which never happens in overwrite mode. When the codec
     * refuses the element nothing is written.
     */
    public boolean offer(T element) {
        producer.begin();
        long slot = producer.next();
        if (slot == RingProducer.FULL) {
            return false;
        }
        codec.encode(element, memory, slot);
        producer.publish(1);
        return true;
    }

    /** Writes, waiting up to {@code timeout} for room; false when there was none. */
    public boolean offer(T element, Duration timeout) throws InterruptedException {
        if (offer(element)) {
            return true;
        }
        Deadline deadline = Deadline.after(timeout);
        int attempts = 0;
        do {
            if (deadline.expired()) {
                return false;
            }
            attempts = attachment.pause(attempts);
        } while (!offer(element));
        return true;
    }

    /** Writes, waiting for room as long as it takes. */
    public void put(T element) throws InterruptedException {
        int attempts = 0;
        while (!offer(element)) {
            attempts = attachment.pause(attempts);
        }
    }

    /**
     * Writes as many elements as fit, in order, and makes them visible together; a ring in overwrite mode takes all,
     * a quarter of its capacity at a time. When the codec refuses one, those before it are written.
     *
     * @return how many were written
     */
    public int offerAll(Collection<? extends T> elements) {
        producer.begin();
        int left = elements.size();
        int written = 0;
        int room = 0;
        int encoded = 0;
        try {
            for (T element : elements) {
                if (encoded == room) {
                    written += encoded;
                    producer.publish(encoded);
                    encoded = 0;
                    room = producer.room(left - written);
                    if (room == 0) {
                        break;
                    }
                }
                codec.encode(element, memory, producer.slotAt(encoded));
                encoded++;
            }
        } finally {
            producer.publish(encoded);
        }
        return written + encoded;
    }

    /**
     * Hands out the next slot of {@link #memory()}, to be filled in place and then {@linkplain #publish() published}
     * or {@linkplain #abort() given back}; until then this writer does nothing else. The slot holds old bytes.
     *
     * @return where the slot begins, or {@link #NO_CLAIM}
     */
    public long tryClaim() {
        return producer.claim();
    }

    /** Makes the claimed slot visible. */
    public void publish() {
        producer.endClaim(true);
    }

    /** Gives the claimed slot back; nobody ever sees it. */
    public void abort() {
        producer.endClaim(false);
    }

    /** The memory that claimed slots lie in. Write to nothing but those. */
    public MemorySegment memory() {
        attachment.ensureWritable();
        return memory;
    }

    /** This writer for elements of eight bytes as {@code long}, without objects. */
    public LongRing.Writer asLongs() {
        return new LongRing.Writer(ring, producer);
    }

    /** This writer for elements of four bytes as {@code int}, without objects. */
    public IntRing.Writer asInts() {
        return new IntRing.Writer(ring, producer);
    }

    /** This writer for elements of eight bytes as {@code double}, without objects. */
    public DoubleRing.Writer asDoubles() {
        return new DoubleRing.Writer(ring, producer);
    }

    /** Gives the role back. A claimed slot is not published. Idempotent. */
    @Override
    public void close() {
        producer.close();
        if (tail != null) {
            tail.close();
        }
        role.close();
    }
}
