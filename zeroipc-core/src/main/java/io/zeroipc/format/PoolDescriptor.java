package io.zeroipc.format;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

import org.jspecify.annotations.Nullable;

import io.zeroipc.memory.Alignment;
import io.zeroipc.memory.Atomics;

import static io.zeroipc.format.FieldLayouts.U32;
import static io.zeroipc.format.FieldLayouts.U64;
import static io.zeroipc.format.FieldLayouts.offset;

/**
 * The block of a pool: {@code docs/format/pool.md}. Pure functions over bytes; offsets count from the start of the block.
 *
 * <pre>
 *   0        24       24 + nodeSize
 *   +--------+--------+--------+---+
 *   | header | node 0 | node 1 |...|     node: | data | pad | next | pad |
 *   +--------+--------+--------+---+
 * </pre>
 */
public final class PoolDescriptor {

    public static final StructLayout HEADER = MemoryLayout
            .structLayout(
                    U64.withName("free_head"),
                    U32.withName("allocated"),
                    U32.withName("padding"),
                    U32.withName("capacity"),
                    U32.withName("elem_size"))
            .withName("header");

    public static final long FREE_HEAD_OFFSET = offset(HEADER, "free_head");
    public static final long ALLOCATED_OFFSET = offset(HEADER, "allocated");
    public static final long PADDING_OFFSET = offset(HEADER, "padding");
    public static final long CAPACITY_OFFSET = offset(HEADER, "capacity");
    public static final long ELEMENT_SIZE_OFFSET = offset(HEADER, "elem_size");
    public static final long NODES_OFFSET = HEADER.byteSize();

    /** The index that is none. */
    public static final int NULL_INDEX = -1;

    public static final int CAPACITY_MAX = 1 << 30;

    private static final int LINK_SIZE = Integer.BYTES;
    private static final long NODE_SIZE_MIN = nodeSize(1, 1);
    /** A probe follows this many links, not millions. */
    private static final int PROBED_LINKS = 64;

    private PoolDescriptor() {
    }

    /** Where the link to the next free node stands in a node. */
    public static long linkOffset(int elementSize) {
        return Alignment.up(elementSize, LINK_SIZE);
    }

    /** Bytes of a node: the C++ struct of an element and a 32-bit link. */
    public static long nodeSize(int elementSize, int alignment) {
        return Alignment.up(linkOffset(elementSize) + LINK_SIZE, Math.max(LINK_SIZE, alignment));
    }

    /** Bytes of the whole block, as its table entry records them. */
    public static long byteSize(int capacity, int elementSize, int alignment) {
        return Math.addExact(NODES_OFFSET, Math.multiplyExact(nodeSize(elementSize, alignment), (long) capacity));
    }

    /** Writes a pool of free nodes with plain stores; the data are left as they are. */
    public static void format(MemorySegment block, int capacity, int elementSize, int alignment) {
        Atomics.putLong(block, FREE_HEAD_OFFSET, 0);
        Atomics.putInt(block, ALLOCATED_OFFSET, 0);
        Atomics.putInt(block, PADDING_OFFSET, 0);
        Atomics.putInt(block, CAPACITY_OFFSET, capacity);
        Atomics.putInt(block, ELEMENT_SIZE_OFFSET, elementSize);
        long nodeSize = nodeSize(elementSize, alignment);
        long link = NODES_OFFSET + linkOffset(elementSize);
        for (int i = 0; i < capacity; i++) {
            Atomics.putInt(block, link + nodeSize * i, i == capacity - 1 ? NULL_INDEX : i + 1);
        }
    }

    /** The index in a value of {@code free_head}. */
    public static int index(long freeHead) {
        return (int) freeHead;
    }

    /** The value of {@code free_head} after this one, with the list beginning at another node. */
    public static long next(long freeHead, int index) {
        return ((freeHead >>> 32) + 1) << 32 | Integer.toUnsignedLong(index);
    }

    /** The stored capacity; an unsigned number in foreign blocks, so it may come out negative. 0 where there is no room for it. */
    public static int capacity(MemorySegment block) {
        return block.byteSize() < NODES_OFFSET ? 0 : Atomics.getIntAcquire(block, CAPACITY_OFFSET);
    }

    /** The stored element size; as {@link #capacity}. */
    public static int elementSize(MemorySegment block) {
        return Atomics.getIntAcquire(block, ELEMENT_SIZE_OFFSET);
    }

    /** Nodes that are handed out: an estimate within 0 and the capacity, whatever the bytes are. */
    public static int allocated(MemorySegment block, int capacity) {
        return Math.clamp(Atomics.getIntAcquire(block, ALLOCATED_OFFSET), 0, capacity);
    }

    /**
     * Compares a block with what a pool of such elements must look like.
     *
     * @param capacity as it was read, once: whoever checked it goes on with this number, whatever is stored meanwhile
     * @param elementSize bytes of an element as the caller knows it
     * @param alignment its alignment
     * @return what is wrong, or null when nothing is or the block is {@link #isReady not ready}
     */
    public static @Nullable String check(MemorySegment block, int capacity, int elementSize, int alignment) {
        if (block.byteSize() < NODES_OFFSET + NODE_SIZE_MIN) {
            return "block is too small for a pool: bytes=" + block.byteSize() + " (expected: at least "
                    + (NODES_OFFSET + NODE_SIZE_MIN) + ")";
        }
        if (capacity == 0) {
            return null;
        }
        if (capacity < 0 || capacity > CAPACITY_MAX) {
            return "pool capacity is out of range: capacity=" + Integer.toUnsignedString(capacity)
                    + " (expected: 1 to " + CAPACITY_MAX + "; not a pool, or written by a defective program)";
        }
        int storedSize = elementSize(block);
        if (storedSize != 0 && storedSize != elementSize) {
            return "element size differs: stored=" + Integer.toUnsignedString(storedSize) + ", asked for=" + elementSize
                    + " (expected: the same type on both sides)";
        }
        long expected = byteSize(capacity, elementSize, alignment);
        if (block.byteSize() != expected) {
            return "block has the wrong size for a pool: bytes=" + block.byteSize() + ", capacity=" + capacity
                    + ", element size=" + elementSize + ", alignment=" + alignment + " (expected: " + expected
                    + " bytes; the alignment of an element counts)";
        }
        return null;
    }

    /** Whether a creator that publishes before it formats has finished, for a block that {@link #check} found right. */
    public static boolean isReady(MemorySegment block, int capacity, int elementSize) {
        if (capacity == 0 || elementSize(block) == 0) {
            return false;
        }
        // The last link is written last. Once the list has changed it may say anything.
        return Atomics.getLongAcquire(block, FREE_HEAD_OFFSET) >>> 32 != 0
                || link(block, capacity - 1, elementSize, (block.byteSize() - NODES_OFFSET) / capacity) == NULL_INDEX;
    }

    /**
     * Whether the bytes are a pool of elements of whatever size: for probes. Never throws for any bytes. A pool whose
     * free list changes while it is looked at may be denied for a moment.
     */
    public static boolean isPool(MemorySegment block) {
        if (block.byteSize() < NODES_OFFSET + NODE_SIZE_MIN || Atomics.getInt(block, PADDING_OFFSET) != 0) {
            return false;
        }
        int capacity = capacity(block);
        int elementSize = elementSize(block);
        long bytes = block.byteSize() - NODES_OFFSET;
        if (capacity <= 0 || capacity > CAPACITY_MAX || elementSize <= 0 || bytes % capacity != 0) {
            return false;
        }
        long nodeSize = bytes / capacity;
        // An alignment of 8 makes a difference, smaller ones do not; and it makes the size a multiple of 8.
        return (nodeSize == nodeSize(elementSize, 1) || (elementSize % 8 == 0 && nodeSize == nodeSize(elementSize, 8)))
                && isFreeListPlausible(block, capacity, elementSize, nodeSize);
    }

    private static boolean isFreeListPlausible(MemorySegment block, int capacity, int elementSize, long nodeSize) {
        int index = index(Atomics.getLongAcquire(block, FREE_HEAD_OFFSET));
        for (int i = 0; i < PROBED_LINKS && index != NULL_INDEX; i++) {
            if (index < 0 || index >= capacity || i == capacity) {
                return false;
            }
            index = link(block, index, elementSize, nodeSize);
        }
        return true;
    }

    private static int link(MemorySegment block, int index, int elementSize, long nodeSize) {
        return Atomics.getIntAcquire(block, NODES_OFFSET + nodeSize * index + linkOffset(elementSize));
    }
}
