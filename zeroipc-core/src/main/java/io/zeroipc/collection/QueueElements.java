package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.memory.ElementScratch;
import io.zeroipc.memory.ElementScratch.Lease;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Lane;
import io.zeroipc.segment.SlotConsumer;

/**
 * The elements in the slots of a queue. Thread-safe.
 *
 * <p>
 * No code of others runs between claim and publish: elements are encoded into private memory first and copied, but for
 * those codecs of this library that cannot fail. Between take and release the codec decodes, or a slot consumer runs; the
 * slot is released whatever they throw.
 */
final class QueueElements<T> {

    /** Whoever encodes a batch does so into this many bytes at most, if that is room for more than one element. */
    private static final int BATCH_BYTES_MAX = 1 << 14;
    private static final int BATCH_MAX = 256;

    private final QueueSlots slots;
    private final Attachment attachment;
    private final MemorySegment memory;
    private final Codec<T> codec;
    private final Class<T> type;
    private final int elementSize;
    private final boolean encodesInPlace;
    private final ElementScratch scratch;
    private final ElementScratch batchScratch;
    private final int batchMax;

    QueueElements(QueueSlots slots, Codec<T> codec, Attachment attachment) {
        this.slots = slots;
        this.attachment = attachment;
        this.memory = slots.memory();
        this.codec = codec;
        this.type = codec.type();
        this.elementSize = codec.byteSize();
        this.encodesInPlace = takesEveryValue(codec);
        this.scratch = new ElementScratch(elementSize);
        this.batchMax = Math.clamp(BATCH_BYTES_MAX / elementSize, 1, BATCH_MAX);
        this.batchScratch = new ElementScratch((long) batchMax * elementSize);
    }

    /** Whether encoding fails for no value of the type, so that it may happen in a claimed slot. */
    private static boolean takesEveryValue(Codec<?> codec) {
        return Set
                .<Codec<?>>of(
                        Codecs.int8(),
                        Codecs.int16(),
                        Codecs.int32(),
                        Codecs.int64(),
                        Codecs.uint64(),
                        Codecs.float32(),
                        Codecs.float64(),
                        Codecs.bool())
                .contains(codec);
    }

    boolean offer(T element, Lane lane) {
        if (encodesInPlace) {
            T checked = check(element);
            return store(lane, slots.claim(lane), checked);
        }
        try (Lease lease = scratch.take()) {
            MemorySegment encoded = encode(element, lease);
            return storeEncoded(lane, slots.claim(lane), encoded);
        }
    }

    boolean offer(T element, Lane lane, long timeoutNanos) throws InterruptedException {
        if (encodesInPlace) {
            T checked = check(element);
            return store(lane, slots.awaitClaim(lane, timeoutNanos), checked);
        }
        try (Lease lease = scratch.take()) {
            MemorySegment encoded = encode(element, lease);
            return storeEncoded(lane, slots.awaitClaim(lane, timeoutNanos), encoded);
        }
    }

    int offerAll(Iterable<? extends T> source, Lane lane) {
        int added = 0;
        int filled = 0;
        lane.callOut();
        try (Lease lease = batchScratch.take()) {
            MemorySegment batch = lease.memory();
            for (T element : source) {
                codec.encode(Objects.requireNonNull(element, "element"), batch, (long) filled * elementSize);
                filled++;
                if (filled == batchMax) {
                    int stored = storeAll(batch, filled, lane);
                    added += stored;
                    if (stored < filled) {
                        return added;
                    }
                    filled = 0;
                }
            }
            return added + storeAll(batch, filled, lane);
        } finally {
            lane.callIn();
        }
    }

    /** The element of a claim, which is released. */
    T load(Lane lane, long claim) {
        try {
            return codec.decode(memory, slots.offset(claim));
        } finally {
            slots.release(lane, claim);
        }
    }

    /** Hands over the slot of a claim, which is released then. */
    void hand(Lane lane, long claim, SlotConsumer consumer) {
        try {
            consumer.accept(memory, slots.offset(claim));
        } finally {
            slots.release(lane, claim);
        }
    }

    /** As {@link #load}, of one position of a batch. */
    private T loadOne(long position) {
        try {
            return codec.decode(memory, slots.offset(position));
        } finally {
            slots.releaseOne(position);
        }
    }

    /** As {@link #hand}, of one position of a batch. */
    private void handOne(long position, SlotConsumer consumer) {
        try {
            consumer.accept(memory, slots.offset(position));
        } finally {
            slots.releaseOne(position);
        }
    }

    int drainTo(Consumer<? super T> consumer, int max, Lane lane) {
        int drained = 0;
        Throwable failure = null;
        while (drained < max && failure == null && attachment.isReadable()) {
            long batch = slots.take(lane, max - drained);
            int count = QueueSlots.count(batch);
            if (count == 0) {
                break;
            }
            long first = QueueSlots.first(batch);
            lane.callOut();
            for (int i = 0; i < count; i++) {
                try {
                    T element = loadOne(first + i);
                    slots.advanceReleased();
                    consumer.accept(element);
                } catch (Throwable e) {
                    failure = Handover.remember(failure, e);
                }
            }
            lane.callIn();
            slots.endReleased(lane, batch);
            drained += count;
        }
        Handover.<RuntimeException>rethrow(failure);
        return drained;
    }

    int drain(SlotConsumer consumer, int max, Lane lane) {
        int drained = 0;
        Throwable failure = null;
        while (drained < max && failure == null && attachment.isReadable()) {
            long batch = slots.take(lane, max - drained);
            int count = QueueSlots.count(batch);
            if (count == 0) {
                break;
            }
            long first = QueueSlots.first(batch);
            lane.callOut();
            for (int i = 0; i < count; i++) {
                try {
                    handOne(first + i, consumer);
                    slots.advanceReleased();
                } catch (Throwable e) {
                    failure = Handover.remember(failure, e);
                }
            }
            lane.callIn();
            slots.endReleased(lane, batch);
            drained += count;
        }
        Handover.<RuntimeException>rethrow(failure);
        return drained;
    }

    /** What could fail while the slot is claimed must fail here. */
    private T check(T element) {
        return type.cast(Objects.requireNonNull(element, "element"));
    }

    private MemorySegment encode(T element, Lease lease) {
        MemorySegment encoded = lease.memory();
        codec.encode(Objects.requireNonNull(element, "element"), encoded, 0);
        return encoded;
    }

    private boolean store(Lane lane, long position, T element) {
        if (position == QueueSlots.NONE) {
            return false;
        }
        codec.encode(element, memory, slots.offset(position));
        slots.publish(lane, position);
        return true;
    }

    private boolean storeEncoded(Lane lane, long position, MemorySegment encoded) {
        if (position == QueueSlots.NONE) {
            return false;
        }
        MemorySegment.copy(encoded, 0, memory, slots.offset(position), elementSize);
        slots.publish(lane, position);
        return true;
    }

    /** Between two batches code of others runs: if the segment is closed meanwhile, there is no room any more. */
    private int storeAll(MemorySegment encoded, int count, Lane lane) {
        lane.callIn();
        try {
            if (!attachment.isReadable()) {
                return 0;
            }
            long batch = slots.claim(lane, count);
            int claimed = QueueSlots.count(batch);
            long first = QueueSlots.first(batch);
            for (int i = 0; i < claimed; i++) {
                MemorySegment.copy(encoded, (long) i * elementSize, memory, slots.offset(first + i), elementSize);
                slots.publishOne(first + i);
            }
            slots.endPublished(lane, batch);
            return claimed;
        } finally {
            lane.callOut();
        }
    }
}
