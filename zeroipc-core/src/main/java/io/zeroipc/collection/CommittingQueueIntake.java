package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.zeroipc.codec.Codec;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Binding;
import io.zeroipc.segment.CommittingIntake;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Lane;
import io.zeroipc.segment.SlotConsumer;

/**
 * One of any number of consumers of a queue that compete, and keep what they have taken until it is committed. An element is in its
 * slot until then, where no other consumer gets it, unless this one is closed or its process dies.
 */
final class CommittingQueueIntake<T> implements CommittingIntake<T> {

    private final Binding binding;
    private final Attachment attachment;
    private final QueueSlots slots;
    private final MemorySegment memory;
    private final Codec<T> codec;
    private final EventCount arrivals;
    /** Whether nothing arrives any more. */
    private final BooleanSupplier exhausted;
    private final KeptPositions kept;
    /** Of what it keeps, for the segment's close. Its operations are in their threads' lanes. */
    private final Lane holder;
    private long position = -1;
    /** Whether code of others has an element: this intake may not be used by it. */
    private boolean busy;
    private volatile boolean closed;

    /**
     * @param binding for messages
     * @param arrivals where to wait for elements
     * @param exhausted whether nothing is left in the queue and nothing can arrive
     */
    CommittingQueueIntake(Binding binding, QueueSlots slots, Codec<T> codec, Attachment attachment,
            EventCount arrivals, BooleanSupplier exhausted) {
        this.binding = binding;
        this.attachment = attachment;
        this.slots = slots;
        this.memory = slots.memory();
        this.codec = codec;
        this.arrivals = arrivals;
        this.exhausted = exhausted;
        try (Lane _ = attachment.enterToWrite()) {
            this.kept = slots.keeping();
            this.holder = attachment.openHoldersLane(kept::end);
        }
    }

    @Override
    public @Nullable T poll() {
        try (Lane lane = begin()) {
            return next(lane, 1) ? decode() : null;
        }
    }

    @Override
    public int drainTo(Consumer<? super T> consumer, int max) {
        Objects.requireNonNull(consumer, "consumer");
        int drained = 0;
        try (Lane lane = begin()) {
            while (drained < max && !closed && attachment.isReadable() && next(lane, max - drained)) {
                drained++;
                handOut(lane, () -> consumer.accept(decode()));
            }
        }
        return drained;
    }

    @Override
    public boolean pollSlot(SlotConsumer consumer) {
        Objects.requireNonNull(consumer, "consumer");
        try (Lane lane = begin()) {
            boolean found = next(lane, 1);
            if (found) {
                handOut(lane, () -> consumer.accept(memory, slots.offset(position)));
            }
            return found;
        }
    }

    /** Begins an operation, which closing what this returns ends. */
    private Lane begin() {
        Lane lane = attachment.enterToWrite();
        if (closed || busy) {
            lane.close();
            throw new IllegalStateException(closed
                    ? "intake is closed: " + binding.describe()
                    : "intake is busy: " + binding.describe() + " (do not use it within its own consumer)");
        }
        return lane;
    }

    /** Goes on to the next element, if there is one. It counts as taken, also when it cannot be decoded. */
    private boolean next(Lane lane, int max) {
        long found = kept.next(lane, max);
        if (found == QueueSlots.NONE) {
            return false;
        }
        position = found;
        return true;
    }

    private T decode() {
        return codec.decode(memory, slots.offset(position));
    }

    /** Runs code of others, to which the element belongs meanwhile: nobody else gets it, though this or the segment is closed. */
    private void handOut(Lane lane, Runnable code) {
        busy = true;
        holder.hold();
        lane.callOut();
        try {
            code.run();
        } finally {
            lane.callIn();
            holder.release();
            busy = false;
            if (closed) {
                holder.settleAndRetire();
            }
        }
    }

    @Override
    public EventCount arrivals() {
        return arrivals;
    }

    /**
     * The position in the queue, as everybody counts it modulo 2^32; this intake counts on where positions run round, from the one at
     * which it began. An element that comes again has the position it had.
     */
    @Override
    public long position() {
        return position;
    }

    /** Always 0: nothing is overwritten. */
    @Override
    public long lost() {
        return 0;
    }

    @Override
    public boolean isExhausted() {
        // Last: what this one has not committed may come again.
        if (!exhausted.getAsBoolean() || !kept.isEmpty()) {
            return false;
        }
        // Once, as it is the end: another process may have left something of which nobody has told us.
        try (Lane _ = attachment.enterToRead()) {
            if (slots.isAnyLeft()) {
                attachment.lookForDead();
                return false;
            }
        }
        return true;
    }

    @Override
    public void commit(long committed) {
        if (closed) {
            return;
        }
        try (Lane _ = attachment.enterToEnd()) {
            KeptPositions.Release release = kept.release(committed);
            if (release == KeptPositions.Release.ENDED && !closed) {
                // The segment was closed, and somebody else will get the element again.
                attachment.ensureReadable();
            } else if (release == KeptPositions.Release.NOT_TAKEN) {
                throw new IllegalArgumentException("element was not taken yet: " + binding.describe() + ", position="
                        + committed + " (expected: what position() said of an element)");
            }
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (!busy) {
            holder.settleAndRetire();
        }
    }
}
