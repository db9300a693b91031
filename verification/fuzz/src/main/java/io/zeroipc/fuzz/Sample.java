package io.zeroipc.fuzz;

import io.zeroipc.codec.Length;

/** An element with something in it that bytes can contradict: an enum, a text, a flag. */
record Sample(int id, Side side, @Length(6) String text, boolean open, double value) {

    enum Side {
        LEFT, RIGHT
    }
}
