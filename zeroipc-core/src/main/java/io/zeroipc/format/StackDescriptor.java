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
 * The block of a stack: {@code docs/format/stack.md}. Pure functions over bytes; offsets count from the start of the
 * block.
 *
 * <pre>
 *   0        16                      statesOffset           byteSize
 *   +--------+--------+---+--------+---+---------+---+---------+
 *   | header | slot 0 |...| slot n | 0 | state 0 |...| state n |
 *   +--------+--------+---+--------+---+---------+---+---------+
 * </pre>
 */
public final class StackDescriptor {

    public static final StructLayout HEADER = MemoryLayout
            .structLayout(
                    U32.withName("top"),
                    U32.withName("capacity"),
                    U32.withName("elem_size"),
                    U32.withName("reserved"))
            .withName("header");

    public static final long TOP_OFFSET = offset(HEADER, "top");
    public static final long CAPACITY_OFFSET = offset(HEADER, "capacity");
    public static final long ELEMENT_SIZE_OFFSET = offset(HEADER, "elem_size");
    public static final long RESERVED_OFFSET = offset(HEADER, "reserved");
    public static final long SLOTS_OFFSET = HEADER.byteSize();
    public static final long STATE_SIZE = U32.byteSize();

    /** The top of a stack without elements. */
    public static final int NO_TOP = -1;

    public static final int EMPTY = 0;
    public static final int WRITING = 1;
    public static final int READY = 2;
    public static final int READING = 3;

    public static final int CAPACITY_MAX = 1 << 30;
    /** Bytes of the smallest stack there is. */
    public static final long BYTE_SIZE_MIN = byteSize(1, 1);

    /** A probe looks at this many states on either side of the top, not at millions. */
    private static final int PROBED_STATES = 64;

    private StackDescriptor() {
    }

    /** Where the states begin. */
    public static long statesOffset(int capacity, int elementSize) {
        return SLOTS_OFFSET + Alignment.up8(Math.multiplyExact((long) elementSize, capacity));
    }

    /** Bytes of the whole block, as its table entry records them. */
    public static long byteSize(int capacity, int elementSize) {
        return Math.addExact(statesOffset(capacity, elementSize), STATE_SIZE * capacity);
    }

    /** Writes an empty stack with plain stores; the slots are left as they are. */
    public static void format(MemorySegment block, int capacity, int elementSize) {
        Atomics.putInt(block, TOP_OFFSET, NO_TOP);
        Atomics.putInt(block, CAPACITY_OFFSET, capacity);
        Atomics.putInt(block, ELEMENT_SIZE_OFFSET, elementSize);
        Atomics.putInt(block, RESERVED_OFFSET, 0);
        long states = statesOffset(capacity, elementSize);
        block.asSlice(states, STATE_SIZE * capacity).fill((byte) EMPTY);
    }

    /** The stored capacity; an unsigned number in foreign blocks, so it may come out negative. 0 where there is no room for it. */
    public static int capacity(MemorySegment block) {
        return block.byteSize() < SLOTS_OFFSET ? 0 : Atomics.getIntAcquire(block, CAPACITY_OFFSET);
    }

    /** The stored element size; as {@link #capacity}. */
    public static int elementSize(MemorySegment block) {
        return Atomics.getIntAcquire(block, ELEMENT_SIZE_OFFSET);
    }

    /** Elements in the stack, within 0 and the capacity whatever the bytes are. */
    public static int size(MemorySegment block, int capacity) {
        return (int) Math.clamp((long) Atomics.getIntAcquire(block, TOP_OFFSET) + 1, 0L, capacity);
    }

    /** The name of a state, for reports. */
    public static String stateName(int state) {
        return switch (state) {
            case EMPTY -> "empty";
            case WRITING -> "writing";
            case READY -> "ready";
            case READING -> "reading";
            default -> "unknown";
        };
    }

    /**
     * Compares a block with what a stack of such elements must look like.
     *
     * @param capacity as it was read, once: whoever checked it goes on with this number, whatever is stored meanwhile
     * @param elementSize bytes of an element as the caller knows it
     * @return what is wrong, or null when nothing is or the block is {@link #isReady not ready}
     */
    public static @Nullable String check(MemorySegment block, int capacity, int elementSize) {
        if (block.byteSize() < BYTE_SIZE_MIN) {
            return "block is too small for a stack: bytes=" + block.byteSize() + " (expected: at least "
                    + BYTE_SIZE_MIN + ")";
        }
        if (capacity == 0) {
            return null;
        }
        if (capacity < 0 || capacity > CAPACITY_MAX) {
            return "stack capacity is out of range: capacity=" + Integer.toUnsignedString(capacity)
                    + " (expected: 1 to " + CAPACITY_MAX + "; not a stack, or written by a defective program)";
        }
        int storedSize = elementSize(block);
        if (storedSize != 0 && storedSize != elementSize) {
            return "element size differs: stored=" + Integer.toUnsignedString(storedSize) + ", asked for=" + elementSize
                    + " (expected: the same type on both sides)";
        }
        long expected = byteSize(capacity, elementSize);
        if (block.byteSize() != expected) {
            return "block has the wrong size for a stack: bytes=" + block.byteSize() + ", capacity=" + capacity
                    + ", element size=" + elementSize + " (expected: " + expected + " bytes)";
        }
        int top = Atomics.getIntAcquire(block, TOP_OFFSET);
        if (top < NO_TOP || top >= capacity) {
            return "stack has a top that cannot be: top=" + top + ", capacity=" + capacity + " (expected: " + NO_TOP
                    + " to capacity - 1; not a stack, or damaged)";
        }
        return null;
    }

    /** Whether a creator that publishes before it formats has finished, for a block that {@link #check} found right. */
    public static boolean isReady(MemorySegment block, int capacity) {
        return capacity != 0 && elementSize(block) != 0;
    }

    /** Whether the bytes may be a stack of elements of whatever size: for probes. Never throws for any bytes. */
    public static boolean fits(MemorySegment block) {
        if (block.byteSize() < BYTE_SIZE_MIN) {
            return false;
        }
        int capacity = capacity(block);
        int elementSize = elementSize(block);
        return elementSize > 0 && capacity != 0 && Atomics.getIntAcquire(block, RESERVED_OFFSET) == 0
                && check(block, capacity, elementSize) == null;
    }

    /**
     * Whether the states around the top are those of a stack at rest: for probes of blocks that {@link #fits fit}. A
     * stack in use may say no for a moment.
     */
    public static boolean isAtRest(MemorySegment block) {
        int capacity = capacity(block);
        long states = statesOffset(capacity, elementSize(block));
        int top = Atomics.getIntAcquire(block, TOP_OFFSET);
        int from = Math.max(0, top - PROBED_STATES);
        int to = (int) Math.min(capacity, (long) top + PROBED_STATES);
        for (int i = from; i < to; i++) {
            int expected = i <= top ? READY : EMPTY;
            if (Atomics.getIntAcquire(block, states + STATE_SIZE * i) != expected) {
                return false;
            }
        }
        return true;
    }
}
