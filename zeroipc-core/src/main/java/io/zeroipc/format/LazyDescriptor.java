package io.zeroipc.format;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

import org.jspecify.annotations.Nullable;

import io.zeroipc.memory.Alignment;
import io.zeroipc.memory.Atomics;

import static io.zeroipc.format.FieldLayouts.U32;
import static io.zeroipc.format.FieldLayouts.U8;
import static io.zeroipc.format.FieldLayouts.offset;

/**
 * The bytes of a lazy value: {@code docs/format/lazy.md}. Where the fields behind the state stand depends on the size and
 * alignment of the value, so there is a descriptor for each; that of a truth value is another struct altogether.
 *
 * @param valueSize bytes of the value
 * @param typeOffset where the operation stands
 * @param firstOffset where the first operand stands, or a constant
 * @param secondOffset where the second operand stands
 * @param cachedOffset where the result stands
 * @param errorOffset where the error text begins; {@link #NONE} for a truth value
 * @param countOffset where the number of computations stands; {@link #NONE} for a truth value
 * @param byteSize bytes of the block
 */
public record LazyDescriptor(int valueSize, long typeOffset, long firstOffset, long secondOffset, long cachedOffset,
        long errorOffset, long countOffset, long byteSize) {

    public static final StructLayout HEADER = MemoryLayout.structLayout(U32.withName("state")).withName("header");
    public static final StructLayout TRUTH = MemoryLayout
            .structLayout(U32.withName("state"), U32.withName("type"), U8.withName("a"), U8.withName("b"),
                    MemoryLayout.paddingLayout(2), U8.withName("cached_value"), U8.withName("computing"),
                    MemoryLayout.paddingLayout(2))
            .withName("truth");

    public static final long STATE_OFFSET = offset(HEADER, "state");
    /** Where a truth value says that a process of this library is computing: padding in C++. */
    public static final long TRUTH_MARK_OFFSET = offset(TRUTH, "computing");

    /** There is no such field. */
    public static final long NONE = -1;

    public static final int NOT_COMPUTED = 0;
    public static final int COMPUTING = 1;
    public static final int COMPUTED = 2;
    public static final int ERROR = 3;

    public static final int CONSTANT = 0;
    public static final int ADD = 1;
    public static final int MULTIPLY = 2;
    public static final int NEGATE = 3;
    /** Two computations one after the other, which nobody implements. */
    public static final int CHAIN = 4;
    /** Of truth values, which have operations of their own. */
    public static final int AND = 1;
    /** Of truth values. */
    public static final int OR = 2;
    /** Of truth values. */
    public static final int XOR = 3;
    /** Of truth values. */
    public static final int NOT = 4;
    /** A function of the application. */
    public static final int EXTERNAL = 5;

    /** That of a truth value. */
    public static final LazyDescriptor OF_TRUTH = new LazyDescriptor(1, offset(TRUTH, "type"), offset(TRUTH, "a"),
            offset(TRUTH, "b"), offset(TRUTH, "cached_value"), NONE, NONE, TRUTH.byteSize());

    /** A value has at least this much around it: for whoever looks for its size. */
    private static final int AROUND_MIN = 256;
    private static final int AROUND_MAX = 296;
    /** A probe looks at this many bytes of a value, not at millions. */
    private static final int PROBED_BYTES = 4096;

    /** That of a value of this size and alignment, which is no truth value. */
    public static LazyDescriptor of(int valueSize, int alignment) {
        long u = Math.max(4, alignment);
        long type = Alignment.up(4, u);
        long data = type + Alignment.up(4, u);
        long cached = Alignment.up(data + Alignment.up(Math.max(2L * valueSize, 8), u), alignment);
        long error = cached + valueSize;
        long count = Alignment.up(error + ErrorText.SIZE, 4);
        return new LazyDescriptor(valueSize, type, data, data + valueSize, cached, error, count,
                Alignment.up(count + 4, u));
    }

    /** Whether it is that of a truth value. */
    public boolean isTruth() {
        return errorOffset == NONE;
    }

    /** The state, unchecked. */
    public static int state(MemorySegment block) {
        return Atomics.getIntAcquire(block, STATE_OFFSET);
    }

    /** The operation, unchecked; it never changes. */
    public int type(MemorySegment block) {
        return Atomics.getInt(block, typeOffset);
    }

    /** How often a value was computed, unchecked; 0 for a truth value, which does not count. */
    public int count(MemorySegment block) {
        return countOffset == NONE ? 0 : Atomics.getIntAcquire(block, countOffset);
    }

    /** What contradicts a lazy value, or null. */
    public @Nullable String check(MemorySegment block) {
        if (block.byteSize() != byteSize) {
            return "block has the wrong size for a lazy value: bytes=" + block.byteSize() + ", element size="
                    + valueSize + " (expected: " + byteSize + ")";
        }
        int state = state(block);
        int type = type(block);
        if (state < NOT_COMPUTED || state > ERROR || type < CONSTANT || type > EXTERNAL) {
            return "numbers are not those of a lazy value: state=" + Integer.toUnsignedString(state) + ", type="
                    + Integer.toUnsignedString(type) + " (expected: 0 to 3, and 0 to 5)";
        }
        return null;
    }

    /**
     * What a block can be that a stranger found: the descriptor of the largest value that fits; null when it is no lazy
     * value.
     */
    public static @Nullable LazyDescriptor find(MemorySegment block) {
        long size = block.byteSize();
        if (size == OF_TRUTH.byteSize) {
            return OF_TRUTH.check(block) == null && OF_TRUTH.isTruthful(block) ? OF_TRUTH : null;
        }
        for (long value = (size - AROUND_MIN) / 3; value > 0 && 3 * value >= size - AROUND_MAX; value--) {
            for (int alignment = 8; alignment > 0; alignment /= 2) {
                if (value % alignment == 0 && value <= Integer.MAX_VALUE) {
                    LazyDescriptor candidate = of((int) value, alignment);
                    if (candidate.check(block) == null && candidate.isPlausible(block)) {
                        return candidate;
                    }
                }
            }
        }
        return null;
    }

    /**
     * Whether what is between the fields is empty, there is nothing but a text where one may be, a constant has none and is its
     * own result, and the operation is one that somebody implements. A text stays when the value is computed again.
     */
    private boolean isPlausible(MemorySegment block) {
        int type = type(block);
        int probed = Math.min(valueSize, PROBED_BYTES);
        return type != CHAIN
                && (type != CONSTANT || MemorySegment.mismatch(block, firstOffset, firstOffset + probed, block,
                        cachedOffset, cachedOffset + probed) < 0)
                && ErrorText.isZero(block, STATE_OFFSET + Integer.BYTES, typeOffset)
                && ErrorText.isPlausible(block, errorOffset, state(block) == ERROR, type != CONSTANT)
                && ErrorText.isZero(block, errorOffset + ErrorText.SIZE, countOffset)
                && ErrorText.isZero(block, countOffset + Integer.BYTES, byteSize);
    }

    /** Whether bytes that are 0 or 1 in a lazy truth value are so here, and a constant is its own result. */
    private boolean isTruthful(MemorySegment block) {
        byte a = Atomics.getByte(block, firstOffset);
        byte b = Atomics.getByte(block, secondOffset);
        byte cached = Atomics.getByte(block, cachedOffset);
        boolean constant = type(block) == CONSTANT;
        return (a & ~1) == 0 && (b & ~1) == 0 && (cached & ~1) == 0 && state(block) != ERROR
                && (!constant || (state(block) == COMPUTED && a == cached));
    }
}
