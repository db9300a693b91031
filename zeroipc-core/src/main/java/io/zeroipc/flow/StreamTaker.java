package io.zeroipc.flow;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codec;
import io.zeroipc.format.RingDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Intake;
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

    private final MemorySegment memory;
    private final Attachment attachment;
    private final Codec<T> codec;
    private final String label;
    private final long capacityBytes;
    private final int elementSize;
    /** Native like the segment, so that codecs see one kind of memory; freed when no longer reachable. */
    private final MemorySegment copy;
    private long position = -1;

    StreamTaker(MemorySegment ring, Attachment attachment, Codec<T> codec, String label) {
        this.memory = ring;
        this.attachment = attachment;
        this.codec = codec;
        this.label = label;
        this.capacityBytes = RingDescriptor.capacityBytes(ring);
        this.elementSize = codec.byteSize();
        this.copy = Arena.ofAuto().allocate(elementSize, Long.BYTES);
    }

    @Override
    public @Nullable T poll() {
        return takeNext() ? codec.decode(copy, 0) : null;
    }

    @Override
    public int drainTo(Consumer<? super T> consumer, int max) {
        int drained = 0;
        while (drained < max && takeNext()) {
            drained++;
            consumer.accept(codec.decode(copy, 0));
        }
        return drained;
    }

    @Override
    public boolean pollSlot(SlotConsumer consumer) {
        if (!takeNext()) {
            return false;
        }
        consumer.accept(copy, 0);
        return true;
    }

    @Override
    public Attachment attachment() {
        return attachment;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public long lost() {
        return 0;
    }

    @Override
    public boolean isExhausted() {
        return Atomics.getLongAcquire(memory, RingDescriptor.READ_POS_OFFSET) == Atomics.getLongAcquire(memory,
                RingDescriptor.WRITE_POS_OFFSET);
    }

    @Override
    public void close() {
        // Holds nothing that others wait for.
    }

    private boolean takeNext() {
        attachment.ensureWritable();
        while (true) {
            long read = Atomics.getLongAcquire(memory, RingDescriptor.READ_POS_OFFSET);
            // S1, pairs with the release-store of the writer: the elements before this position are complete.
            long available = Atomics.getLongAcquire(memory, RingDescriptor.WRITE_POS_OFFSET) - read;
            if (available == 0) {
                return false;
            }
            if (Long.compareUnsigned(available, capacityBytes) > 0) {
                requireMoved(read, available);
                continue;
            }
            MemorySegment.copy(memory, RingDescriptor.slotOffset(read, capacityBytes), copy, 0, elementSize);
            // S2, pairs with the acquire-load of the writer, and I1: the copy is whole if nobody was faster.
            if (Atomics.compareAndSetLong(memory, RingDescriptor.READ_POS_OFFSET, read, read + elementSize)) {
                position = Long.divideUnsigned(read, elementSize);
                return true;
            }
        }
    }

    /** A position that others have moved on meanwhile says nothing about the present one. */
    private void requireMoved(long read, long available) {
        if (Atomics.getLongAcquire(memory, RingDescriptor.READ_POS_OFFSET) == read) {
            throw new ZeroIpcException("stream positions are inconsistent: " + label + ", write_pos="
                    + Long.toUnsignedString(read + available) + ", read_pos=" + Long.toUnsignedString(read)
                    + ", capacity in bytes=" + capacityBytes
                    + " (readers that take without comparing, as those of C++, must be alone; create the stream anew)");
        }
    }
}
