package io.zeroipc.format;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

import org.jspecify.annotations.Nullable;

import io.zeroipc.memory.Atomics;

import static io.zeroipc.format.FieldLayouts.U32;
import static io.zeroipc.format.FieldLayouts.offset;

/** The bytes of a once: {@code docs/format/once.md}. Pure functions over bytes. */
public final class OnceDescriptor {

    public static final StructLayout FLAG = MemoryLayout.structLayout(U32.withName("state")).withName("flag");

    public static final long SIZE = FLAG.byteSize();
    public static final long STATE_OFFSET = offset(FLAG, "state");

    public static final int PENDING = 0;
    public static final int EXECUTING = 1;
    public static final int DONE = 2;

    private OnceDescriptor() {
    }

    public static int state(MemorySegment block) {
        return Atomics.getIntAcquire(block, STATE_OFFSET);
    }

    /** What contradicts a once, or null. */
    public static @Nullable String check(MemorySegment block) {
        if (block.byteSize() != SIZE) {
            return "block has the wrong size for a once: bytes=" + block.byteSize() + " (expected: " + SIZE + ")";
        }
        int state = state(block);
        return state >= PENDING && state <= DONE
                ? null
                : "state is not that of a once: state=" + Integer.toUnsignedString(state) + " (expected: 0 to 2)";
    }
}
