package io.zeroipc.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

import org.jspecify.annotations.Nullable;

/** The bytes of a mutex, which is a semaphore of one permit: {@code docs/format/mutex.md}. Pure functions over bytes. */
public final class MutexDescriptor {

    public static final StructLayout HEADER = SemaphoreDescriptor.HEADER;

    public static final long SIZE = SemaphoreDescriptor.SIZE;

    private MutexDescriptor() {
    }

    /** Writes a mutex that is free, with plain stores. */
    public static void format(MemorySegment block) {
        SemaphoreDescriptor.format(block, 1, 1);
    }

    /** Whether somebody holds it. */
    public static boolean isLocked(MemorySegment block) {
        return SemaphoreDescriptor.permits(block) <= 0;
    }

    /** Whether a peer published the entry and has not formatted the block. */
    public static boolean isUnfinished(MemorySegment block) {
        return block.byteSize() == SIZE && SemaphoreDescriptor.permitsMax(block) == 0
                && SemaphoreDescriptor.permits(block) <= 1;
    }

    /** What contradicts a mutex, or null. */
    public static @Nullable String check(MemorySegment block) {
        String wrong = SemaphoreDescriptor.check(block);
        if (wrong == null && SemaphoreDescriptor.permitsMax(block) != 1) {
            wrong = "numbers are not those of a mutex: max_count=" + SemaphoreDescriptor.permitsMax(block)
                    + " (expected: 1)";
        }
        return wrong;
    }

    /** Whether the bytes may be a mutex: for probes. */
    public static boolean fits(MemorySegment block) {
        return check(block) == null && SemaphoreDescriptor.fits(block);
    }
}
