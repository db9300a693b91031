package io.zeroipc.flow;

import io.zeroipc.codec.Codecs;
import io.zeroipc.codec.Length;
import io.zeroipc.segment.Segment;

/** A versioned array: one process writes all prices at once, any number read them, never half old and half new. */
@SuppressWarnings("ArrayRecordComponent") // a fixed array in a record is what is stored
public final class PriceBoard {

    private static final int SIZE = 64;

    private final SharedState<Prices> state;

    /** All elements of the array. */
    public record Prices(@Length(SIZE) double[] values) {}

    public PriceBoard(Segment segment) {
        state = SharedState.openOrCreate(segment, "prices", Codecs.record(Prices.class));
    }

    /** The one writer in all processes; to be closed. */
    public StateWriter<Prices> writer() {
        return state.writer();
    }

    /** All prices of one moment; zeroes before the first. */
    public double[] read() {
        Prices newest = state.get();
        return newest == null ? new double[SIZE] : newest.values();
    }
}
