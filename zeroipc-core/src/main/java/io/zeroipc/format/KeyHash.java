package io.zeroipc.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

/**
 * The hash of keys and of elements of sets, as the C++ implementation computes it: {@code docs/format/set.md}. Pure
 * functions.
 */
public final class KeyHash {

    /** Knuth's multiplicative constant, 2^32 divided by the golden ratio. */
    private static final long INTEGRAL_MULTIPLIER = 2_654_435_761L;

    private static final long SEED = 0xC70F6907L;
    private static final long MIX = 0xC6A4A7935BD1E995L;
    private static final int SHIFT = 47;

    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN);

    private KeyHash() {
    }

    /**
     * The hash of an integer or bool.
     *
     * @param value sign-extended when its type is signed, else zero-extended
     */
    public static long ofIntegral(long value) {
        return value * INTEGRAL_MULTIPLIER;
    }

    /**
     * The hash of anything else, floating-point numbers included: of all its bytes, with padding. MurmurHash64A with the
     * seed of libstdc++'s {@code std::hash<std::string_view>}.
     */
    public static long ofBytes(MemorySegment memory, long offset, int length) {
        long hash = SEED ^ (length * MIX);
        int tail = length % Long.BYTES;
        long end = offset + length - tail;
        for (long at = offset; at < end; at += Long.BYTES) {
            hash = (hash ^ (shifted(memory.get(WORD, at) * MIX) * MIX)) * MIX;
        }
        if (tail != 0) {
            long word = 0;
            for (int i = tail - 1; i >= 0; i--) {
                word = (word << Byte.SIZE) | Byte.toUnsignedLong(memory.get(ValueLayout.JAVA_BYTE, end + i));
            }
            hash = (hash ^ word) * MIX;
        }
        return shifted(shifted(hash) * MIX);
    }

    /** Which entry is looked at in a step: unsigned 64-bit arithmetic, wrapping at 2^64 before the remainder is taken. */
    public static int index(long hash, int step, int capacity) {
        return (int) Long.remainderUnsigned(hash + step, capacity);
    }

    private static long shifted(long word) {
        return word ^ (word >>> SHIFT);
    }
}
