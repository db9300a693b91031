package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.ToLongFunction;

import io.zeroipc.format.RingDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.os.Words;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Lane;

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

    private final Words words;
    private final Attachment attachment;
    private final EventCount arrivals;
    private final EventCount departures;
    private final Lane lane;
    /** {@link #next()}, kept so that waiting makes no object. */
    private final ToLongFunction<Lane> looking = this::look;
    private final String label;
    private final long capacityBytes;
    private final long end;
    private final Release release;
    /** Bytes consumed after which read_pos is stored at the latest. */
    private final long interval;

    /** The sum of what was read for its line only: without it the compiler would leave the reads out. */
    @SuppressWarnings("UnusedVariable")
    private int touched;
    private int state = IDLE;
    /** For commits, which may come from other threads: close() was called. */
    private volatile boolean closed;
    /** The role is given back, or about to be: read_pos is somebody else's. Guarded by this object's monitor. */
    private boolean givenBack;
    private boolean consumedAny;
    /** Ahead of read_pos, which nobody else changes, by what is consumed and not yet given back. */
    private long readPosition;
    /** What read_pos holds. With commits, which may come from other threads, guarded by this object's monitor. */
    private long published;
    /** Where the slot at {@link #readPosition} begins. */
    private long slot;
    /** write_pos as last seen. */
    private long writePosition;

    /** Within an operation of the reader's lane. */
    RingConsumer(SharedRing<?> ring, Lane lane, Release release) {
        this.memory = ring.memory();
        this.words = new Words(memory);
        this.elementSize = ring.elementSize();
        this.attachment = ring.segment().attachment();
        this.arrivals = ring.arrivals();
        this.departures = ring.departures();
        this.lane = lane;
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
        ring.requireWhole(writePosition, readPosition);
    }

    /** Begins an operation, which closing what this returns ends. */
    Lane begin() {
        lane.enterToWrite();
        if (state != IDLE) {
            lane.close();
            throw misuse();
        }
        return lane;
    }

    /** Where the next element is, or {@link #EMPTY}. */
    long next() {
        if (writePosition - readPosition < elementSize && !refresh()) {
            return EMPTY;
        }
        return slot;
    }

    private long look(@SuppressWarnings("unused") Lane operation) {
        return next();
    }

    /** {@link #next()}, waiting at most so long for an element. */
    long awaitNext(long timeoutNanos) throws InterruptedException {
        long found = next();
        return found != EMPTY ? found : arrivals.awaitPosition(looking, lane, EMPTY, timeoutNanos);
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
        lane.callOut();
    }

    /**
     * Between two elements: gives slots back now and then, so that a slow batch does not stop the writer; false when this was
     * closed meanwhile, or the segment is being closed.
     */
    boolean release() {
        if (state != BUSY) {
            return false;
        }
        if (release != Release.COMMITTED && readPosition - published >= interval) {
            publish();
        }
        return attachment.isReadable();
    }

    /** The end of {@link #handingOut}: {@link #finish}, unless this was closed meanwhile. */
    void handedOut() {
        lane.callIn();
        decoded();
    }

    /** A codec reads an element that was advanced over, in its slot: it may not use this reader. */
    void decoding() {
        state = BUSY;
    }

    /** The end of {@link #decoding}. A reader that was closed meanwhile has given its position back. */
    void decoded() {
        if (state == BUSY) {
            state = IDLE;
            finish();
        }
    }

    /** Moves at most {@code count} elements that are there into a Java array; how many it was. */
    int read(Object target, ValueLayout layout, int from, int count) {
        try (Lane _ = begin()) {
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
    }

    /** At the end of an operation: gives the slots of all consumed elements back, or is lazy about it. */
    void finish() {
        if (release == Release.EACH || (release == Release.LAZY && readPosition - published >= interval)) {
            publish();
        }
    }

    /** Gives the slots up to and with the element at this position back. From any thread. */
    void commit(long position) {
        if (closed) {
            return;
        }
        try (Lane _ = attachment.enterToEnd()) {
            commitBehind((position + 1) * elementSize);
        }
    }

    private synchronized void commitBehind(long behind) {
        if (behind - published <= 0) {
            return;
        }
        if (givenBack) {
            // Without effect when the reader was closed; when the segment was, somebody else will get the element again.
            attachment.ensureReadable();
            return;
        }
        // Whoever knows the position of an element knows of the step beyond it.
        if (behind - readPosition > 0) {
            throw new IllegalArgumentException("element was not taken yet: " + label + ", position="
                    + (behind / elementSize - 1) + " (expected: " + position()
                    + " at most, what position() said of an element)");
        }
        published = behind;
        // S2, as in publish(): whoever commits has read the slots, or was told so by the reading thread.
        Atomics.setLongRelease(memory, RingDescriptor.READ_POS_OFFSET, behind);
        departures.advance();
    }

    long position() {
        return consumedAny ? Long.divideUnsigned(readPosition, elementSize) - 1 : -1;
    }

    /** What is consumed is given back before the role is, by {@link #close} or by the close of the segment. */
    synchronized void settle() {
        givenBack = true;
        if (release != Release.COMMITTED && published != readPosition) {
            publish();
        }
    }

    /** To be followed by {@link io.zeroipc.segment.Role#settleAndClose}. */
    void close() {
        state = CLOSED;
        closed = true;
    }

    /** Looks for new elements. When there is none, nothing consumed is kept from the writer any longer. */
    private boolean refresh() {
        // The element comes with its position, and not after it: two lines that the writer has changed, for the time of one.
        touched += words.touch(slot);
        // S1, pairs with the release-store in RingProducer.publish(): the elements before the position are complete.
        long found = SharedRing.foreignPosition(memory, RingDescriptor.WRITE_POS_OFFSET, readPosition == 0);
        long available = found - readPosition;
        // Less than an element can be left behind whole ones, so this notices each position that is no whole element in time.
        if (Long.compareUnsigned(available, capacityBytes) > 0 || (available != 0 && available < elementSize)) {
            writePosition = readPosition;
            // Somebody else moved read_pos: what we hold back is not to be stored over it.
            forget();
            throw SharedRing.damaged(label, found, readPosition, capacityBytes, elementSize);
        }
        writePosition = found;
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
        departures.advance();
    }
}
