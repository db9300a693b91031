package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.zeroipc.flow.SharedSignal.Snapshot;
import io.zeroipc.memory.ElementScratch.Lease;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Lane;
import io.zeroipc.segment.SlotConsumer;
import io.zeroipc.segment.Source.Start;

/**
 * One reader's view of the changes of a {@link SharedSignal}. For one thread at a time, and not within its own consumer.
 *
 * @param <T> the value
 */
public final class SignalSubscription<T> implements Intake<T> {

    private final SharedSignal<T> signal;
    private final SignalCell cell;
    private final Attachment attachment;
    /** Native like the segment, so that codecs see one kind of memory; freed when no longer reachable. */
    private boolean closed;
    private boolean consumedAny;
    private long seen;
    private long lost;

    SignalSubscription(SharedSignal<T> signal, SignalCell cell, Start start) {
        this.signal = signal;
        this.cell = cell;
        this.attachment = signal.segment().attachment();
        this.seen = cell.version() - (start == Start.EARLIEST ? 1 : 0);
    }

    /** The newest value when it was not seen yet, or null; also null while somebody is changing it. */
    @Override
    public @Nullable T poll() {
        try (Lane _ = attachment.enterToRead(); Lease copy = signal.takeScratch()) {
            return advance(copy.memory()) ? signal.codec().decode(copy.memory(), 0) : null;
        }
    }

    /** As {@link #poll()}, with the version. */
    public @Nullable Snapshot<T> pollSnapshot() {
        try (Lane _ = attachment.enterToRead(); Lease copy = signal.takeScratch()) {
            if (!advance(copy.memory())) {
                return null;
            }
            long version = seen;
            return new Snapshot<>(signal.codec().decode(copy.memory(), 0), version);
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
        try (Lease copy = signal.takeScratch()) {
            try (Lane _ = attachment.enterToRead()) {
                if (!advance(copy.memory())) {
                    return false;
                }
            }
            // A private copy: the segment may be closed meanwhile.
            consumer.accept(copy.memory(), 0);
            return true;
        }
    }

    @Override
    public EventCount arrivals() {
        return signal.changes();
    }

    /** The version of the value seen last: the first value has 0. */
    @Override
    public long position() {
        return consumedAny ? seen : -1;
    }

    /** Versions that were replaced before this subscription looked, since it began. */
    @Override
    public long lost() {
        return lost;
    }

    /** Always false: a signal is never closed. */
    @Override
    public boolean isExhausted() {
        return false;
    }

    @Override
    public void close() {
        closed = true;
    }

    private boolean advance(MemorySegment copy) {
        if (closed) {
            throw new IllegalStateException("signal subscription is closed: " + signal.describe());
        }
        if (cell.version() == seen) {
            return false;
        }
        long version = cell.tryRead(copy);
        if (version == SignalCell.BUSY) {
            return false;
        }
        lost += version - seen - 1;
        seen = version;
        consumedAny = true;
        return true;
    }
}
