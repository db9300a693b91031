package io.zeroipc.collection;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.format.RingDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Lane;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.wait.Deadline;

/**
 * The position of one cursor: copies elements into memory of its own and finds out whether they were still whole. For
 * one thread at a time. The invariants I and orderings S are those of {@link SharedRing}.
 */
final class RingObserver {

    /**
     * How often one call copies again because the writer got there first. Each time it goes on nearer to the newest
     * element, so only a ring of very few slots exhausts them.
     */
    private static final int ATTEMPTS = 8;

    /** Copied at once at most: stays within a core's first cache together with what the consumer does. */
    private static final int BATCH_BYTES = 16 * 1024;

    private static final int IDLE = 0;
    private static final int BUSY = 1;
    private static final int CLOSED = 2;

    final int elementSize;

    private final MemorySegment memory;
    private final Attachment attachment;
    private final EventCount arrivals;
    private final String label;
    private final long capacityBytes;
    private final long end;

    private int state = IDLE;
    private long position;
    private long lost;
    private long consumed = -1;
    private int pending;
    private MemorySegment copy;
    private long copyBytes;
    /** Where the first element of the last {@link #fetch} stands in the copy. */
    private long first;

    /** Within an operation. */
    RingObserver(SharedRing<?> ring, Start start) {
        this.memory = ring.memory();
        this.elementSize = ring.elementSize();
        this.attachment = ring.segment().attachment();
        this.arrivals = ring.arrivals();
        this.label = ring.describe();
        this.capacityBytes = ring.capacityBytes();
        this.end = RingDescriptor.byteSize(capacityBytes);
        this.position = start == Start.EARLIEST
                ? oldest(Atomics.getLongAcquire(memory, RingDescriptor.WRITE_POS_OFFSET))
                : SharedRing.foreignPosition(memory, RingDescriptor.WRITE_POS_OFFSET,
                        Atomics.getLongAcquire(memory, RingDescriptor.READ_POS_OFFSET) == 0);
        ring.requireWhole(position, position);
        this.copyBytes = elementSize;
        this.copy = allocate(copyBytes);
    }

    /** As the other, behind an element; at the oldest one where there was never such an element. */
    RingObserver(SharedRing<?> ring, long behind) {
        this(ring, Start.EARLIEST);
        long written = SharedRing.foreignPosition(memory, RingDescriptor.WRITE_POS_OFFSET, position == 0);
        if (behind >= 0 && behind < Long.divideUnsigned(written, elementSize)) {
            // What is not there any more is skipped, and counted, by the first fetch.
            position = (behind + 1) * elementSize;
        }
    }

    /** Begins an operation, which closing what this returns ends. */
    Lane begin() {
        Lane lane = attachment.enterToRead();
        if (state != IDLE) {
            lane.close();
            throw new IllegalStateException(state == CLOSED
                    ? "ring cursor is closed: " + label
                    : "ring cursor is busy: " + label + " (do not use it within its own consumer)");
        }
        return lane;
    }

    /** A codec reads the copy: it may not use this. */
    void decoding() {
        state = BUSY;
    }

    /** The end of {@link #decoding}. */
    void decoded() {
        if (state == BUSY) {
            state = IDLE;
        }
    }

    /** Elements of the last fetch are handed to code of others from now on, which must not use this, but may close it. */
    void handingOut(Lane lane) {
        state = BUSY;
        lane.callOut();
    }

    /** Whether one more is to be handed out, behind which {@code left} are not yet; the copy stays as it is. */
    boolean handOut(int left) {
        pending = left + 1;
        if (state != BUSY || !attachment.isReadable()) {
            return false;
        }
        pending = left;
        return true;
    }

    /**
     * The end of {@link #handingOut}: what was fetched and not handed out is still to come. False when this was closed meanwhile,
     * or the segment is being closed.
     */
    boolean handedOut(Lane lane) {
        lane.callIn();
        position -= (long) pending * elementSize;
        consumed -= pending;
        pending = 0;
        decoded();
        return state == IDLE && attachment.isReadable();
    }

    /** The private memory that holds what {@link #fetch} found. Another one after each fetch of more elements. */
    MemorySegment copy() {
        return copy;
    }

    /** Where element {@code index} of the last fetch stands in {@link #copy()}. */
    long copyOffset(int index) {
        return first + (long) index * elementSize;
    }

    /**
     * How many elements a call that asked for {@code max} may deliver: those that are there now, or a fast writer would keep
     * it for ever. At least 1 if it asked for any, so that it looks, and notices what is wrong.
     */
    int limit(int max) {
        long ahead = (Atomics.getLongAcquire(memory, RingDescriptor.WRITE_POS_OFFSET) - position) / elementSize;
        return (int) Math.min(max, Math.max(1, ahead));
    }

    /**
     * Copies the next elements and goes on behind them.
     *
     * @return how many, at most {@code max} and at most a batch; 0 when there is none, or none could be copied before it
     *         was overwritten
     */
    int fetch(int max) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            // S1, pairs with the release-store in RingProducer.publish(): the elements before the position are complete.
            long written = SharedRing.foreignPosition(memory, RingDescriptor.WRITE_POS_OFFSET, position == 0);
            long ahead = written - position;
            if (ahead < elementSize) {
                if (ahead != 0) {
                    throw damaged(written, position);
                }
                return 0;
            }
            if (ahead > capacityBytes) {
                // Overwritten beyond doubt: no need to copy in order to find out.
                skip(oldest(written), written, attempt);
                continue;
            }
            long wanted = (long) max * elementSize;
            long bytes = copyNext(wanted <= ahead ? wanted : ahead - ahead % elementSize);
            // S3, pairs with the store-store fence in RingProducer.retire(): if one byte copied above is newer than the
            // element we want, the load below sees a read_pos beyond it.
            Atomics.loadLoadFence();
            long oldest = oldest(written);
            long overwritten = Math.max(0, oldest - position);
            if (overwritten < bytes) {
                requireWhole(overwritten, written, oldest);
                first = overwritten;
                lost += overwritten / elementSize;
                position += bytes;
                consumed = Long.divideUnsigned(position, elementSize) - 1;
                return (int) ((bytes - overwritten) / elementSize);
            }
            skip(oldest, written, attempt);
        }
        return 0;
    }

    /** {@link #fetch} of one element, waiting at most so long for it; whether there is one. */
    boolean awaitFetch(long timeoutNanos) throws InterruptedException {
        boolean fetched = fetch(1) != 0;
        if (!fetched) {
            long deadline = Deadline.nanosAfter(timeoutNanos);
            int attempts = 0;
            while (!fetched && attempts >= 0) {
                attempts = arrivals.pauseUntil(deadline, attempts);
                fetched = fetch(1) != 0;
            }
        }
        return fetched;
    }

    /** Copies at most {@code count} elements into a Java array; how many it was. */
    int read(Object target, ValueLayout layout, int from, int count) {
        try (Lane _ = begin()) {
            int limit = limit(count);
            int total = 0;
            while (total < limit) {
                int fetched = fetch(limit - total);
                if (fetched == 0) {
                    break;
                }
                MemorySegment.copy(copy, layout, first, target, from + total, fetched);
                total += fetched;
            }
            return total;
        }
    }

    /** Element index of the element handed out last. */
    long position() {
        return consumed - pending;
    }

    long lost() {
        return lost;
    }

    /** Elements written and not yet seen, an estimate. */
    long lag() {
        long written = attachment.reading(() -> Atomics.getLongAcquire(memory, RingDescriptor.WRITE_POS_OFFSET));
        return Math.max(0, written - position) / elementSize;
    }

    void close() {
        state = CLOSED;
    }

    private long copyNext(long wanted) {
        if (wanted > copyBytes) {
            grow(wanted);
        }
        long bytes = Math.min(wanted, copyBytes);
        long slot = RingDescriptor.slotOffset(position, capacityBytes);
        long head = Math.min(bytes, end - slot);
        MemorySegment.copy(memory, slot, copy, 0, head);
        if (head < bytes) {
            MemorySegment.copy(memory, RingDescriptor.DATA_OFFSET, copy, head, bytes - head);
        }
        return bytes;
    }

    private void grow(long wanted) {
        long batch = (long) Math.max(1, BATCH_BYTES / elementSize) * elementSize;
        long bytes = Math.min(batch, Math.max(wanted, Math.min(2 * copyBytes, capacityBytes)));
        if (bytes > copyBytes) {
            copyBytes = bytes;
            copy = allocate(bytes);
        }
    }

    /**
     * read_pos. Whoever has seen {@code written} sees one that is at most a capacity behind it, and may see one far beyond it.
     */
    private long oldest(long written) {
        // S4, pairs with the release-store in RingProducer.retire(): the next look at write_pos is not before it.
        long oldest = SharedRing.foreignPosition(memory, RingDescriptor.READ_POS_OFFSET,
                Long.compareUnsigned(written, capacityBytes) <= 0);
        if (written - oldest > capacityBytes) {
            throw damaged(written, oldest);
        }
        return oldest;
    }

    /**
     * After being overtaken: goes on at the oldest element the first time, and nearer to the newest each time after
     * that, since the oldest is the next one to be overwritten.
     */
    private void skip(long oldest, long written, int attempt) {
        // S4: nobody moves read_pos beyond write_pos.
        long newest = SharedRing.foreignPosition(memory, RingDescriptor.WRITE_POS_OFFSET, oldest == 0);
        if (newest - oldest < 0) {
            throw damaged(newest, oldest);
        }
        long from = Math.max(0, oldest - position);
        requireWhole(from, newest, oldest);
        long behind = Math.max(0, written - (position + from)) / elementSize;
        long margin = attempt == 0 ? 0 : Math.min(behind - behind / (attempt + 1), Math.max(0, behind - 1));
        long bytes = from + margin * elementSize;
        lost += bytes / elementSize;
        position += bytes;
    }

    private void requireWhole(long distance, long written, long oldest) {
        if (distance % elementSize != 0) {
            throw damaged(written, oldest);
        }
    }

    private ZeroIpcException damaged(long written, long read) {
        return SharedRing.damaged(label, written, read, capacityBytes, elementSize);
    }

    /** Native memory, so that codecs see one kind of memory; freed when the cursor is no longer reachable. */
    private static MemorySegment allocate(long bytes) {
        return Arena.ofAuto().allocate(bytes, Long.BYTES);
    }
}
