package io.zeroipc.format;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

import org.jspecify.annotations.Nullable;

import io.zeroipc.memory.Atomics;

import static io.zeroipc.format.FieldLayouts.U32;
import static io.zeroipc.format.FieldLayouts.offset;

/** The bytes of a monitor beside its mutex and its semaphore: {@code docs/format/monitor.md}. Pure functions over bytes. */
public final class MonitorDescriptor {

    public static final StructLayout COUNT = MemoryLayout.structLayout(U32.withName("waiting")).withName("count");

    public static final String MUTEX_SUFFIX = "_mtx";
    public static final String CONDITION_SUFFIX = "_cond";
    public static final String COUNT_SUFFIX = "_count";

    public static final long COUNT_SIZE = COUNT.byteSize();
    public static final long WAITING_OFFSET = offset(COUNT, "waiting");
    /** Bytes of the entry that says that the monitor exists. */
    public static final long MARKER_SIZE = 1;

    private MonitorDescriptor() {
    }

    /** Threads that wait or come back from waiting, unchecked. */
    public static int waiting(MemorySegment count) {
        return Atomics.getIntAcquire(count, WAITING_OFFSET);
    }

    /** What contradicts the count of a monitor, or null. */
    public static @Nullable String check(MemorySegment count) {
        return count.byteSize() == COUNT_SIZE
                ? null
                : "block has the wrong size for the count of a monitor: bytes=" + count.byteSize() + " (expected: "
                        + COUNT_SIZE + ")";
    }
}
