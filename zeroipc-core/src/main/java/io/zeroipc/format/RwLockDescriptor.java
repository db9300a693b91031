package io.zeroipc.format;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

import org.jspecify.annotations.Nullable;

import io.zeroipc.memory.Atomics;

import static io.zeroipc.format.FieldLayouts.U32;
import static io.zeroipc.format.FieldLayouts.offset;

/** The bytes of a read-write lock beside its mutexes: {@code docs/format/rwlock.md}. Pure functions over bytes. */
public final class RwLockDescriptor {

    public static final StructLayout STATE = MemoryLayout
            .structLayout(U32.withName("readers"), U32.withName("writer_active"))
            .withName("state");

    public static final String STATE_SUFFIX = "_state";
    public static final String READER_MUTEX_SUFFIX = "_rmtx";
    public static final String WRITER_MUTEX_SUFFIX = "_wmtx";

    public static final long STATE_SIZE = STATE.byteSize();
    public static final long READERS_OFFSET = offset(STATE, "readers");
    public static final long WRITER_ACTIVE_OFFSET = offset(STATE, "writer_active");
    /** Both words together, for compare-and-set: with no writer, its value is the number of readers. */
    public static final long BOTH_OFFSET = READERS_OFFSET;
    /** Bytes of the entry that says that the lock exists. */
    public static final long MARKER_SIZE = 1;

    private RwLockDescriptor() {
    }

    /** Readers inside, unchecked. */
    public static int readers(MemorySegment state) {
        return Atomics.getIntAcquire(state, READERS_OFFSET);
    }

    /** Whether a writer is inside, or waits for readers to leave. */
    public static boolean isWriterActive(MemorySegment state) {
        return Atomics.getIntAcquire(state, WRITER_ACTIVE_OFFSET) != 0;
    }

    /** What contradicts the state of a read-write lock, or null. */
    public static @Nullable String check(MemorySegment state) {
        if (state.byteSize() != STATE_SIZE) {
            return "block has the wrong size for the state of a read-write lock: bytes=" + state.byteSize()
                    + " (expected: " + STATE_SIZE + ")";
        }
        int active = Atomics.getIntAcquire(state, WRITER_ACTIVE_OFFSET);
        return (active & ~1) == 0
                ? null
                : "numbers are not those of a read-write lock: writer_active=" + active + " (expected: 0 or 1)";
    }
}
