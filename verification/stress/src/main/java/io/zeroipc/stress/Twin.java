package io.zeroipc.stress;

import org.jspecify.annotations.Nullable;

/** A value of two halves, as long as a map's value may be. Public, as records of elements are. */
public record Twin(int first, int second) {

    private static final int TORN = -1;

    static Twin of(int number) {
        return new Twin(number, number);
    }

    /** What it was made of; 0 for none, -1 when it is half this and half that. */
    static int number(@Nullable Twin value) {
        if (value == null) {
            return 0;
        }
        return value.first == value.second ? value.first : TORN;
    }
}
