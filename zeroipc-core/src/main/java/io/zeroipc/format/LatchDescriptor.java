package io.zeroipc.format;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

import org.jspecify.annotations.Nullable;

import io.zeroipc.memory.Atomics;

import static io.zeroipc.format.FieldLayouts.U32;
import static io.zeroipc.format.FieldLayouts.offset;

/** The bytes of a latch: {@code docs/format/latch.md}. Pure functions over bytes. */
public final class LatchDescriptor {

    public static final StructLayout HEADER = MemoryLayout
            .structLayout(U32.withName("count"), U32.withName("initial_count"), MemoryLayout.paddingLayout(8))
            .withName("header");

    public static final long SIZE = HEADER.byteSize();
    public static final long COUNT_OFFSET = offset(HEADER, "count");
    public static final long INITIAL_COUNT_OFFSET = offset(HEADER, "initial_count");
    /** What every implementation clears and none uses. */
    private static final long PADDING_OFFSET = INITIAL_COUNT_OFFSET + Integer.BYTES;

    private LatchDescriptor() {
    }

    /** Writes a closed latch, with plain stores. */
    public static void format(MemorySegment block, int count) {
        Atomics.putInt(block, COUNT_OFFSET, count);
        Atomics.putInt(block, INITIAL_COUNT_OFFSET, count);
    }

    /** What is still to be counted down, unchecked. */
    public static int count(MemorySegment block) {
        return Atomics.getIntAcquire(block, COUNT_OFFSET);
    }

    /** What there was to be counted down, unchecked. */
    public static int initialCount(MemorySegment block) {
        return Atomics.getInt(block, INITIAL_COUNT_OFFSET);
    }

    /** Whether a peer published the entry and has not formatted the block. */
    public static boolean isUnfinished(MemorySegment block) {
        return block.byteSize() == SIZE && initialCount(block) == 0;
    }

    /** What contradicts a latch, or null. */
    public static @Nullable String check(MemorySegment block) {
        if (block.byteSize() != SIZE) {
            return "block has the wrong size for a latch: bytes=" + block.byteSize() + " (expected: " + SIZE + ")";
        }
        int count = count(block);
        int initial = initialCount(block);
        if (initial <= 0 || count < 0 || count > initial) {
            return "numbers are not those of a latch: count=" + count + ", initial_count=" + initial
                    + " (expected: 0 <= count <= initial_count, and 1 <= initial_count)";
        }
        return null;
    }

    /** Whether the bytes may be a latch: for probes. Other programs keep something where it has nothing. */
    public static boolean fits(MemorySegment block) {
        return check(block) == null && Atomics.getLong(block, PADDING_OFFSET) == 0;
    }
}
