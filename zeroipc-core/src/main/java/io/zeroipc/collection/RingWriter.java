package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Collection;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import io.zeroipc.codec.Codec;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Lane;
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

    RingWriter(SharedRing<T> ring, Role role, RingProducer producer) {
        this.ring = ring;
        this.attachment = ring.segment().attachment();
        this.memory = ring.memory();
        this.codec = ring.codec();
        this.producer = producer;
        this.role = role;
    }

    /**
     * Writes without waiting; false when the ring is full, which never happens in overwrite mode. When the codec
     * refuses the element nothing is written.
     */
    public boolean offer(T element) {
        Objects.requireNonNull(element, "element");
        try (Lane _ = producer.begin()) {
            return write(producer.next(), element);
        }
    }

    /** Writes, waiting up to {@code timeout} for room; false when there was none. */
    public boolean offer(T element, Duration timeout) throws InterruptedException {
        Objects.requireNonNull(element, "element");
        try (Lane _ = producer.begin()) {
            return write(producer.awaitNext(TimeUnit.NANOSECONDS.convert(timeout)), element);
        }
    }

    /** Writes, waiting for room as long as it takes. */
    public void put(T element) throws InterruptedException {
        Objects.requireNonNull(element, "element");
        try (Lane _ = producer.begin()) {
            write(producer.awaitNext(Deadline.FOREVER_NANOS), element);
        }
    }

    private boolean write(long slot, T element) {
        if (slot == RingProducer.FULL) {
            return false;
        }
        encode(element, slot);
        producer.publishEncoded();
        return true;
    }

    private void encode(T element, long slot) {
        producer.encoding();
        try {
            codec.encode(element, memory, slot);
        } finally {
            if (producer.encoded()) {
                role.close();
            }
        }
    }

    /**
     * Writes as many elements as fit, in order, and makes them visible together; a ring in overwrite mode takes all,
     * a quarter of its capacity at a time. The collection must not use this writer while it is gone through; when the segment
     * is closed meanwhile, no more is taken from it.
     *
     * @return how many were written: the first ones of the collection
     * @throws IllegalArgumentException when the codec refuses an element; those before it are written
     * @throws NullPointerException when an element is null; the message has its index, and those before it are written
     */
    public int offerAll(Collection<? extends T> elements) {
        try (Lane _ = producer.begin()) {
            int left = elements.size();
            int written = 0;
            int room = 0;
            int encoded = 0;
            producer.takingIn();
            try {
                for (T element : elements) {
                    if (!producer.isTakingIn()) {
                        break;
                    }
                    if (encoded == room) {
                        written += encoded;
                        producer.publish(encoded);
                        encoded = 0;
                        room = producer.room(left - written);
                        if (room == 0) {
                            break;
                        }
                    }
                    if (element == null) {
                        throw absent(written + encoded);
                    }
                    encode(element, producer.slotAt(encoded));
                    encoded++;
                }
            } finally {
                written += producer.takenIn(encoded);
            }
            return written;
        }
    }

    private NullPointerException absent(int index) {
        return new NullPointerException("element is null: " + ring.describe() + ", index=" + index
                + " (expected: no null among the elements; those before it are written)");
    }

    /**
     * Hands out the next slot of {@link #memory()}, to be filled in place and then {@linkplain #publish() published}
     * or {@linkplain #abort() given back}; until then this writer does nothing else. The slot holds old bytes.
     *
     * <p>
     * When the segment is closed meanwhile, its mapping and this role stay until the claim is ended, or this writer is closed.
     *
     * @return where the slot begins, or {@link #NO_CLAIM}
     */
    public long tryClaim() {
        return producer.claim();
    }

    /** Makes the claimed slot visible; also when the segment is being closed. */
    public void publish() {
        producer.endClaim(true);
    }

    /** Gives the claimed slot back; nobody ever sees it. Also when the segment is being closed. */
    public void abort() {
        producer.endClaim(false);
    }

    /**
     * The memory that claimed slots lie in. Write to nothing but those, and between {@link #tryClaim} and the end of the claim
     * only: whoever uses it later is on his own, and finds out by an exception of the JDK when the segment has been closed.
     */
    public MemorySegment memory() {
        if (!producer.isClaimed()) {
            attachment.ensureWritable();
        }
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
        // Within the codec the slot is ours until it is out.
        if (producer.close()) {
            role.close();
        }
    }
}
