package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codec;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.format.RingDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.memory.ElementScratch;
import io.zeroipc.memory.ElementScratch.Lease;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Lane;
import io.zeroipc.segment.SlotConsumer;

/**
 * One of several consumers of a ring that compete for its elements. For one thread at a time.
 *
 * <p>
 * Overview: an element is copied to private memory, and is ours if read_pos can then be moved behind it by compare-and-set.
 *
 * <p>
 * Invariants. I1: while read_pos is at or before an element, the writer does not touch its slot. So a copy is whole if read_pos
 * has not moved when it is finished, and positions never come again, so an unchanged one has not moved.
 *
 * <p>
 * Ordering. S1: write_pos by acquire-load, then the element; pairs with the release-store of the writer. S2: the element, then
 * read_pos by compare-and-set; pairs with the acquire-load of the writer, who uses the slot after that.
 */
final class StreamTaker<T> implements Intake<T> {

    /** So often others may be faster, one after the other, before the positions are taken to be damaged. */
    private static final int LOOKS_MAX = 10_000;

    private final MemorySegment memory;
    private final EventCount arrivals;
    private final EventCount departures;
    private final Lane lane;
    private final Codec<T> codec;
    private final String label;
    private final long capacityBytes;
    private final int elementSize;
    /** Native like the segment, so that codecs see one kind of memory; freed when no longer reachable. */
    private final ElementScratch scratch;
    /** Where we expect read_pos: behind what we took last, unless others take as well. An element begins there. */
    private long next;
    /** Where the element at {@link #next} begins in the block, and where the last one ends. */
    private long slot = RingDescriptor.DATA_OFFSET;
    private final long end;
    private long taken = -1;
    private boolean closed;

    /**
     * @param memory of the ring, whose elements are of this codec
     * @param lane for whoever uses this
     */
    StreamTaker(MemorySegment memory, SharedRing<T> ring, Lane lane, Codec<T> codec, String label) {
        this.memory = memory;
        this.arrivals = ring.arrivals();
        this.departures = ring.departures();
        this.lane = lane;
        this.codec = codec;
        this.label = label;
        // Not what the header says now: that may be anything since it was checked.
        this.capacityBytes = memory.byteSize() - RingDescriptor.HEADER_SIZE;
        this.end = memory.byteSize();
        this.elementSize = codec.byteSize();
        this.scratch = new ElementScratch(elementSize);
    }

    @Override
    public @Nullable T poll() {
        try (Lease copy = scratch.take()) {
            return takeNext(copy.memory()) ? codec.decode(copy.memory(), 0) : null;
        }
    }

    @Override
    public int drainTo(Consumer<? super T> consumer, int max) {
        Objects.requireNonNull(consumer, "consumer");
        int drained = 0;
        while (drained < max && !closed) {
            T element = poll();
            if (element == null) {
                break;
            }
            drained++;
            consumer.accept(element);
        }
        return drained;
    }

    @Override
    public boolean pollSlot(SlotConsumer consumer) {
        Objects.requireNonNull(consumer, "consumer");
        try (Lease copy = scratch.take()) {
            if (!takeNext(copy.memory())) {
                return false;
            }
            consumer.accept(copy.memory(), 0);
            return true;
        }
    }

    @Override
    public EventCount arrivals() {
        return arrivals;
    }

    @Override
    public long position() {
        return taken == -1 ? -1 : Long.divideUnsigned(taken, elementSize);
    }

    @Override
    public long lost() {
        return 0;
    }

    @Override
    public boolean isExhausted() {
        try (Lane _ = lane.enterToRead()) {
            return Atomics.getLongAcquire(memory, RingDescriptor.READ_POS_OFFSET) == Atomics.getLongAcquire(memory,
                    RingDescriptor.WRITE_POS_OFFSET);
        }
    }

    /** Holds nothing that others wait for. */
    @Override
    public void close() {
        closed = true;
    }

    private boolean takeNext(MemorySegment copy) {
        try (Lane _ = lane.enterToWrite()) {
            long read = 0;
            long write = 0;
            for (int looks = 0; looks < LOOKS_MAX; looks++) {
                read = Atomics.getLongAcquire(memory, RingDescriptor.READ_POS_OFFSET);
                // S1, pairs with the release-store of the writer: the elements before this position are complete.
                write = Atomics.getLongAcquire(memory, RingDescriptor.WRITE_POS_OFFSET);
                if (write == read) {
                    return false;
                }
                if (Long.compareUnsigned(write - read, capacityBytes) > 0 || (read != next && !goTo(read))) {
                    if (Atomics.getLongAcquire(memory, RingDescriptor.READ_POS_OFFSET) == read) {
                        break;
                    }
                    // A position that others have moved on meanwhile says nothing about the present one.
                    continue;
                }
                MemorySegment.copy(memory, slot, copy, 0, elementSize);
                // S2, pairs with the acquire-load of the writer, and I1: the copy is whole if nobody was faster.
                if (Atomics.compareAndSetLong(memory, RingDescriptor.READ_POS_OFFSET, read, read + elementSize)) {
                    departures.advance();
                    taken = read;
                    next = read + elementSize;
                    slot = slot + elementSize == end ? RingDescriptor.DATA_OFFSET : slot + elementSize;
                    return true;
                }
            }
            throw new ZeroIpcException("stream positions are damaged: " + label + ", write_pos="
                    + Long.toUnsignedString(write) + ", read_pos=" + Long.toUnsignedString(read)
                    + ", capacity in bytes=" + capacityBytes + ", element size=" + elementSize
                    + " (expected: whole elements, and at most a capacity between them; readers that take without"
                    + " comparing, as those of C++, must be alone; create the stream anew)");
        }
    }

    /** To a position that others have moved read_pos to; false when no element can begin there. */
    private boolean goTo(long position) {
        long offset = Long.remainderUnsigned(position, capacityBytes);
        if (offset % elementSize != 0) {
            return false;
        }
        next = position;
        slot = RingDescriptor.DATA_OFFSET + offset;
        return true;
    }
}
