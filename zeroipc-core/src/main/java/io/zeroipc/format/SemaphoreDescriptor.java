package io.zeroipc.format;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

import org.jspecify.annotations.Nullable;

import io.zeroipc.memory.Atomics;

import static io.zeroipc.format.FieldLayouts.U32;
import static io.zeroipc.format.FieldLayouts.offset;

/** The bytes of a semaphore: {@code docs/format/semaphore.md}. Pure functions over bytes. */
public final class SemaphoreDescriptor {

    public static final StructLayout HEADER = MemoryLayout
            .structLayout(U32.withName("count"), U32.withName("waiting"), U32.withName("max_count"),
                    MemoryLayout.paddingLayout(4))
            .withName("header");

    public static final long SIZE = HEADER.byteSize();
    public static final long COUNT_OFFSET = offset(HEADER, "count");
    public static final long WAITING_OFFSET = offset(HEADER, "waiting");
    public static final long MAX_COUNT_OFFSET = offset(HEADER, "max_count");
    /** What every implementation clears and none uses, but for the bits of an event's: see {@link EventDescriptor}. */
    public static final long PADDING_OFFSET = MAX_COUNT_OFFSET + Integer.BYTES;

    private SemaphoreDescriptor() {
    }

    /**
     * Writes a semaphore nobody waits for, with plain stores.
     *
     * @param permitsMax 0 for no limit
     */
    public static void format(MemorySegment block, int permits, int permitsMax) {
        Atomics.putInt(block, COUNT_OFFSET, permits);
        Atomics.putInt(block, WAITING_OFFSET, 0);
        Atomics.putInt(block, MAX_COUNT_OFFSET, permitsMax);
    }

    /** The stored limit, unchecked; 0 for none. */
    public static int permitsMax(MemorySegment block) {
        return Atomics.getIntAcquire(block, MAX_COUNT_OFFSET);
    }

    /** The permits that are there, unchecked. */
    public static int permits(MemorySegment block) {
        return Atomics.getIntAcquire(block, COUNT_OFFSET);
    }

    /** The threads that wait, unchecked. */
    public static int waiting(MemorySegment block) {
        return Atomics.getIntAcquire(block, WAITING_OFFSET);
    }

    /** What contradicts a semaphore, or null. */
    public static @Nullable String check(MemorySegment block) {
        if (block.byteSize() != SIZE) {
            return "block has the wrong size for a semaphore: bytes=" + block.byteSize() + " (expected: " + SIZE + ")";
        }
        int max = permitsMax(block);
        int count = permits(block);
        if (max < 0 || count < 0 || (max > 0 && count > max)) {
            return "numbers are not those of a semaphore: count=" + count + ", max_count=" + max
                    + " (expected: 0 <= count <= max_count, or max_count 0)";
        }
        return null;
    }

    /** Whether the bytes may be a semaphore: for probes. Other programs keep something where it has nothing. */
    public static boolean fits(MemorySegment block) {
        return check(block) == null && Atomics.getInt(block, PADDING_OFFSET) == 0;
    }
}
