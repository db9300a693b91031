package io.zeroipc.memory;

/** Sizes and offsets: rounding up, powers of two. Overflow is an {@link ArithmeticException}, never a wrapped number. */
public final class Alignment {

    private Alignment() {
    }

    /** {@code value} rounded up to a multiple of {@code alignment}, which is a power of two. */
    public static long up(long value, long alignment) {
        return Math.addExact(value, alignment - 1) & -alignment;
    }

    /** {@code value} rounded up to a multiple of 8: where every block and section of the format begins. */
    public static long up8(long value) {
        return up(value, 8);
    }

    public static boolean isPowerOfTwo(long value) {
        return value > 0 && (value & (value - 1)) == 0;
    }

    /**
     * Smallest power of two that is at least {@code value}.
     *
     * @param value 1 to 2^30
     */
    public static int nextPowerOfTwo(int value) {
        if (value < 1 || value > 1 << 30) {
            throw new IllegalArgumentException("value has no power of two above it: value=" + value
                    + " (expected: 1 to " + (1 << 30) + ")");
        }
        return value == 1 ? 1 : Integer.highestOneBit(value - 1) << 1;
    }
}
