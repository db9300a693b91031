package io.zeroipc.format;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

import org.jspecify.annotations.Nullable;

import io.zeroipc.memory.Alignment;
import io.zeroipc.memory.Atomics;

import static io.zeroipc.format.FieldLayouts.U32;
import static io.zeroipc.format.FieldLayouts.offset;

/**
 * The block of a set: {@code docs/format/set.md}. Pure functions over bytes; offsets count from the start of the block.
 *
 * <pre>
 *   0        16        16 + entrySize
 *   +--------+---------+---------+---+
 *   | header | entry 0 | entry 1 |...|     entry: | state | pad | value | pad |
 *   +--------+---------+---------+---+
 * </pre>
 */
public final class SetDescriptor {

    public static final StructLayout HEADER = MemoryLayout
            .structLayout(
                    U32.withName("size"),
                    U32.withName("capacity"),
                    U32.withName("elem_size"),
                    U32.withName("reserved"))
            .withName("header");

    public static final long SIZE_OFFSET = offset(HEADER, "size");
    public static final long CAPACITY_OFFSET = offset(HEADER, "capacity");
    public static final long ELEMENT_SIZE_OFFSET = offset(HEADER, "elem_size");
    public static final long RESERVED_OFFSET = offset(HEADER, "reserved");
    public static final long ENTRIES_OFFSET = HEADER.byteSize();

    public static final int CAPACITY_MAX = 1 << 30;

    private static final int STATE_SIZE = Integer.BYTES;
    private static final long BYTE_SIZE_MIN = ENTRIES_OFFSET + entrySize(1, 1);

    private SetDescriptor() {
    }

    /** Where the value stands in an entry. */
    public static long valueOffset(int alignment) {
        return Alignment.up(STATE_SIZE, alignment);
    }

    /** Bytes of an entry: the C++ struct of a 32-bit state and an element. */
    public static long entrySize(int elementSize, int alignment) {
        return Alignment.up(valueOffset(alignment) + elementSize, Math.max(STATE_SIZE, alignment));
    }

    /** Bytes of the whole block, as its table entry records them. */
    public static long byteSize(int capacity, int elementSize, int alignment) {
        return Math.addExact(ENTRIES_OFFSET, Math.multiplyExact(entrySize(elementSize, alignment), (long) capacity));
    }

    /** Writes an empty set with plain stores; the values are left as they are. */
    public static void format(MemorySegment block, int capacity, int elementSize, int alignment) {
        Atomics.putInt(block, SIZE_OFFSET, 0);
        Atomics.putInt(block, CAPACITY_OFFSET, capacity);
        Atomics.putInt(block, ELEMENT_SIZE_OFFSET, elementSize);
        Atomics.putInt(block, RESERVED_OFFSET, 0);
        HashBlocks.formatStates(block, ENTRIES_OFFSET, capacity, entrySize(elementSize, alignment));
    }

    /** The stored capacity; an unsigned number in foreign blocks, so it may come out negative. 0 where there is no room for it. */
    public static int capacity(MemorySegment block) {
        return block.byteSize() < ENTRIES_OFFSET ? 0 : Atomics.getIntAcquire(block, CAPACITY_OFFSET);
    }

    /** The stored element size; as {@link #capacity}. */
    public static int elementSize(MemorySegment block) {
        return Atomics.getIntAcquire(block, ELEMENT_SIZE_OFFSET);
    }

    /**
     * Compares a block with what a set of such elements must look like.
     *
     * @param capacity as it was read, once: whoever checked it goes on with this number, whatever is stored meanwhile
     * @return what is wrong, or null when nothing is or the block is {@link #isReady not ready}
     */
    public static @Nullable String check(MemorySegment block, int capacity, int elementSize, int alignment) {
        if (block.byteSize() < BYTE_SIZE_MIN) {
            return "block is too small for a set: bytes=" + block.byteSize() + " (expected: at least " + BYTE_SIZE_MIN
                    + ")";
        }
        if (capacity == 0) {
            return null;
        }
        if (capacity < 0 || capacity > CAPACITY_MAX) {
            return "set capacity is out of range: capacity=" + Integer.toUnsignedString(capacity) + " (expected: 1 to "
                    + CAPACITY_MAX + "; not a set, or written by a defective program)";
        }
        int storedSize = elementSize(block);
        if (storedSize != 0 && storedSize != elementSize) {
            return "element size differs: stored=" + Integer.toUnsignedString(storedSize) + ", asked for=" + elementSize
                    + " (expected: the same type on both sides)";
        }
        if (Atomics.getInt(block, RESERVED_OFFSET) != 0) {
            return "block is not a set: reserved word=" + Atomics.getInt(block, RESERVED_OFFSET)
                    + " (expected: 0; a map, or a set made by Python, which has another format)";
        }
        long expected = byteSize(capacity, elementSize, alignment);
        if (block.byteSize() != expected) {
            return "block has the wrong size for a set: bytes=" + block.byteSize() + ", capacity=" + capacity
                    + ", element size=" + elementSize + ", alignment=" + alignment + " (expected: " + expected
                    + " bytes; the alignment of an element counts)";
        }
        return null;
    }

    /** Whether a creator that publishes before it formats has finished, for a block that {@link #check} found right. */
    public static boolean isReady(MemorySegment block, int capacity) {
        return capacity != 0 && elementSize(block) != 0;
    }

    /** Whether the bytes may be a set of elements of whatever size: for probes. Never throws for any bytes. */
    public static boolean fits(MemorySegment block) {
        if (block.byteSize() < BYTE_SIZE_MIN) {
            return false;
        }
        int capacity = capacity(block);
        int elementSize = elementSize(block);
        if (elementSize <= 0 || capacity == 0) {
            return false;
        }
        for (int alignment = 1; alignment <= 8 && elementSize % alignment == 0; alignment *= 2) {
            if (check(block, capacity, elementSize, alignment) == null) {
                return HashBlocks.areStatesKnown(block, ENTRIES_OFFSET, capacity);
            }
        }
        return false;
    }

    /**
     * Whether the number of elements is the one that the states tell: for probes of blocks that {@link #fits fit}. A set
     * in use may say no for a moment.
     */
    public static boolean isAtRest(MemorySegment block) {
        return HashBlocks.isAtRest(block, ENTRIES_OFFSET, capacity(block), Atomics.getIntAcquire(block, SIZE_OFFSET));
    }

    /** Entries that were used and are not any more, among the first ones of a large set: a detail for reports. */
    public static int deleted(MemorySegment block) {
        return HashBlocks.count(block, ENTRIES_OFFSET, capacity(block), EntryState.DELETED);
    }
}
