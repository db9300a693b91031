package io.zeroipc.format;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

import org.jspecify.annotations.Nullable;

import io.zeroipc.memory.Alignment;
import io.zeroipc.memory.Atomics;

import static io.zeroipc.format.FieldLayouts.U32;
import static io.zeroipc.format.FieldLayouts.U64;
import static io.zeroipc.format.FieldLayouts.offset;

/**
 * The bytes of a future: {@code docs/format/future.md}. Pure functions over bytes.
 *
 * <pre>
 *   0       4         8                 16      16 + s      272 + s
 *   +-------+---------+-----------------+-------+-----------+
 *   | state | waiters | completion_time | value | error_msg |
 *   +-------+---------+-----------------+-------+-----------+
 * </pre>
 */
public final class FutureDescriptor {

    public static final StructLayout HEADER = MemoryLayout
            .structLayout(U32.withName("state"), U32.withName("waiters"), U64.withName("completion_time"))
            .withName("header");

    public static final long STATE_OFFSET = offset(HEADER, "state");
    public static final long WAITERS_OFFSET = offset(HEADER, "waiters");
    public static final long COMPLETION_TIME_OFFSET = offset(HEADER, "completion_time");
    public static final long VALUE_OFFSET = HEADER.byteSize();

    public static final int PENDING = 0;
    public static final int COMPUTING = 1;
    public static final int READY = 2;
    public static final int ERROR = 3;

    /** A probe looks at this many bytes of a value, not at millions. */
    private static final int PROBED_BYTES = 4096;

    private FutureDescriptor() {
    }

    /** Where the error text begins. */
    public static long errorOffset(int valueSize) {
        return VALUE_OFFSET + valueSize;
    }

    /** Bytes of the fields, which is what Python records. */
    public static long fieldsSize(int valueSize) {
        return errorOffset(valueSize) + ErrorText.SIZE;
    }

    /** Bytes of the block: those of the C++ struct. */
    public static long byteSize(int valueSize) {
        return Alignment.up8(fieldsSize(valueSize));
    }

    /** The state, unchecked. */
    public static int state(MemorySegment block) {
        return Atomics.getIntAcquire(block, STATE_OFFSET);
    }

    /** The threads that wait, unchecked. */
    public static int waiters(MemorySegment block) {
        return Atomics.getIntAcquire(block, WAITERS_OFFSET);
    }

    /** The size of the value, as far as the size of the block tells; 0 when it does not, because C++ rounds it up. */
    public static long valueSize(MemorySegment block) {
        return block.byteSize() % 8 == 0 ? 0 : block.byteSize() - VALUE_OFFSET - ErrorText.SIZE;
    }

    /**
     * Whether the bytes may be a future of a value of whatever size: for probes. There is no time before it is complete, no
     * value before it is computed, and no text before somebody computes; one that another program is just completing may be
     * denied for a moment.
     */
    public static boolean fits(MemorySegment block) {
        if (check(block, 0) != null) {
            return false;
        }
        int state = state(block);
        long time = Atomics.getLongAcquire(block, COMPLETION_TIME_OFFSET);
        if ((state == PENDING && time != 0) || (state == READY && time == 0)) {
            return false;
        }
        // C++ rounds the size of the block up: the text begins in one of eight places.
        long fields = block.byteSize() - fieldsSize(0);
        long least = block.byteSize() % 8 == 0 ? Math.max(1, fields - 7) : fields;
        for (long valueSize = fields; valueSize >= least; valueSize--) {
            long error = VALUE_OFFSET + valueSize;
            if (ErrorText.isPlausible(block, error, state == ERROR, state != PENDING)
                    && (state != PENDING
                            || ErrorText.isZero(block, VALUE_OFFSET, Math.min(error, VALUE_OFFSET + PROBED_BYTES)))) {
                return true;
            }
        }
        return false;
    }

    /** What contradicts a future of a value of this size, or null; 0 accepts any size. */
    public static @Nullable String check(MemorySegment block, int valueSize) {
        long size = block.byteSize();
        if (size < fieldsSize(1)) {
            return "block is too small for a future: bytes=" + size + " (expected: at least " + fieldsSize(1) + ")";
        }
        if (valueSize != 0 && size != fieldsSize(valueSize) && size != byteSize(valueSize)) {
            return "value of the future has another size: bytes=" + size + ", element size=" + valueSize
                    + " (expected: " + fieldsSize(valueSize) + " or " + byteSize(valueSize) + " bytes)";
        }
        int state = state(block);
        return state >= PENDING && state <= ERROR
                ? null
                : "state is not that of a future: state=" + Integer.toUnsignedString(state) + " (expected: 0 to 3)";
    }
}
