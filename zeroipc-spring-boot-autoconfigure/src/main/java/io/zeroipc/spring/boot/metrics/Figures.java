package io.zeroipc.spring.boot.metrics;

import java.util.function.DoubleSupplier;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.segment.Segment;

/** Reads what gauges show out of shared memory, which may be gone. */
final class Figures {

    private Figures() {
    }

    /** What can be read, and NaN for what cannot. */
    static double of(Segment segment, DoubleSupplier figure) {
        try {
            return figure.getAsDouble();
        } catch (ZeroIpcException | IllegalStateException e) {
            return Double.NaN;
        } catch (InternalError e) {
            return absent(segment, e);
        }
    }

    /** Marks the segment whose file was truncated, so that the next look fails in an orderly way. */
    private static double absent(Segment segment, InternalError error) {
        try {
            throw segment.attachment().translate(error);
        } catch (ZeroIpcException | IllegalStateException e) {
            return Double.NaN;
        }
    }
}
