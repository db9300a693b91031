package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Lane;
import io.zeroipc.wait.Deadline;

/**
 * A {@link SharedQueue} of longs, without boxing: nothing here allocates. Thread-safe, and may be used at the same time
 * as the queue it is a view of.
 */
public final class LongQueueView {

    private final QueueSlots slots;
    private final MemorySegment memory;
    private final Attachment attachment;

    LongQueueView(QueueSlots slots, Attachment attachment) {
        this.slots = slots;
        this.memory = slots.memory();
        this.attachment = attachment;
    }

    /** Adds an element; false when the queue is full. */
    public boolean offer(long element) {
        try (Lane lane = attachment.enterToWrite()) {
            return store(lane, slots.claim(lane), element);
        }
    }

    /** Adds an element, waiting as long as the queue is full. */
    public void put(long element) throws InterruptedException {
        try (Lane lane = attachment.enterToWrite()) {
            store(lane, slots.awaitClaim(lane, Deadline.FOREVER_NANOS), element);
        }
    }

    /** Adds an element, waiting at most so long; false when the queue was full all the time. */
    public boolean offer(long element, Duration timeout) throws InterruptedException {
        try (Lane lane = attachment.enterToWrite()) {
            return store(lane, slots.awaitClaim(lane, TimeUnit.NANOSECONDS.convert(timeout)), element);
        }
    }

    /**
     * Adds elements of an array in order until the queue is full, several with one compare-and-set.
     *
     * @return how many were added
     */
    public int offerAll(long[] source, int from, int count) {
        try (Lane lane = attachment.enterToWrite()) {
            Objects.checkFromIndexSize(from, count, source.length);
            int added = 0;
            while (added < count) {
                long batch = slots.claim(lane, count - added);
                int claimed = QueueSlots.count(batch);
                if (claimed == 0) {
                    break;
                }
                long first = QueueSlots.first(batch);
                for (int i = 0; i < claimed; i++) {
                    put(slots.offset(first + i), source[from + added + i]);
                    slots.publishOne(first + i);
                }
                slots.endPublished(lane, batch);
                added += claimed;
            }
            return added;
        }
    }

    /** Removes the oldest element; {@code ifEmpty} when there is none. */
    public long poll(long ifEmpty) {
        try (Lane lane = attachment.enterToWrite()) {
            long position = slots.take(lane);
            return position == QueueSlots.NONE ? ifEmpty : load(lane, position);
        }
    }

    /** Removes the oldest element, waiting for one. */
    public long take() throws InterruptedException {
        try (Lane lane = attachment.enterToWrite()) {
            return load(lane, slots.awaitTake(lane, Deadline.FOREVER_NANOS));
        }
    }

    /** Removes the oldest element, waiting at most so long; {@code ifEmpty} when none came. */
    public long poll(Duration timeout, long ifEmpty) throws InterruptedException {
        try (Lane lane = attachment.enterToWrite()) {
            long position = slots.awaitTake(lane, TimeUnit.NANOSECONDS.convert(timeout));
            return position == QueueSlots.NONE ? ifEmpty : load(lane, position);
        }
    }

    /**
     * Moves at most {@code count} elements to an array, several with one compare-and-set.
     *
     * @return how many there were
     */
    public int drainTo(long[] target, int from, int count) {
        try (Lane lane = attachment.enterToWrite()) {
            Objects.checkFromIndexSize(from, count, target.length);
            int drained = 0;
            while (drained < count) {
                long batch = slots.take(lane, count - drained);
                int taken = QueueSlots.count(batch);
                if (taken == 0) {
                    break;
                }
                long first = QueueSlots.first(batch);
                for (int i = 0; i < taken; i++) {
                    target[from + drained + i] = get(slots.offset(first + i));
                    slots.releaseOne(first + i);
                }
                slots.endReleased(lane, batch);
                drained += taken;
            }
            return drained;
        }
    }

    /**
     * Hands at most {@code max} elements to {@code consumer}, as {@link SharedQueue#drainTo} does.
     *
     * @return how many there were
     */
    public int drainTo(LongConsumer consumer, int max) {
        Objects.requireNonNull(consumer, "consumer");
        try (Lane lane = attachment.enterToWrite()) {
            int drained = 0;
            Throwable failure = null;
            while (drained < max && failure == null && attachment.isReadable()) {
                long batch = slots.take(lane, max - drained);
                int taken = QueueSlots.count(batch);
                if (taken == 0) {
                    break;
                }
                long first = QueueSlots.first(batch);
                lane.callOut();
                for (int i = 0; i < taken; i++) {
                    long element = get(slots.offset(first + i));
                    slots.releaseOne(first + i);
                    slots.advanceReleased();
                    try {
                        consumer.accept(element);
                    } catch (Throwable e) {
                        failure = Handover.remember(failure, e);
                    }
                }
                lane.callIn();
                slots.endReleased(lane, batch);
                drained += taken;
            }
            Handover.<RuntimeException>rethrow(failure);
            return drained;
        }
    }

    private boolean store(Lane lane, long position, long element) {
        if (position == QueueSlots.NONE) {
            return false;
        }
        put(slots.offset(position), element);
        slots.publish(lane, position);
        return true;
    }

    private long load(Lane lane, long position) {
        long element = get(slots.offset(position));
        slots.release(lane, position);
        return element;
    }

    private void put(long offset, long element) {
        Atomics.putLong(memory, offset, element);
    }

    private long get(long offset) {
        return Atomics.getLong(memory, offset);
    }
}
