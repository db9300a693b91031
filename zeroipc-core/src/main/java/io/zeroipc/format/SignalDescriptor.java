package io.zeroipc.format;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

import org.jspecify.annotations.Nullable;

import io.zeroipc.memory.Alignment;
import io.zeroipc.memory.Atomics;

import static io.zeroipc.format.FieldLayouts.U64;
import static io.zeroipc.format.FieldLayouts.offset;

/** The bytes of a signal beside its mutex: {@code docs/format/signal.md}. Pure functions over bytes. */
public final class SignalDescriptor {

    public static final StructLayout STATE = MemoryLayout.structLayout(U64.withName("version")).withName("state");

    public static final String STATE_SUFFIX = "_state";
    public static final String MUTEX_SUFFIX = "_mtx";

    public static final long VERSION_OFFSET = offset(STATE, "version");
    public static final long VALUE_OFFSET = STATE.byteSize();
    /** Bytes of the entry that says that the signal exists. */
    public static final long MARKER_SIZE = 1;

    private SignalDescriptor() {
    }

    /** Bytes that we record for the state: Python accepts no other number. */
    public static long stateSize(int valueSize) {
        return VALUE_OFFSET + valueSize;
    }

    /** Bytes that C++ records for the state, and maps whatever is recorded. */
    public static long paddedStateSize(int valueSize) {
        return Alignment.up8(stateSize(valueSize));
    }

    /** How often the value was changed, unchecked. */
    public static long version(MemorySegment state) {
        return Atomics.getLongAcquire(state, VERSION_OFFSET);
    }

    /** The size of the value, as far as the recorded size tells; 0 when it does not, because C++ rounds it up. */
    public static long valueSize(MemorySegment state) {
        long size = state.byteSize() - VALUE_OFFSET;
        return size % 8 == 0 ? 0 : size;
    }

    /** What contradicts the state of a signal with a value of this size, or null; 0 accepts any size. */
    public static @Nullable String check(MemorySegment state, int valueSize) {
        long size = state.byteSize();
        if (size <= VALUE_OFFSET) {
            return "block is too small for the state of a signal: bytes=" + size + " (expected: more than "
                    + VALUE_OFFSET + ")";
        }
        if (valueSize != 0 && size != stateSize(valueSize) && size != paddedStateSize(valueSize)) {
            return "value of the signal has another size: bytes of the state=" + size + ", of which version="
                    + VALUE_OFFSET + " and value=" + (size - VALUE_OFFSET) + ", element size=" + valueSize
                    + " (expected: " + stateSize(valueSize) + " or " + paddedStateSize(valueSize) + " bytes)";
        }
        return null;
    }
}
