package io.zeroipc.flow;

import java.util.Objects;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.zeroipc.codec.Codec;
import io.zeroipc.flow.SharedState.Snapshot;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Lane;
import io.zeroipc.segment.SlotConsumer;
import io.zeroipc.segment.Source.Start;

/**
 * One reader's view of the changes of a {@link SharedState}. For one thread at a time, and not within its own consumer.
 *
 * @param <T> the value
 */
public final class StateSubscription<T> implements Intake<T> {

    private final SharedState<T> state;
    private final Attachment attachment;
    private final StateSlots slots;
    private final Codec<T> codec;
    private final StateSamples samples;
    private boolean closed;
    private boolean consumedAny;
    private long seen;
    private long lost;

    StateSubscription(SharedState<T> state, StateSlots slots, StateSamples samples, Start start) {
        this.state = state;
        this.attachment = state.segment().attachment();
        this.slots = slots;
        this.codec = state.codec();
        this.samples = samples;
        long latest = slots.latest();
        this.seen = start == Start.EARLIEST ? Math.max(0, latest - 1) : latest;
    }

    /** Behind the version that has this position; before the present one where there was never such a version. */
    StateSubscription(SharedState<T> state, StateSlots slots, StateSamples samples, long behind) {
        this(state, slots, samples, Start.EARLIEST);
        if (behind >= 0 && behind < slots.latest()) {
            this.seen = behind + 1;
        }
    }

    /** The newest value when it was not seen yet, or null. */
    @Override
    public @Nullable T poll() {
        try (Lane _ = attachment.enterToRead()) {
            StateSample sample = samples.take();
            try {
                return advance(sample) ? codec.decode(sample.payload(), 0) : null;
            } finally {
                samples.giveBack(sample);
            }
        }
    }

    /** As {@link #poll()}, with version and time. */
    public @Nullable Snapshot<T> pollSnapshot() {
        try (Lane _ = attachment.enterToRead()) {
            StateSample sample = samples.take();
            try {
                return advance(sample) ? state.snapshot(sample) : null;
            } finally {
                samples.giveBack(sample);
            }
        }
    }

    /** As {@link #poll()}: there is never more than one value. */
    @Override
    public int drainTo(Consumer<? super T> consumer, int max) {
        Objects.requireNonNull(consumer, "consumer");
        T value = max <= 0 ? null : poll();
        if (value == null) {
            return 0;
        }
        consumer.accept(value);
        return 1;
    }

    /** As {@link Intake#pollSlot}; the memory is a private copy. */
    @Override
    public boolean pollSlot(SlotConsumer consumer) {
        Objects.requireNonNull(consumer, "consumer");
        StateSample sample = samples.take();
        try {
            try (Lane _ = attachment.enterToRead()) {
                if (!advance(sample)) {
                    return false;
                }
            }
            // A private copy: the segment may be closed meanwhile.
            consumer.accept(sample.payload(), 0);
            return true;
        } finally {
            samples.giveBack(sample);
        }
    }

    @Override
    public EventCount arrivals() {
        return state.changes();
    }

    /** The version of the value seen last, less 1: positions count from 0. */
    @Override
    public long position() {
        return consumedAny ? seen - 1 : -1;
    }

    /** Versions that were overwritten before this subscription looked, since it began. */
    @Override
    public long lost() {
        return lost;
    }

    /** Versions that this subscription has not seen yet, the overwritten ones among them: an estimate. */
    @Override
    public long lag() {
        return attachment.reading(() -> Math.max(0, slots.latest() - seen));
    }

    /** Always false: a state is never closed. */
    @Override
    public boolean isExhausted() {
        return false;
    }

    @Override
    public void close() {
        closed = true;
    }

    private boolean advance(StateSample sample) {
        if (closed) {
            throw new IllegalStateException("state subscription is closed: " + state.describe());
        }
        if (slots.latest() == seen || !sample.copyLatest()) {
            return false;
        }
        lost += Math.max(0, sample.version() - seen - 1);
        seen = sample.version();
        consumedAny = true;
        return true;
    }
}
