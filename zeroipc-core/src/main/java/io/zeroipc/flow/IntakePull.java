package io.zeroipc.flow;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Intake;

/** What arrives at any source. */
record IntakePull<T>(Intake<T> intake) implements Pull<T> {

    @Override
    public @Nullable T next() {
        return intake.poll();
    }

    @Override
    public boolean isEnded() {
        return intake.isExhausted();
    }

    @Override
    public EventCount arrivals() {
        return intake.arrivals();
    }

    @Override
    public void close() {
        intake.close();
    }
}
