package io.zeroipc.stress;

import org.jspecify.annotations.Nullable;

/** A value of more bytes than any instruction stores at once. Public, as records of elements are. */
public record Wide(long first, long second, long third, long fourth, long fifth) {

    private static final int TORN = -1;

    static Wide of(long number) {
        return new Wide(number, number, number, number, number);
    }

    /** What it was made of; 0 for none, -1 when it is half this and half that. */
    static int number(@Nullable Wide value) {
        if (value == null) {
            return 0;
        }
        return value.equals(of(value.first)) ? (int) value.first : TORN;
    }
}
