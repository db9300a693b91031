package io.zeroipc.memory;

/**
 * Counters of the format are unsigned and wrap at 2^32. In Java they are {@code int}, and two of them are compared by
 * the sign of their difference only: right as long as they are less than 2^31 apart, which the capacity limits assure.
 */
public final class Wrapping {

    private Wrapping() {
    }

    /** How far {@code later} is ahead of {@code earlier}, modulo 2^32, as a signed number. */
    public static int distance(int later, int earlier) {
        return later - earlier;
    }
}
