package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.zeroipc.codec.Codec;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Lane;
import io.zeroipc.segment.Role;
import io.zeroipc.segment.SlotConsumer;

/**
 * The reading side of a {@link SharedRing} that removes what it reads. For one thread at a time, and not
 * within its own consumer.
 *
 * <p>
 * If its process dies, elements that it was handed and that were not yet given back to the writer are delivered again
 * to the next reader: the one being read, or those of a batch; for a {@linkplain SharedRing#lazyReader() lazy reader}
 * up to a quarter of the ring.
 *
 * @param <T> the element
 */
public final class RingReader<T> implements Intake<T> {

    private final SharedRing<T> ring;
    private final MemorySegment memory;
    private final Codec<T> codec;
    private final RingConsumer consumer;
    private final Role role;

    RingReader(SharedRing<T> ring, Role role, RingConsumer consumer) {
        this.ring = ring;
        this.memory = ring.memory();
        this.codec = ring.codec();
        this.consumer = consumer;
        this.role = role;
    }

    @Override
    public @Nullable T poll() {
        try (Lane _ = consumer.begin()) {
            long slot = consumer.next();
            return slot == RingConsumer.EMPTY ? null : read(slot);
        }
    }

    private T read(long slot) {
        // An element that the codec cannot read is consumed nevertheless: otherwise nothing behind it ever comes.
        consumer.advance(1);
        consumer.decoding();
        try {
            return codec.decode(memory, slot);
        } finally {
            consumer.decoded();
        }
    }

    /**
     * Hands at most {@code max} elements that are there now to {@code sink}; how many it was. Slots are given back
     * together at the end, and after each quarter of the ring. When {@code sink} throws, the element it was given
     * counts as consumed and those behind it stay; likewise when this reader or the segment is closed meanwhile.
     */
    @Override
    public int drainTo(Consumer<? super T> sink, int max) {
        Objects.requireNonNull(sink, "sink");
        return drain((slots, slot) -> sink.accept(codec.decode(slots, slot)), max);
    }

    /** As {@link #drainTo}, with the elements in their slots: see {@link #pollSlot}. */
    public int drain(SlotConsumer slotConsumer, int max) {
        Objects.requireNonNull(slotConsumer, "consumer");
        try (Lane _ = consumer.begin()) {
            int count = consumer.available(max);
            int drained = 0;
            consumer.handingOut();
            try {
                while (drained < count) {
                    long slot = consumer.next();
                    consumer.advance(1);
                    drained++;
                    slotConsumer.accept(memory, slot);
                    if (!consumer.release()) {
                        break;
                    }
                }
            } finally {
                consumer.handedOut();
            }
            return drained;
        }
    }

    /**
     * As {@link Intake#pollSlot}. The memory is the ring's own: {@code slotConsumer} keeps the mapping, and the slot from being
     * written again unless it closes this reader, until it returns, and no longer.
     */
    @Override
    public boolean pollSlot(SlotConsumer slotConsumer) {
        Objects.requireNonNull(slotConsumer, "consumer");
        try (Lane _ = consumer.begin()) {
            long slot = consumer.next();
            if (slot == RingConsumer.EMPTY) {
                return false;
            }
            consumer.advance(1);
            consumer.handingOut();
            try {
                slotConsumer.accept(memory, slot);
            } finally {
                consumer.handedOut();
            }
            return true;
        }
    }

    @Override
    public EventCount arrivals() {
        return ring.arrivals();
    }

    @Override
    public long position() {
        return consumer.position();
    }

    /** Always 0: the writer waits for this reader. */
    @Override
    public long lost() {
        return 0;
    }

    /** Always false: a ring is never closed. */
    @Override
    public boolean isExhausted() {
        return false;
    }

    /** This reader for elements of eight bytes as {@code long}, without objects. */
    public LongRing.Reader asLongs() {
        return new LongRing.Reader(ring, consumer);
    }

    /** This reader for elements of four bytes as {@code int}, without objects. */
    public IntRing.Reader asInts() {
        return new IntRing.Reader(ring, consumer);
    }

    /** This reader for elements of eight bytes as {@code double}, without objects. */
    public DoubleRing.Reader asDoubles() {
        return new DoubleRing.Reader(ring, consumer);
    }

    void commit(long position) {
        consumer.commit(position);
    }

    @Override
    public void close() {
        consumer.close();
        role.settleAndClose();
    }
}
