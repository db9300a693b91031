package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import io.zeroipc.format.RingDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Attachment;

/**
 * The positions of a ring's reading side; knows slots, not elements. For one thread at a time. The invariants I and
 * orderings S are those of {@link SharedRing}.
 */
final class RingConsumer {

    /** When slots are given back to the writer. */
    enum Release {
        /** At the end of each operation. */
        EACH,
        /** When they are a quarter of the ring, or it is empty. */
        LAZY,
        /** When somebody says so. */
        COMMITTED
    }

    /** No element is there. */
    static final long EMPTY = -1;

    private static final int IDLE = 0;
    private static final int BUSY = 1;
    private static final int CLOSED = 2;

    final MemorySegment memory;
    final int elementSize;

    private final Attachment attachment;
    private final String label;
    private final long capacityBytes;
    private final long end;
    private final Release release;
    /** Bytes consumed after which read_pos is stored at the latest. */
    private final long interval;

    private int state = IDLE;
    private boolean consumedAny;
    /** Ahead of read_pos, which nobody else changes, by what is consumed and not yet given back. */
    private long readPosition;
    /** What read_pos holds. With commits, which may come from other threads, guarded by this object's monitor. */
    private long published;
    /** Where the slot at {@link #readPosition} begins. */
    private long slot;
    /** write_pos as last seen. */
    private long writePosition;

    RingConsumer(SharedRing<?> ring, Release release) {
        this.memory = ring.memory();
        this.elementSize = ring.elementSize();
        this.attachment = ring.segment().attachment();
        this.label = ring.describe();
        this.capacityBytes = ring.capacityBytes();
        this.end = RingDescriptor.byteSize(capacityBytes);
        this.release = release;
        this.interval = Math.max(1, capacityBytes / elementSize / 4) * elementSize;
        this.readPosition = Atomics.getLongAcquire(memory, RingDescriptor.READ_POS_OFFSET);
        this.published = readPosition;
        this.writePosition = readPosition;
        this.slot = RingDescriptor.slotOffset(readPosition, capacityBytes);
        refresh();
    }

    /** The first line of every operation. */
    void begin() {
        attachment.ensureWritable();
        if (state != IDLE) {
            throw misuse();
        }
    }

    /** Where the next element is, or {@link #EMPTY}. */
    long next() {
        if (readPosition == writePosition && !refresh()) {
            return EMPTY;
        }
        return slot;
    }

    /** How many elements are there, at most {@code max}. */
    int available(int max) {
        long bytes = writePosition - readPosition;
        if (bytes < (long) max * elementSize) {
            refresh();
            bytes = writePosition - readPosition;
        }
        return (int) Math.min(max, bytes / elementSize);
    }

    /** Goes on behind the next {@code count} elements, whose slots the writer does not yet get back. */
    void advance(int count) {
        long bytes = (long) count * elementSize;
        readPosition += bytes;
        slot += bytes;
        if (slot >= end) {
            slot -= capacityBytes;
        }
        consumedAny = true;
    }

    /** Elements are handed to code of others from now on, which must not use this reader, but may close it. */
    void handingOut() {
        state = BUSY;
    }

    /** Between two elements: gives slots back now and then, so that a slow batch does not stop the writer; false when closed. */
    boolean release() {
        if (state != BUSY) {
            return false;
        }
        if (release != Release.COMMITTED && readPosition - published >= interval) {
            publish();
        }
        return true;
    }

    /** The end of {@link #handingOut}: {@link #finish}, unless this was closed meanwhile. */
    void handedOut() {
        if (state == BUSY) {
            state = IDLE;
            finish();
        }
    }

    /** Moves at most {@code count} elements that are there into a Java array; how many it was. */
    int read(Object target, ValueLayout layout, int from, int count) {
        begin();
        int available = available(count);
        if (available == 0) {
            return 0;
        }
        int head = (int) Math.min(available, (end - slot) / elementSize);
        MemorySegment.copy(memory, layout, slot, target, from, head);
        advance(head);
        if (head < available) {
            MemorySegment.copy(memory, layout, slot, target, from + head, available - head);
            advance(available - head);
        }
        finish();
        return available;
    }

    /** At the end of an operation: gives the slots of all consumed elements back, or is lazy about it. */
    void finish() {
        if (release == Release.EACH || (release == Release.LAZY && readPosition - published >= interval)) {
            publish();
        }
    }

    /** Gives the slots up to and with the element at this position back. From any thread. */
    synchronized void commit(long position) {
        long behind = (position + 1) * elementSize;
        if (state != CLOSED && behind - published > 0) {
            attachment.ensureWritable();
            // Whoever knows the position of an element knows of the step beyond it.
            if (behind - readPosition > 0) {
                throw new IllegalArgumentException("element was not taken yet: " + label + ", position=" + position
                        + " (expected: " + position() + " at most, what position() said of an element)");
            }
            published = behind;
            // S2, as in publish(): whoever commits has read the slots, or was told so by the reading thread.
            Atomics.setLongRelease(memory, RingDescriptor.READ_POS_OFFSET, behind);
        }
    }

    long position() {
        return consumedAny ? Long.divideUnsigned(readPosition, elementSize) - 1 : -1;
    }

    synchronized void close() {
        if (state == CLOSED) {
            return;
        }
        state = CLOSED;
        if (release != Release.COMMITTED && published != readPosition && attachment.isReadable()) {
            publish();
        }
    }

    /** Looks for new elements. When there is none, nothing consumed is kept from the writer any longer. */
    private boolean refresh() {
        // S1, pairs with the release-store in RingProducer.publish(): the elements before the position are complete.
        writePosition = SharedRing.foreignPosition(memory, RingDescriptor.WRITE_POS_OFFSET, readPosition == 0);
        long available = writePosition - readPosition;
        if (Long.compareUnsigned(available, capacityBytes) > 0) {
            long found = writePosition;
            writePosition = readPosition;
            // Somebody else moved read_pos: what we hold back is not to be stored over it.
            forget();
            throw SharedRing.inconsistent(label, found, readPosition, capacityBytes);
        }
        if (available != 0) {
            return true;
        }
        if (release != Release.COMMITTED && published != readPosition) {
            publish();
        }
        return false;
    }

    private IllegalStateException misuse() {
        return new IllegalStateException(state == CLOSED
                ? "ring reader is closed: " + label
                : "ring reader is busy: " + label + " (do not use it within its own consumer)");
    }

    private synchronized void forget() {
        published = readPosition;
    }

    private void publish() {
        published = readPosition;
        // S2, pairs with the acquire-load in RingProducer.makeRoom(): we have read the slots before this position, and the
        // writer may use them.
        Atomics.setLongRelease(memory, RingDescriptor.READ_POS_OFFSET, readPosition);
    }
}
