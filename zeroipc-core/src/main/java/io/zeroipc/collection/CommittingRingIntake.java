package io.zeroipc.collection;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.CommittingIntake;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.SlotConsumer;

/** The reader of a ring that moves read_pos when it is told to, and not when it reads. */
final class CommittingRingIntake<T> implements CommittingIntake<T> {

    private final RingReader<T> reader;

    CommittingRingIntake(RingReader<T> reader) {
        this.reader = reader;
    }

    @Override
    public @Nullable T poll() {
        return reader.poll();
    }

    @Override
    public int drainTo(Consumer<? super T> consumer, int max) {
        return reader.drainTo(consumer, max);
    }

    @Override
    public boolean pollSlot(SlotConsumer consumer) {
        return reader.pollSlot(consumer);
    }

    @Override
    public EventCount arrivals() {
        return reader.arrivals();
    }

    @Override
    public long position() {
        return reader.position();
    }

    @Override
    public long lost() {
        return reader.lost();
    }

    @Override
    public boolean isExhausted() {
        return reader.isExhausted();
    }

    @Override
    public void commit(long position) {
        reader.commit(position);
    }

    @Override
    public void close() {
        reader.close();
    }
}
