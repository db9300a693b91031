package io.zeroipc.format;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

import org.jspecify.annotations.Nullable;

import io.zeroipc.memory.Atomics;

import static io.zeroipc.format.FieldLayouts.U64;
import static io.zeroipc.format.FieldLayouts.offset;

/**
 * A fixed number of elements, one behind the other: {@code docs/format/array.md}. Pure functions over bytes.
 *
 * <pre>
 *   0          8
 *   +----------+-----------+-----------+---+
 *   | capacity | element 0 | element 1 |...|
 *   +----------+-----------+-----------+---+
 * </pre>
 */
public final class ArrayDescriptor {

    public static final StructLayout HEADER = MemoryLayout.structLayout(U64.withName("capacity")).withName("header");

    public static final long HEADER_SIZE = HEADER.byteSize();
    public static final long CAPACITY_OFFSET = offset(HEADER, "capacity");
    public static final long DATA_OFFSET = HEADER_SIZE;

    private ArrayDescriptor() {
    }

    /**
     * Bytes of the block.
     *
     * @throws ArithmeticException when no number of bytes that fits a {@code long} suffices
     */
    public static long byteSize(long capacity, int elementSize) {
        return Math.addExact(HEADER_SIZE, Math.multiplyExact(capacity, (long) elementSize));
    }

    /** Where element {@code index} begins. */
    public static long elementOffset(long index, int elementSize) {
        return DATA_OFFSET + index * elementSize;
    }

    /** Writes the header; the elements of a new block are zero. */
    public static void format(MemorySegment block, long capacity) {
        Atomics.putLong(block, CAPACITY_OFFSET, capacity);
    }

    /** Whether a peer published the entry and has not yet written the capacity, which is never 0. */
    public static boolean isUnfinished(MemorySegment block) {
        return block.byteSize() > HEADER_SIZE && Atomics.getLongAcquire(block, CAPACITY_OFFSET) == 0;
    }

    /** The stored capacity, unchecked. */
    public static long capacity(MemorySegment block) {
        return Atomics.getLong(block, CAPACITY_OFFSET);
    }

    /** Bytes of one element, which the format does not store: what size and capacity make of it; 0 for nonsense. */
    public static long elementSize(MemorySegment block) {
        long bytes = block.byteSize() - HEADER_SIZE;
        if (bytes <= 0) {
            return 0;
        }
        long capacity = capacity(block);
        return capacity > 0 && capacity <= bytes && bytes % capacity == 0 ? bytes / capacity : 0;
    }

    /** What contradicts an array of elements of this size, or null. */
    public static @Nullable String check(MemorySegment block, int elementSize) {
        if (block.byteSize() <= HEADER_SIZE) {
            return "block is too small for an array: bytes=" + block.byteSize() + " (expected: more than "
                    + HEADER_SIZE + ")";
        }
        long stored = elementSize(block);
        if (stored == elementSize) {
            return null;
        }
        long capacity = capacity(block);
        String expected = " (expected: " + HEADER_SIZE + " + capacity * " + elementSize + " bytes)";
        if (stored == 0) {
            return "block is not an array: bytes=" + block.byteSize() + ", capacity="
                    + Long.toUnsignedString(capacity) + expected;
        }
        return "element size differs: bytes=" + block.byteSize() + ", capacity=" + capacity + ", element size=" + stored
                + expected;
    }
}
