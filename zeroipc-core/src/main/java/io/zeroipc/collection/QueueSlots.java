package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.util.function.IntSupplier;
import java.util.function.ToLongFunction;

import org.jspecify.annotations.Nullable;

import io.zeroipc.StructureBusyException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.format.ClaimWord;
import io.zeroipc.format.ParticipantsDescriptor;
import io.zeroipc.format.QueueDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.memory.StopPoint;
import io.zeroipc.memory.Wrapping;
import io.zeroipc.os.Words;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Binding;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Claims;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Lane;
import io.zeroipc.segment.OnConsumerDeath;
import io.zeroipc.segment.Remains.DeadClaim;
import io.zeroipc.segment.Stall;

/**
 * The positions of a queue: who may write and who may read which slot. Knows nothing of elements. Thread-safe.
 *
 * <p>
 * Overview: Dmitry Vyukov's bounded queue for many producers and many consumers, on the bytes of
 * {@code docs/format/queue.md}. Changed from it: several positions are claimed by one compare-and-set; each side begins
 * at a private guess of head or tail instead of loading it; a claim can be given back.
 *
 * <p>
 * Invariants, in arithmetic modulo 2^32 with signs. I1: {@code head <= tail <= head + capacity}. I2: the sequence of
 * slot {@code p & mask} is {@code p} (free, or being written), {@code p + 1} (published, or being read) or
 * {@code p + capacity} (released), and only grows. I3: a position is claimed by the compare-and-set that moves tail, or
 * head, over it, hence by one thread; only that thread changes its sequence, or whoever recovers after its death. I4: head and tail only grow.
 *
 * <p>
 * Ordering. S1: the release-store in {@link #publish} pairs with the acquire-load in {@link #take}: the element is
 * visible to its consumer. S2: the release-store in {@link #release} pairs with the acquire-load in {@link #claim}: the
 * consumer has finished before the slot is written again. The compare-and-sets of head and tail order nothing between those who
 * use the queue: between claim and publish a position has one owner (I3), and all it needs came with the sequence. S3: they
 * release the announcement before them, for whoever recovers: see {@link QueueRecoverer}.
 *
 * <p>
 * Progress: lock-free but for the slots themselves. A producer that stops between claim and publish holds up the
 * consumers at its position; a consumer that stops between take and release holds up the producers one lap later.
 *
 * <p>
 * If a process dies between claim and publish: consumers find the queue empty at that position. Between take and release: the
 * element is lost, and producers find the queue full at that slot one lap later. Between the two steps of {@link #skip}: as the
 * latter. With an aborted position that is not settled yet: as the first. These bytes do not name the owner of a position; the
 * claim cells do, so that {@link QueueRecoverer} can go on for a participant that died. For a program that takes no part, nobody
 * can.
 */
final class QueueSlots {

    /** No position: the queue is full, or empty. */
    static final long NONE = -1;
    /** No batch is larger, so that one thread does not own more than this at a time. */
    static final int BATCH_MAX = 4096;

    /** A batch: 32 bits of position, 13 of the number of positions, and a cell. A single claim has no number. */
    private static final int BATCH_COUNT_SHIFT = 32;
    private static final int BATCH_CELL_SHIFT = 45;
    private static final int BATCH_COUNT_MASK = (1 << (BATCH_CELL_SHIFT - BATCH_COUNT_SHIFT)) - 1;

    /** Guesses lie two cache lines from each other and from what else is on the heap: each side writes its own. */
    private static final int TAIL_GUESS = 32;
    private static final int HEAD_GUESS = 64;
    private static final int EMPTY_COUNT = HEAD_GUESS + 1;
    private static final int GUESSES = 96;
    /** So many times a guess of head is believed before head itself is looked at. A power of two. */
    private static final int EMPTY_BELIEVED = 64;

    private final MemorySegment block;
    /** The same, for what each operation does: head and tail, and sequences, where a position cannot lead out of them. */
    private final Words words;
    private final MemorySegment slots;
    private final Attachment attachment;
    private final EventCount arrivals;
    private final EventCount departures;
    private final Claims claims;
    private final long blockOffset;
    /** {@link #claim(Lane)} and {@link #take(Lane)}, kept so that waiting makes no object. */
    private final ToLongFunction<Lane> claiming = this::claim;
    private final ToLongFunction<Lane> taking = this::take;
    private final Binding binding;
    private final long sequences;
    private final int elementSize;
    private final int capacity;
    private final int mask;
    private final int[] guesses = new int[GUESSES];

    private final AbortedClaims aborted;
    private final Orphans orphans;
    /** {@link ClaimWord#REDELIVER}, or nothing. */
    private final long readFlag;
    private final IntSupplier settlement = this::settle;

    /**
     * @param queue checked against {@link QueueDescriptor}
     * @param binding for messages
     */
    QueueSlots(Block queue, int capacity, int elementSize, AbortedClaims aborted, Orphans orphans,
            OnConsumerDeath policy, Attachment attachment, Binding binding) {
        this.block = queue.memory();
        this.words = new Words(block);
        this.blockOffset = queue.offset();
        this.claims = attachment.claims();
        this.aborted = aborted;
        this.orphans = orphans;
        this.readFlag = policy == OnConsumerDeath.REDELIVER ? ClaimWord.REDELIVER : 0;
        this.slots = block.asSlice(QueueDescriptor.SLOTS_OFFSET, QueueDescriptor.slotsSize(capacity, elementSize));
        this.attachment = attachment;
        this.arrivals = attachment.arrivals(queue, () -> stamp(QueueDescriptor.HEAD_OFFSET));
        this.departures = attachment.departures(queue, () -> stamp(QueueDescriptor.TAIL_OFFSET));
        this.binding = binding;
        this.sequences = QueueDescriptor.sequencesOffset(capacity, elementSize);
        this.elementSize = elementSize;
        this.capacity = capacity;
        this.mask = capacity - 1;
        guesses[TAIL_GUESS] = Atomics.getIntOpaque(block, QueueDescriptor.TAIL_OFFSET);
        guesses[HEAD_GUESS] = Atomics.getIntOpaque(block, QueueDescriptor.HEAD_OFFSET);
    }

    int capacity() {
        return capacity;
    }

    /** All slots, and nothing else of the block. */
    MemorySegment memory() {
        return slots;
    }

    /** Where the slot of a position begins in {@link #memory}. */
    long offset(long position) {
        return (long) ((int) position & mask) * elementSize;
    }

    // producing

    /** Claims the next position to write: a claim, or {@link #NONE} when the queue is full. */
    long claim(Lane lane) {
        settleIfAny();
        int position = guesses[TAIL_GUESS];
        int cell = Claims.NO_CELL;
        while (true) {
            // S2, pairs with the release-store in release(): equality means that its last consumer is done.
            int distance = Wrapping.distance(sequence(position), position);
            if (distance == 0) {
                cell = announce(lane, cell, ClaimWord.of(ClaimWord.WRITE_INTENT, position));
                StopPoint.QUEUE_CLAIM_ANNOUNCED.reach();
                if (moveTail(position, 1)) {
                    StopPoint.QUEUE_CLAIMED.reach();
                    claims.set(cell, ClaimWord.of(ClaimWord.WRITING, position));
                    StopPoint.QUEUE_CLAIM_CONFIRMED.reach();
                    return single(cell, position);
                }
            }
            int tail = Atomics.getIntOpaque(block, QueueDescriptor.TAIL_OFFSET);
            if (tail == position && distance != 0) {
                claims.clear(cell);
                // The guess was right, so what the slot says is about this position.
                return full(position, distance);
            }
            // Another producer beat us, or the guess was old.
            position = tail;
        }
    }

    /**
     * Claims up to {@code max} consecutive positions to write.
     *
     * @return {@link #first} and {@link #count}; the count is 0 when the queue is full. To be ended by {@link #endPublished} when all
     *         positions are published
     */
    long claim(Lane lane, int max) {
        settleIfAny();
        int limit = Math.min(Math.min(max, BATCH_MAX), capacity);
        int position = guesses[TAIL_GUESS];
        int cell = Claims.NO_CELL;
        while (limit > 0) {
            // S2, as in claim(). All these positions are claimable by moving tail from here only.
            int distance = Wrapping.distance(sequence(position), position);
            if (distance == 0) {
                int count = 1;
                while (count < limit && sequence(position + count) == position + count) {
                    count++;
                }
                cell = announce(lane, cell, ClaimWord.of(ClaimWord.WRITE_INTENT, position, count));
                StopPoint.QUEUE_CLAIM_ANNOUNCED.reach();
                if (moveTail(position, count)) {
                    StopPoint.QUEUE_CLAIMED.reach();
                    claims.set(cell, ClaimWord.of(ClaimWord.WRITING, position, count));
                    StopPoint.QUEUE_CLAIM_CONFIRMED.reach();
                    return batch(cell, position, count);
                }
            }
            int tail = Atomics.getIntOpaque(block, QueueDescriptor.TAIL_OFFSET);
            if (tail == position && distance != 0) {
                claims.clear(cell);
                full(position, distance);
                break;
            }
            position = tail;
        }
        return 0;
    }

    /** Claims the next position to write, waiting at most so long; {@link #NONE} when the queue was full all the time. */
    long awaitClaim(Lane lane, long timeoutNanos) throws InterruptedException {
        long found = claim(lane);
        return found != NONE ? found : departures.awaitPosition(claiming, lane, NONE, timeoutNanos);
    }

    /** Makes a claimed and written position visible to consumers, and ends the claim. */
    void publish(Lane lane, long claim) {
        StopPoint.QUEUE_WRITTEN.reach();
        publishOne(claim);
        StopPoint.QUEUE_PUBLISHED.reach();
        claims.clear(cell(claim));
        arrivals.advance();
    }

    /** Makes one position of a batch visible to consumers. */
    void publishOne(long position) {
        // S1, pairs with the acquire-load in take(). Earlier, and a consumer could read an element that is not there.
        words.setIntRelease(sequenceOffset((int) position), (int) position + 1);
    }

    /** All positions of a batch have been published. */
    void endPublished(Lane lane, long batch) {
        claims.clear(cellOfBatch(batch));
        arrivals.advance();
    }

    /** All positions of a batch have been released. */
    void endReleased(Lane lane, long batch) {
        claims.clear(cellOfBatch(batch));
        departures.advance();
    }

    /** Some positions of a batch have been released, and the others will be after code of others. */
    void advanceReleased() {
        departures.advance();
    }

    /** The next position of one side, and what its slot says of it. */
    private long stamp(long counterOffset) {
        int position = Atomics.getIntAcquire(block, counterOffset);
        return (long) position << 32 | Integer.toUnsignedLong(sequence(position));
    }

    /** Where to wait for elements. */
    EventCount arrivals() {
        return arrivals;
    }

    /** Where to wait for room. */
    EventCount departures() {
        return departures;
    }

    /** Gives a claimed position back: it is skipped as soon as it is the next to be consumed. */
    void abort(long claim) {
        // Also after our death, by whoever recovers.
        claims.set(cell(claim), ClaimWord.of(ClaimWord.GIVEN_UP, (int) claim));
        if (skip((int) claim)) {
            claims.clear(cell(claim));
        } else {
            abortLater(claim);
        }
    }

    private void abortLater(long claim) {
        aborted.add((int) claim, this, () -> claims.clear(cell(claim)));
        if (settle() > 0) {
            // Somebody of this process must do it, also when this segment is closed before the position's turn has come.
            attachment.finishAtClose(settlement);
        }
    }

    /** Skips those aborted positions that are next to be consumed; returns how many of this object's are left. */
    int settle() {
        return aborted.settle(this, this::skip);
    }

    /** Acts as a consumer that swallowed a position of ours that is not, and never will be, published. */
    private boolean skip(int position) {
        boolean skipped = skip(block, capacity, sequences, position);
        if (skipped) {
            // What lies behind it can be taken now, and its slot be used.
            arrivals.advance();
            departures.advance();
        }
        return skipped;
    }

    /**
     * Acts as a consumer that swallowed a position that is not, and never will be, published.
     *
     * @return whether it was the next one to be consumed
     */
    static boolean skip(MemorySegment block, int capacity, long sequences, int position) {
        // No consumer moves head here: it would have to see the position published.
        if (!Atomics.compareAndSetInt(block, QueueDescriptor.HEAD_OFFSET, position, position + 1)) {
            return false;
        }
        StopPoint.QUEUE_HEAD_SKIPPED.reach();
        finishSkip(block, capacity, sequences, position);
        return true;
    }

    /** The second step of {@link #skip}, which whoever finds the first one made may take, too: hence the compare-and-set. */
    static void finishSkip(MemorySegment block, int capacity, long sequences, int position) {
        // S2, as in release().
        Atomics.compareAndSetInt(block, sequenceOffset(capacity, sequences, position), position, position + capacity);
    }

    /** Whether a position may be aborted: as {@link #isOpenClaim}, and not one that was never claimed. */
    boolean isAbortable(long claim) {
        return isOpenClaim(claim)
                && Wrapping.distance(Atomics.getIntOpaque(block, QueueDescriptor.TAIL_OFFSET), (int) claim) > 0;
    }

    /** Whether a position is claimed for writing, as far as its slot tells: whoever publishes does not look at tail. */
    boolean isOpenClaim(long claim) {
        return isClaim(claim, ClaimWord.WRITING) && sequence((int) claim) == (int) claim
                && !aborted.contains((int) claim);
    }

    private boolean isClaim(long claim, int kind) {
        return claim >>> (BATCH_COUNT_SHIFT + Claims.CELL_BITS) == 0
                && (cell(claim) == Claims.NO_CELL
                        || claims.holds(cell(claim), blockOffset, ClaimWord.of(kind, (int) claim)
                                | (kind == ClaimWord.READING ? readFlag : 0)));
    }

    // consuming

    /** Claims the next position to read: a claim, or {@link #NONE} when the queue is empty. */
    long take(Lane lane) {
        settleIfAny();
        if (orphans.count() != 0) {
            long orphan = adopt(lane, 1, false);
            if (orphan != NONE) {
                return single(cellOfBatch(orphan), (int) orphan);
            }
        }
        int position = guesses[HEAD_GUESS];
        int cell = Claims.NO_CELL;
        while (true) {
            // S1, pairs with the release-store in publish(): equality means that the element is there.
            int distance = Wrapping.distance(sequence(position), position + 1);
            if (distance == 0) {
                cell = announce(lane, cell, ClaimWord.of(ClaimWord.READ_INTENT, position) | readFlag);
                StopPoint.QUEUE_TAKE_ANNOUNCED.reach();
                if (moveHead(position, 1)) {
                    StopPoint.QUEUE_TAKEN.reach();
                    claims.set(cell, ClaimWord.of(ClaimWord.READING, position) | readFlag);
                    StopPoint.QUEUE_TAKE_CONFIRMED.reach();
                    return single(cell, position);
                }
            } else if (distance == -1 && believeEmpty()) {
                claims.clear(cell);
                return NONE;
            }
            int head = Atomics.getIntOpaque(block, QueueDescriptor.HEAD_OFFSET);
            if (head == position && distance != 0) {
                claims.clear(cell);
                return empty(position, distance);
            }
            // Another consumer beat us, or the guess was old.
            position = head;
        }
    }

    /**
     * Claims up to {@code max} consecutive positions to read.
     *
     * @return {@link #first} and {@link #count}; the count is 0 when the queue is empty. To be ended by {@link #endReleased} when all
     *         positions are released
     */
    long take(Lane lane, int max) {
        return take(lane, max, false);
    }

    /**
     * As {@link #take(Lane, int)}, of positions that are held for long.
     *
     * @throws StructureBusyException when there is no cell in which that could be said, so that nobody would get them after us
     */
    long takeToKeep(Lane lane, int max) {
        return take(lane, max, true);
    }

    private long take(Lane lane, int max, boolean kept) {
        settleIfAny();
        if (orphans.count() != 0 && max > 0) {
            long orphan = adopt(lane, max, kept);
            if (orphan != NONE) {
                return orphan;
            }
        }
        int limit = Math.min(Math.min(max, BATCH_MAX), capacity);
        int position = guesses[HEAD_GUESS];
        int cell = Claims.NO_CELL;
        while (limit > 0) {
            // S1, as in take(). All these positions are claimable by moving head from here only.
            int distance = Wrapping.distance(sequence(position), position + 1);
            if (distance == 0) {
                int count = 1;
                while (count < limit && sequence(position + count) == position + count + 1) {
                    count++;
                }
                cell = announce(lane, cell, ClaimWord.of(ClaimWord.READ_INTENT, position, count) | readFlag);
                requireCell(cell, kept);
                StopPoint.QUEUE_TAKE_ANNOUNCED.reach();
                if (moveHead(position, count)) {
                    StopPoint.QUEUE_TAKEN.reach();
                    claims.set(cell, ClaimWord.of(ClaimWord.READING, position, count) | readFlag);
                    StopPoint.QUEUE_TAKE_CONFIRMED.reach();
                    return batch(cell, position, count);
                }
            } else if (distance == -1 && believeEmpty()) {
                break;
            }
            int head = Atomics.getIntOpaque(block, QueueDescriptor.HEAD_OFFSET);
            if (head == position && distance != 0) {
                empty(position, distance);
                break;
            }
            position = head;
        }
        claims.clear(cell);
        return 0;
    }

    /** Claims the next position to read, waiting at most so long; {@link #NONE} when the queue was empty all the time. */
    long awaitTake(Lane lane, long timeoutNanos) throws InterruptedException {
        long found = take(lane);
        return found != NONE ? found : arrivals.awaitPosition(taking, lane, NONE, timeoutNanos);
    }

    /**
     * Takes over elements that have lost their consumer, if there are any: a batch, or {@link #NONE}. Those that were given back in
     * this JVM alone come first, as no lock of all processes is needed for them.
     */
    private long adopt(Lane lane, int max, boolean kept) {
        long[] adopted = {NONE};
        orphans.takeGivenBack((first, count) -> {
            int taken = Math.min(Math.min(max, BATCH_MAX), count);
            adopted[0] = announceAdopted(lane, first, taken, kept);
            return taken;
        });
        if (adopted[0] != NONE) {
            return adopted[0];
        }
        attachment.withRemains(blockOffset, remains -> {
            DeadClaim dead = QueueRecoverer.orphan(remains, block, capacity, sequences);
            if (dead != null) {
                adopted[0] = announceAdopted(lane, ClaimWord.position(dead.claim()), 1, kept);
                QueueRecoverer.handedOver(remains, dead);
            }
            orphans.countOfTheDead(() -> QueueRecoverer.orphans(remains, block, capacity, sequences));
        });
        return adopted[0];
    }

    /** First: if we die behind this, both claims name them, and the next one adopts each once. */
    private long announceAdopted(Lane lane, int first, int count, boolean kept) {
        int cell = claims.announce(lane, blockOffset, ClaimWord.of(ClaimWord.READING, first, count) | readFlag);
        requireCell(cell, kept);
        StopPoint.QUEUE_ADOPTED.reach();
        return batch(cell, first, count);
    }

    private void requireCell(int cell, boolean kept) {
        if (kept && cell == Claims.NO_CELL) {
            throw new StructureBusyException("no element can be kept until it is processed: " + binding.describe()
                    + ", records of claims=" + ParticipantsDescriptor.RECORDS
                    + " (all are taken; end processes or consumers that use the segment, or take elements without keeping"
                    + " them)", binding.segment().name(), binding.name());
        }
    }

    /** Whether somebody is gone with elements that are to be redelivered, in whatever process that is known. */
    boolean isAnyLeft() {
        return attachment.isLeft(blockOffset,
                claim -> QueueRecoverer.orphans(claim, block, capacity, sequences) > 0);
    }

    /** What one consumer takes and keeps, where {@link #canKeep()} says so. To be called in an operation. */
    KeptPositions keeping() {
        return new KeptPositions(this, attachment, orphans);
    }

    /** Whether what a consumer has taken is redelivered when it dies, and that can be said to others. */
    boolean canKeep() {
        return readFlag != 0 && attachment.self() != 0;
    }

    /** Frees a position that was read, for the producer of the next lap, and ends the claim. */
    void release(Lane lane, long claim) {
        StopPoint.QUEUE_READ.reach();
        releaseOne(claim);
        StopPoint.QUEUE_RELEASED.reach();
        claims.clear(cell(claim));
        departures.advance();
    }

    /** Frees one position of a batch. */
    void releaseOne(long position) {
        // S2, pairs with the acquire-load in claim(). Earlier, and the slot could be overwritten while it is read.
        words.setIntRelease(sequenceOffset((int) position), (int) position + capacity);
    }

    /** Whether a position is claimed for reading, as far as its slot tells. */
    boolean isOpenTake(long claim) {
        return isClaim(claim, ClaimWord.READING) && sequence((int) claim) == (int) claim + 1;
    }

    // looking

    /** The next position to be taken. */
    int head() {
        return Atomics.getIntAcquire(block, QueueDescriptor.HEAD_OFFSET);
    }

    /**
     * Elements in the queue, claimed and not yet published ones included: an estimate within 0 and the capacity. Tail is
     * read between two reads of head; if head moved meanwhile the two belong to different moments, and it is tried
     * again a few times before the difference is merely clamped.
     */
    int size() {
        int size = 0;
        int after = Atomics.getIntAcquire(block, QueueDescriptor.HEAD_OFFSET);
        for (int i = 0; i < 4; i++) {
            int before = after;
            int tail = Atomics.getIntAcquire(block, QueueDescriptor.TAIL_OFFSET);
            after = Atomics.getIntAcquire(block, QueueDescriptor.HEAD_OFFSET);
            size = Math.clamp(Wrapping.distance(tail, after), 0, capacity);
            if (before == after) {
                break;
            }
        }
        return size;
    }

    /** Whether the next position cannot be claimed to write: an estimate. */
    boolean isFull() {
        int tail = Atomics.getIntAcquire(block, QueueDescriptor.TAIL_OFFSET);
        // Of the lap before: published, or taken and not released. Beyond: another producer was faster, and tail is another one.
        return Wrapping.distance(sequence(tail), tail) < 0;
    }

    /**
     * The position that consumers, or else producers, are held up by at this moment; null when there is none. Elements that are kept
     * until they are processed, or wait for another consumer, make the queue full, and are no stall.
     */
    @Nullable
    Stall stall() {
        Stall found = obstacle();
        return found != null && found.side() == Stall.Side.TAKEN_AND_NOT_RELEASED && isKept((int) found.position())
                ? null
                : found;
    }

    private boolean isKept(int position) {
        return claims.isSaid(blockOffset, claim -> ClaimWord.kind(claim) == ClaimWord.READING
                && (claim & ClaimWord.REDELIVER) != 0 && ClaimWord.covers(claim, position));
    }

    private @Nullable Stall obstacle() {
        int head = Atomics.getIntAcquire(block, QueueDescriptor.HEAD_OFFSET);
        int tail = Atomics.getIntAcquire(block, QueueDescriptor.TAIL_OFFSET);
        int lapBefore = tail - capacity;
        Stall found = null;
        if (Wrapping.distance(tail, head) > 0 && sequence(head) == head) {
            found = new Stall(Integer.toUnsignedLong(head), Stall.Side.CLAIMED_AND_NOT_PUBLISHED);
        } else if (Wrapping.distance(head, lapBefore) > 0 && sequence(tail) == lapBefore + 1) {
            found = new Stall(Integer.toUnsignedLong(lapBefore), Stall.Side.TAKEN_AND_NOT_RELEASED);
        }
        // Positions of another moment than the sequence would tell nothing.
        boolean same = Atomics.getIntAcquire(block, QueueDescriptor.HEAD_OFFSET) == head
                && Atomics.getIntAcquire(block, QueueDescriptor.TAIL_OFFSET) == tail;
        return same ? found : null;
    }

    /**
     * See {@link io.zeroipc.segment.Structure#breakStall}.
     *
     * @param queue for messages
     */
    boolean breakStall(Stall stall, Binding queue) {
        int position = (int) stall.position();
        boolean writing = stall.side() == Stall.Side.CLAIMED_AND_NOT_PUBLISHED;
        if (!stall.equals(obstacle())) {
            return false;
        }
        // After the look: whoever has claimed the position by then had announced it before.
        if (attachment.mayBeAnnounced(blockOffset, claim -> ClaimWord.covers(claim, position)
                && (writing ? QueueRecoverer.isWriter(claim) : QueueRecoverer.isReader(claim)))) {
            throw new StructureBusyException("position may be a live participant's: " + queue.describe() + ", " + stall
                    + " (it ends that itself; if this process takes no part, open the segment with recovery)",
                    queue.segment().name(), queue.name());
        }
        if (writing) {
            return sequence(position) == position && skip(position);
        }
        boolean released = Atomics.compareAndSetInt(block, sequenceOffset(position), position + 1,
                position + capacity);
        departures.advance();
        return released;
    }

    /** The first position of a batch. */
    static long first(long batch) {
        return batch & 0xFFFF_FFFFL;
    }

    /** The number of positions in a batch. */
    static int count(long batch) {
        return (int) (batch >>> BATCH_COUNT_SHIFT) & BATCH_COUNT_MASK;
    }

    private static long batch(int cell, int position, int count) {
        return (long) cell << BATCH_CELL_SHIFT | (long) count << BATCH_COUNT_SHIFT | Integer.toUnsignedLong(position);
    }

    private static long single(int cell, int position) {
        return (long) cell << BATCH_COUNT_SHIFT | Integer.toUnsignedLong(position);
    }

    private static int cell(long claim) {
        return (int) (claim >>> BATCH_COUNT_SHIFT);
    }

    static int cellOfBatch(long batch) {
        return (int) (batch >>> BATCH_CELL_SHIFT);
    }

    /** In the cell that this operation has, or else in a new one. */
    private int announce(Lane lane, int cell, long claim) {
        if (cell == Claims.NO_CELL) {
            return claims.announce(lane, blockOffset, claim);
        }
        claims.set(cell, claim);
        return cell;
    }

    private long sequenceOffset(int position) {
        return sequences + (long) (position & mask) * QueueDescriptor.SEQUENCE_SIZE;
    }

    /** @param sequences where they begin: never read from the bytes again, which others can change */
    static long sequenceOffset(int capacity, long sequences, int position) {
        return sequences + (long) (position & (capacity - 1)) * QueueDescriptor.SEQUENCE_SIZE;
    }

    private int sequence(int position) {
        return words.getIntAcquire(sequenceOffset(position));
    }

    private boolean moveTail(int position, int count) {
        // S3, pairs with the acquire-load of tail by whoever recovers: he finds what was announced.
        if (words.weakCompareAndSetIntRelease(QueueDescriptor.TAIL_OFFSET, position, position + count)) {
            guesses[TAIL_GUESS] = position + count;
            return true;
        }
        return false;
    }

    private boolean moveHead(int position, int count) {
        // S3, as in moveTail().
        if (words.weakCompareAndSetIntRelease(QueueDescriptor.HEAD_OFFSET, position, position + count)) {
            guesses[HEAD_GUESS] = position + count;
            return true;
        }
        return false;
    }

    /**
     * Whether to take "not published" at the guessed head for an empty queue. Head cannot pass a position that is not
     * published, so the guess is head itself, unless it is older than nearly 2^32 elements; hence the look at head
     * every so many times. In between, a consumer that spins leaves the line of head and tail to the producers.
     */
    private boolean believeEmpty() {
        return (++guesses[EMPTY_COUNT] & EMPTY_BELIEVED - 1) != 0;
    }

    private long full(int position, int distance) {
        guesses[TAIL_GUESS] = position;
        return distance < 0 ? NONE : damaged("tail", position);
    }

    private long empty(int position, int distance) {
        guesses[HEAD_GUESS] = position;
        return distance < 0 ? NONE : damaged("head", position);
    }

    /** Whoever moved a sequence beyond a position has moved the counter beyond it before, and we have seen that. */
    private long damaged(String counter, int position) {
        throw new ZeroIpcException("queue is damaged: " + binding.describe() + ", " + counter + "="
                + Integer.toUnsignedString(position) + ", sequence="
                + Integer.toUnsignedString(sequence(position)) + ", capacity=" + capacity
                + " (a program wrote to the queue's bytes past its operations; create it anew)");
    }

    private void settleIfAny() {
        if (aborted.count() != 0) {
            settle();
        }
    }
}
