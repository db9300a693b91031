package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Objects;
import java.util.function.IntConsumer;

import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Attachment;
import io.zeroipc.wait.Deadline;

/**
 * A {@link SharedQueue} of ints, without boxing: nothing here allocates. Thread-safe, and may be used at the same time
 * as the queue it is a view of.
 */
public final class IntQueueView {

    private final QueueSlots slots;
    private final MemorySegment memory;
    private final Attachment attachment;

    IntQueueView(QueueSlots slots, Attachment attachment) {
        this.slots = slots;
        this.memory = slots.memory();
        this.attachment = attachment;
    }

    /** Adds an element; false when the queue is full. */
    public boolean offer(int element) {
        attachment.ensureWritable();
        return store(slots.claim(), element);
    }

    /** Adds an element, waiting as long as the queue is full. */
    public void put(int element) throws InterruptedException {
        attachment.ensureWritable();
        store(slots.awaitClaim(), element);
    }

    /** Adds an element, waiting at most so long; false when the queue was full all the time. */
    public boolean offer(int element, Duration timeout) throws InterruptedException {
        attachment.ensureWritable();
        return store(slots.awaitClaim(Deadline.nanosAfter(timeout)), element);
    }

    /**
     * Adds elements of an array in order until the queue is full, several with one compare-and-set.
     *
     * @return how many were added
     */
    public int offerAll(int[] source, int from, int count) {
        attachment.ensureWritable();
        Objects.checkFromIndexSize(from, count, source.length);
        int added = 0;
        while (added < count) {
            long batch = slots.claim(count - added);
            int claimed = QueueSlots.count(batch);
            if (claimed == 0) {
                break;
            }
            long first = QueueSlots.first(batch);
            for (int i = 0; i < claimed; i++) {
                put(slots.offset(first + i), source[from + added + i]);
                slots.publish(first + i);
            }
            added += claimed;
        }
        return added;
    }

    /** Removes the oldest element; {@code ifEmpty} when there is none. */
    public int poll(int ifEmpty) {
        attachment.ensureWritable();
        long position = slots.take();
        return position == QueueSlots.NONE ? ifEmpty : load(position);
    }

    /** Removes the oldest element, waiting for one. */
    public int take() throws InterruptedException {
        attachment.ensureWritable();
        return load(slots.awaitTake());
    }

    /** Removes the oldest element, waiting at most so long; {@code ifEmpty} when none came. */
    public int poll(Duration timeout, int ifEmpty) throws InterruptedException {
        attachment.ensureWritable();
        long position = slots.awaitTake(Deadline.nanosAfter(timeout));
        return position == QueueSlots.NONE ? ifEmpty : load(position);
    }

    /**
     * Moves at most {@code count} elements to an array, several with one compare-and-set.
     *
     * @return how many there were
     */
    public int drainTo(int[] target, int from, int count) {
        attachment.ensureWritable();
        Objects.checkFromIndexSize(from, count, target.length);
        int drained = 0;
        while (drained < count) {
            long batch = slots.take(count - drained);
            int taken = QueueSlots.count(batch);
            if (taken == 0) {
                break;
            }
            long first = QueueSlots.first(batch);
            for (int i = 0; i < taken; i++) {
                target[from + drained + i] = load(first + i);
            }
            drained += taken;
        }
        return drained;
    }

    /**
     * Hands at most {@code max} elements to {@code consumer}, as {@link SharedQueue#drainTo} does.
     *
     * @return how many there were
     */
    public int drainTo(IntConsumer consumer, int max) {
        attachment.ensureWritable();
        int drained = 0;
        Throwable failure = null;
        while (drained < max && failure == null) {
            long batch = slots.take(max - drained);
            int taken = QueueSlots.count(batch);
            if (taken == 0) {
                break;
            }
            long first = QueueSlots.first(batch);
            for (int i = 0; i < taken; i++) {
                int element = load(first + i);
                try {
                    consumer.accept(element);
                } catch (Throwable e) {
                    failure = Handover.remember(failure, e);
                }
            }
            drained += taken;
        }
        Handover.<RuntimeException>rethrow(failure);
        return drained;
    }

    private boolean store(long position, int element) {
        if (position == QueueSlots.NONE) {
            return false;
        }
        put(slots.offset(position), element);
        slots.publish(position);
        return true;
    }

    private int load(long position) {
        int element = get(slots.offset(position));
        slots.release(position);
        return element;
    }

    private void put(long offset, int element) {
        Atomics.putInt(memory, offset, element);
    }

    private int get(long offset) {
        return Atomics.getInt(memory, offset);
    }
}
