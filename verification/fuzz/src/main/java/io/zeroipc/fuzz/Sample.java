package io.zeroipc.fuzz;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.zeroipc.codec.Absent;
import io.zeroipc.codec.Length;

/** An element with something in it that bytes can contradict: an enum, a text, a flag, and absence in both forms. */
record Sample(int id, Side side, @Length(6) String text, boolean open, double value,
        @Absent @Nullable Duration age, @Absent(Absent.By.FLAG) @Nullable Side other) {

    enum Side {
        LEFT, RIGHT
    }
}
