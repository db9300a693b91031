package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.ToLongFunction;

import io.zeroipc.format.RingDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Lane;

/**
 * The positions of a ring's writing side; knows slots, not elements. For one thread at a time. The invariants I and
 * orderings S are those of {@link SharedRing}.
 */
final class RingProducer {

    /** No slot is free. */
    static final long FULL = -1;

    private static final int IDLE = 0;
    private static final int CLAIMED = 1;
    private static final int BUSY = 2;
    private static final int CLOSED = 3;

    final MemorySegment memory;
    final int elementSize;

    private final Attachment attachment;
    private final EventCount arrivals;
    private final EventCount departures;
    private final Lane lane;
    /** {@link #next()}, kept so that waiting makes no object. */
    private final ToLongFunction<Lane> looking = this::look;
    private final String label;
    private final long capacityBytes;
    private final long end;
    private final boolean overwrite;
    /** Elements that one publication of a bulk write covers at most. */
    private final int burst;

    private int state = IDLE;
    private boolean encoding;
    /** Mirrors write_pos, which nobody else changes. */
    private long writePosition;
    /** Where the slot at {@link #writePosition} begins. */
    private long slot;
    /** read_pos as last seen; when overwriting, read_pos itself, which then is ours as well. */
    private long readPosition;

    /** Within an operation of the writer's lane. */
    RingProducer(SharedRing<?> ring, Lane lane) {
        this.memory = ring.memory();
        this.elementSize = ring.elementSize();
        this.attachment = ring.segment().attachment();
        this.arrivals = ring.arrivals();
        this.departures = ring.departures();
        this.lane = lane;
        this.label = ring.describe();
        this.capacityBytes = ring.capacityBytes();
        this.end = RingDescriptor.byteSize(capacityBytes);
        this.overwrite = ring.isOverwriting();
        long capacity = capacityBytes / elementSize;
        // While a burst is written, that many of the oldest elements are gone already: keep three quarters readable.
        this.burst = (int) Math.min(Integer.MAX_VALUE, overwrite ? Math.max(1, capacity / 4) : capacity);
        this.writePosition = Atomics.getLongAcquire(memory, RingDescriptor.WRITE_POS_OFFSET);
        this.readPosition = Atomics.getLongAcquire(memory, RingDescriptor.READ_POS_OFFSET);
        this.slot = RingDescriptor.slotOffset(writePosition, capacityBytes);
        requireConsistent(readPosition);
        ring.requireWhole(writePosition, readPosition);
    }

    /** Begins an operation, which closing what this returns ends. */
    Lane begin() {
        lane.enterToWrite();
        if (state != IDLE || encoding) {
            lane.close();
            throw misuse();
        }
        return lane;
    }

    /** Where the next element goes, or {@link #FULL}. */
    long next() {
        if (writePosition + elementSize - readPosition > capacityBytes && !makeRoom(elementSize)) {
            return FULL;
        }
        return slot;
    }

    private long look(@SuppressWarnings("unused") Lane operation) {
        return next();
    }

    /** {@link #next()}, waiting at most so long for room. */
    long awaitNext(long timeoutNanos) throws InterruptedException {
        long found = next();
        return found != FULL ? found : departures.awaitPosition(looking, lane, FULL, timeoutNanos);
    }

    /** How many elements can be written in one go, at most {@code max}; 0 when full. */
    int room(int max) {
        int wanted = Math.min(max, burst);
        long bytes = (long) wanted * elementSize;
        if (writePosition + bytes - readPosition > capacityBytes && !makeRoom(bytes)) {
            return (int) ((capacityBytes - (writePosition - readPosition)) / elementSize);
        }
        return wanted;
    }

    /** Where the element goes that is {@code index} behind the next one. */
    long slotAt(int index) {
        long offset = slot + (long) index * elementSize;
        return offset < end ? offset : offset - capacityBytes;
    }

    /** Makes the next {@code count} elements visible. */
    void publish(int count) {
        if (count == 0) {
            return;
        }
        long bytes = (long) count * elementSize;
        writePosition += bytes;
        slot += bytes;
        if (slot >= end) {
            slot -= capacityBytes;
        }
        // S1, pairs with the acquire-load of write_pos in RingConsumer.refresh() and RingObserver.fetch(): who sees the
        // position sees the elements before it.
        Atomics.setLongRelease(memory, RingDescriptor.WRITE_POS_OFFSET, writePosition);
        arrivals.advance();
    }

    /** Writes as many elements of a Java array as fit, several in one go; how many it was. */
    int write(Object source, ValueLayout layout, int from, int count) {
        try (Lane _ = begin()) {
            int written = 0;
            while (written < count) {
                int room = room(count - written);
                if (room == 0) {
                    break;
                }
                int head = (int) Math.min(room, (end - slot) / elementSize);
                MemorySegment.copy(source, from + written, memory, layout, slot, head);
                if (head < room) {
                    MemorySegment.copy(source, from + written + head, memory, layout, slotAt(head), room - head);
                }
                publish(room);
                written += room;
            }
            return written;
        }
    }

    /** A codec writes into a slot from now on: it must not use this writer, but may close it. */
    void encoding() {
        encoding = true;
    }

    /** The end of {@link #encoding}, however it ended; true when this was closed meanwhile. */
    boolean encoded() {
        encoding = false;
        return state == CLOSED;
    }

    /** Makes the next element visible, which was {@linkplain #encoding encoded}. */
    void publishEncoded() {
        if (state != IDLE) {
            throw misuse();
        }
        publish(1);
    }

    /** Elements come from code of others from now on, which must not use this writer, but may close it. */
    void takingIn() {
        state = BUSY;
        lane.callOut();
    }

    /** Between two elements: false when this was closed meanwhile, or the segment is being closed. */
    boolean isTakingIn() {
        return state == BUSY && attachment.isReadable();
    }

    /** The end of {@link #takingIn}; makes the next {@code count} elements visible, unless this was closed meanwhile. */
    int takenIn(int count) {
        lane.callIn();
        if (state != BUSY) {
            return 0;
        }
        state = IDLE;
        publish(count);
        return count;
    }

    /** {@link #next()}, and nothing else until {@link #endClaim}; the role and the mapping stay as long. */
    long claim() {
        try (Lane _ = begin()) {
            long claimed = next();
            if (claimed != FULL) {
                state = CLAIMED;
                lane.hold();
            }
            return claimed;
        }
    }

    /** Ends a claim, also after the segment's close has begun; to be published, or not. */
    void endClaim(boolean publish) {
        try (Lane _ = lane.enterToEnd()) {
            if (state != CLAIMED) {
                throw new IllegalStateException("no slot is claimed: " + label);
            }
            state = IDLE;
            if (publish) {
                publish(1);
            }
            lane.release();
        }
    }

    boolean isClaimed() {
        return state == CLAIMED;
    }

    /** Nothing is published any more. The end of the lane ends a claim with it. */
    boolean close() {
        state = CLOSED;
        return !encoding;
    }

    private boolean makeRoom(long bytes) {
        if (overwrite) {
            retire(writePosition + bytes - capacityBytes);
            return true;
        }
        // S2, pairs with the release-store of read_pos in RingConsumer.publish(): the reader is done with the slots
        // before this position. A stale value only makes the ring look fuller than it is.
        long found = SharedRing.foreignPosition(memory, RingDescriptor.READ_POS_OFFSET,
                Long.compareUnsigned(writePosition, capacityBytes) <= 0);
        requireConsistent(found);
        readPosition = found;
        return writePosition + bytes - found <= capacityBytes;
    }

    /** Announces that elements before {@code oldest} are about to be overwritten. */
    private void retire(long oldest) {
        readPosition = oldest;
        // S4, pairs with the acquire-loads of read_pos: who sees this position sees a write_pos that is not before it, and
        // so I2. In a ring of one slot the two are equal here.
        Atomics.setLongRelease(memory, RingDescriptor.READ_POS_OFFSET, oldest);
        // S3, pairs with the load-load fence in RingObserver.fetch(): whoever has seen one byte of what we write from here
        // on sees the position stored above, and discards what it copied. The release-store above does not do that: it
        // orders what comes before it, not the stores that follow.
        Atomics.storeStoreFence();
    }

    private void requireConsistent(long found) {
        if (Long.compareUnsigned(writePosition - found, capacityBytes) > 0) {
            throw SharedRing.damaged(label, writePosition, found, capacityBytes, elementSize);
        }
    }

    private IllegalStateException misuse() {
        return new IllegalStateException(switch (state) {
            case CLOSED -> "ring writer is closed: " + label;
            case CLAIMED -> "a slot is claimed: " + label + " (publish or abort it first)";
            default -> "ring writer is busy: " + label
                    + " (do not use it within the elements it is given, nor within its codec)";
        });
    }
}
