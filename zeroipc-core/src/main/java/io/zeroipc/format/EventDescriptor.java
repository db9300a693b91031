package io.zeroipc.format;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

import org.jspecify.annotations.Nullable;

import io.zeroipc.memory.Atomics;

import static io.zeroipc.format.FieldLayouts.U32;
import static io.zeroipc.format.FieldLayouts.offset;

/** The bytes of an event beside its semaphore: {@code docs/format/event.md}. Pure functions over bytes. */
public final class EventDescriptor {

    public static final StructLayout STATE = MemoryLayout
            .structLayout(U32.withName("signaled"), U32.withName("mode"), U32.withName("waiting"))
            .withName("state");

    public static final String SEMAPHORE_SUFFIX = "_sem";

    public static final long SIZE = STATE.byteSize();
    public static final long SIGNALED_OFFSET = offset(STATE, "signaled");
    public static final long MODE_OFFSET = offset(STATE, "mode");
    public static final long WAITING_OFFSET = offset(STATE, "waiting");

    /** In the semaphore's padding: a bit for each place whose thread waits. */
    public static final long PLACES_OFFSET = SemaphoreDescriptor.PADDING_OFFSET;

    public static final int AUTO_RESET = 0;
    public static final int MANUAL_RESET = 1;

    private EventDescriptor() {
    }

    /** Writes an event that is not signalled, with plain stores. */
    public static void format(MemorySegment block, int mode) {
        Atomics.putInt(block, SIGNALED_OFFSET, 0);
        Atomics.putInt(block, MODE_OFFSET, mode);
        Atomics.putInt(block, WAITING_OFFSET, 0);
    }

    /** The stored mode, unchecked. */
    public static int mode(MemorySegment block) {
        return Atomics.getIntAcquire(block, MODE_OFFSET);
    }

    /** Whether the flag is up. */
    public static boolean isSignaled(MemorySegment block) {
        return Atomics.getIntAcquire(block, SIGNALED_OFFSET) != 0;
    }

    /** Threads that wait for the flag, unchecked. */
    public static int waiting(MemorySegment block) {
        return Atomics.getIntAcquire(block, WAITING_OFFSET);
    }

    /** What contradicts an event, or null. */
    public static @Nullable String check(MemorySegment block) {
        if (block.byteSize() != SIZE) {
            return "block has the wrong size for an event: bytes=" + block.byteSize() + " (expected: " + SIZE + ")";
        }
        int signaled = Atomics.getIntAcquire(block, SIGNALED_OFFSET);
        int mode = mode(block);
        if ((signaled & ~1) != 0 || (mode & ~1) != 0) {
            return "numbers are not those of an event: signaled=" + signaled + ", mode=" + mode
                    + " (expected: 0 or 1 each)";
        }
        return null;
    }
}
