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
 * The block of a queue: {@code docs/format/queue.md}. Pure functions over bytes; offsets count from the start of the
 * block.
 *
 * <pre>
 *   0        16                      sequencesOffset              byteSize
 *   +--------+--------+---+--------+---+------------+---+--------+
 *   | header | slot 0 |...| slot n | 0 | sequence 0 |...|        |
 *   +--------+--------+---+--------+---+------------+---+--------+
 * </pre>
 */
public final class QueueDescriptor {

    public static final StructLayout HEADER = MemoryLayout
            .structLayout(
                    U32.withName("head"),
                    U32.withName("tail"),
                    U32.withName("capacity"),
                    U32.withName("elem_size"))
            .withName("header");

    public static final long HEAD_OFFSET = offset(HEADER, "head");
    public static final long TAIL_OFFSET = offset(HEADER, "tail");
    public static final long CAPACITY_OFFSET = offset(HEADER, "capacity");
    public static final long ELEMENT_SIZE_OFFSET = offset(HEADER, "elem_size");
    public static final long SLOTS_OFFSET = HEADER.byteSize();
    public static final long SEQUENCE_SIZE = U32.byteSize();

    /** With one slot, "published" and "free for the next lap" would be the same number. */
    public static final int CAPACITY_MIN = 2;
    /** Keeps all positions in use within half of the number range, so that differences have a sign. */
    public static final int CAPACITY_MAX = 1 << 30;
    /** Bytes of the smallest queue there is. */
    public static final long BYTE_SIZE_MIN = byteSize(CAPACITY_MIN, 1);

    /** A probe looks at this many sequences, not at millions. */
    private static final int PROBED_SEQUENCES = 64;
    /** Two positions are read one after the other; while the first one moves, the second one says nothing. */
    private static final int SNAPSHOT_ATTEMPTS = 16;

    private QueueDescriptor() {
    }

    /**
     * The capacity that is stored when this one is asked for: the next power of two.
     *
     * @throws IllegalArgumentException if it is not 1 to 2^30
     */
    public static int roundedCapacity(int requested) {
        if (requested < 1 || requested > CAPACITY_MAX) {
            throw new IllegalArgumentException("queue capacity is out of range: capacity=" + requested
                    + " (expected: 1 to " + CAPACITY_MAX + ", rounded up to a power of two, at least " + CAPACITY_MIN
                    + ")");
        }
        return Math.max(CAPACITY_MIN, Alignment.nextPowerOfTwo(requested));
    }

    /** Where the sequences begin. */
    public static long sequencesOffset(int capacity, int elementSize) {
        return SLOTS_OFFSET + Alignment.up8(slotsSize(capacity, elementSize));
    }

    /** Bytes of all slots, without padding. */
    public static long slotsSize(int capacity, int elementSize) {
        return Math.multiplyExact((long) elementSize, capacity);
    }

    /** Bytes of the whole block, as its table entry records them. */
    public static long byteSize(int capacity, int elementSize) {
        return Math.addExact(sequencesOffset(capacity, elementSize), SEQUENCE_SIZE * capacity);
    }

    /** Writes an empty queue with plain stores; the slots are left as they are. */
    public static void format(MemorySegment block, int capacity, int elementSize) {
        Atomics.putInt(block, HEAD_OFFSET, 0);
        Atomics.putInt(block, TAIL_OFFSET, 0);
        Atomics.putInt(block, CAPACITY_OFFSET, capacity);
        Atomics.putInt(block, ELEMENT_SIZE_OFFSET, elementSize);
        long sequences = sequencesOffset(capacity, elementSize);
        for (int i = 0; i < capacity; i++) {
            Atomics.putInt(block, sequences + SEQUENCE_SIZE * i, i);
        }
    }

    /** The stored capacity; an unsigned number in foreign blocks, so it may come out negative. 0 where there is no room for it. */
    public static int capacity(MemorySegment block) {
        return block.byteSize() < SLOTS_OFFSET ? 0 : Atomics.getIntAcquire(block, CAPACITY_OFFSET);
    }

    /** The stored element size; as {@link #capacity}. */
    public static int elementSize(MemorySegment block) {
        return Atomics.getIntAcquire(block, ELEMENT_SIZE_OFFSET);
    }

    /**
     * Compares a block with what a queue of such elements must look like.
     *
     * @param capacity as it was read, once: whoever checked it goes on with this number, whatever is stored meanwhile
     * @param elementSize bytes of an element as the caller knows it
     * @return what is wrong, or null when nothing is or the block is {@link #isReady not ready}
     */
    public static @Nullable String check(MemorySegment block, int capacity, int elementSize) {
        if (block.byteSize() < BYTE_SIZE_MIN) {
            return "block is too small for a queue: bytes=" + block.byteSize() + " (expected: at least "
                    + BYTE_SIZE_MIN + ")";
        }
        if (capacity == 0) {
            return null;
        }
        if (capacity == 1) {
            return "queue has a capacity that cannot work: capacity=1 (expected: a power of two, at least "
                    + CAPACITY_MIN + "; with one slot an element is overwritten before it is read, in every language)";
        }
        if (capacity < 0 || capacity > CAPACITY_MAX || !Alignment.isPowerOfTwo(capacity)) {
            return "queue capacity is not a power of two: capacity=" + Integer.toUnsignedString(capacity)
                    + " (expected: a power of two from " + CAPACITY_MIN + " to " + CAPACITY_MAX
                    + "; not a queue, or written by a defective program)";
        }
        int storedSize = elementSize(block);
        if (storedSize != 0 && storedSize != elementSize) {
            return "element size differs: stored=" + Integer.toUnsignedString(storedSize) + ", asked for=" + elementSize
                    + " (expected: the same type on both sides)";
        }
        long expected = byteSize(capacity, elementSize);
        if (block.byteSize() != expected) {
            return "block has the wrong size for a queue: bytes=" + block.byteSize() + ", capacity=" + capacity
                    + ", element size=" + elementSize + " (expected: " + expected + " bytes)";
        }
        return null;
    }

    /**
     * Whether a creator that publishes before it formats has finished, for a block that {@link #check} found right. The
     * last sequence is written last, and stays what it is until the queue is used.
     */
    public static boolean isReady(MemorySegment block, int capacity, int elementSize) {
        if (capacity == 0 || elementSize(block) == 0) {
            return false;
        }
        if (Atomics.getIntAcquire(block, HEAD_OFFSET) != 0 || Atomics.getIntAcquire(block, TAIL_OFFSET) != 0) {
            return true;
        }
        long last = sequencesOffset(capacity, elementSize) + SEQUENCE_SIZE * (capacity - 1);
        // Also right when 2^32 elements went through and the counters are back at 0. Should the queue begin to be used
        // between these loads, it looks unfinished once, and the opener looks again.
        return Atomics.getIntAcquire(block, last) == capacity - 1;
    }

    /** Whether the bytes are a queue of elements of whatever size: for probes. Never throws for any bytes. */
    public static boolean isQueue(MemorySegment block) {
        if (block.byteSize() < BYTE_SIZE_MIN) {
            return false;
        }
        int capacity = capacity(block);
        int elementSize = elementSize(block);
        return elementSize > 0 && check(block, capacity, elementSize) == null && capacity != 0
                && arePositionsPlausible(block, capacity) && areSequencesPlausible(block, capacity, elementSize);
    }

    /** There are never more elements than slots. */
    private static boolean arePositionsPlausible(MemorySegment block, int capacity) {
        for (int i = 0; i < SNAPSHOT_ATTEMPTS; i++) {
            int head = Atomics.getIntAcquire(block, HEAD_OFFSET);
            int tail = Atomics.getIntAcquire(block, TAIL_OFFSET);
            if (Integer.compareUnsigned(tail - head, capacity) <= 0) {
                return true;
            }
            if (Atomics.getIntAcquire(block, HEAD_OFFSET) == head) {
                return false;
            }
        }
        return true; // Somebody takes elements all the time, so to him it is a queue.
    }

    /** The sequence of slot i is i or i + 1, modulo the capacity, at all times. */
    private static boolean areSequencesPlausible(MemorySegment block, int capacity, int elementSize) {
        long sequences = sequencesOffset(capacity, elementSize);
        for (int i = 0; i < Math.min(capacity, PROBED_SEQUENCES); i++) {
            int sequence = Atomics.getIntOpaque(block, sequences + SEQUENCE_SIZE * i);
            if (((sequence - i) & (capacity - 1)) > 1) {
                return false;
            }
        }
        return true;
    }
}
