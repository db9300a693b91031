package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.LongPredicate;

import org.jspecify.annotations.Nullable;

import io.zeroipc.format.ClaimWord;
import io.zeroipc.format.QueueDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.memory.StopPoint;
import io.zeroipc.memory.Wrapping;
import io.zeroipc.segment.Recoverer;
import io.zeroipc.segment.RecoveryOutcome;
import io.zeroipc.segment.Remains;
import io.zeroipc.segment.Remains.DeadClaim;

import static io.zeroipc.format.ClaimWord.covers;
import static io.zeroipc.format.ClaimWord.kind;

/**
 * Goes on for those who died with positions of a queue, without a word in its bytes that other programs would have to know:
 * {@code docs/design/recovery.md}, whose names of steps are used here.
 *
 * <p>
 * Why no live owner is robbed. A participant announces a position before the compare-and-set that claims it (S3 of
 * {@link QueueSlots}). The scan of the living begins after the position was seen claimed, so whoever has claimed it is found there,
 * unless he has ended the claim since, which the sequence would show. Who announces it later fails at his compare-and-set, since
 * head and tail only grow. What remains is somebody who announces nothing: he may have claimed a position that a dead one had only
 * announced, so that counts for nothing as long as there may be such a one.
 */
final class QueueRecoverer implements Recoverer {

    private final MemorySegment block;
    private final int capacity;
    private final long sequences;
    private final Orphans orphans;
    /** Who recovers stops between two steps only by dying himself. */
    private long lookedAtDeaths = -1;

    QueueRecoverer(MemorySegment block, int capacity, long sequences, Orphans orphans) {
        this.block = block;
        this.capacity = capacity;
        this.sequences = sequences;
        this.orphans = orphans;
    }

    @Override
    public void recover(Remains remains) {
        long deaths = remains.deaths();
        if (deaths != lookedAtDeaths) {
            // All sequences: not at each look for as long as a dead one's lock waits for its repair.
            finishSkips();
            lookedAtDeaths = deaths;
        }
        skipDeadWriters(remains);
        releaseDeadReaders(remains);
        settle(remains);
        orphans.countOfTheDead(() -> orphans(remains, block, capacity, sequences));
    }

    /** R3: who died between the two steps of skipping has left a state that nobody else makes. */
    private void finishSkips() {
        int head = head();
        for (int position = head - capacity; position != head; position++) {
            if (sequence(position) == position) {
                QueueSlots.finishSkip(block, capacity, sequences, position);
            }
        }
    }

    /** R4: consumers stand at a position that was claimed to write, and will not be published. */
    private void skipDeadWriters(Remains remains) {
        while (true) {
            int position = head();
            // Tail first: whoever has claimed the position had announced it before.
            if (Wrapping.distance(tail(), position) <= 0 || sequence(position) != position) {
                return;
            }
            boolean certain = remains.anyDead(claim -> isCertainWriter(claim) && covers(claim, position));
            boolean perhaps = remains
                    .anyDead(claim -> kind(claim) == ClaimWord.WRITE_INTENT && covers(claim, position));
            if (!certain && !perhaps) {
                return;
            }
            if (remains.anyLive(claim -> isWriter(claim) && covers(claim, position))) {
                return;
            }
            if (!certain && remains.mayBeForeign()) {
                remains.count(RecoveryOutcome.UNDECIDED, 1);
                return;
            }
            StopPoint.RECOVERY_SKIP_DECIDED.reach();
            // The claim of who published meanwhile is no longer among the living.
            if (sequence(position) != position || !QueueSlots.skip(block, capacity, sequences, position)) {
                continue;
            }
            remains.count(RecoveryOutcome.SKIPPED, 1);
        }
    }

    /** R5: positions that a dead consumer has taken go back to the producers. */
    private void releaseDeadReaders(Remains remains) {
        for (DeadClaim dead : List.copyOf(remains.claims())) {
            int kind = kind(dead.claim());
            if (kind != ClaimWord.READING && kind != ClaimWord.READ_INTENT) {
                continue;
            }
            for (int i = 0; i < ClaimWord.count(dead.claim()); i++) {
                int position = ClaimWord.position(dead.claim()) + i;
                // Head first, as with tail above.
                if (!isTaken(position)
                        || remains.anyLive(claim -> isReader(claim) && covers(claim, position))) {
                    continue;
                }
                if (kind == ClaimWord.READ_INTENT && remains.mayBeForeign()) {
                    remains.count(RecoveryOutcome.UNDECIDED, 1);
                    continue;
                }
                if (isToRedeliver(dead.claim())) {
                    // It is in its slot, for the next consumer.
                    continue;
                }
                StopPoint.RECOVERY_RELEASE_DECIDED.reach();
                // S2 of QueueSlots, for whom the consumer died.
                if (Atomics.compareAndSetInt(block, sequenceOffset(position), position + 1, position + capacity)) {
                    remains.count(RecoveryOutcome.DROPPED, 1);
                }
            }
        }
    }

    /** R6: what is published, released, or was never claimed, needs its dead claimant no longer. */
    private void settle(Remains remains) {
        for (DeadClaim dead : List.copyOf(remains.claims())) {
            boolean needed = isWriter(dead.claim())
                    ? any(dead, position -> isClaimed((int) position))
                    : any(dead, position -> isTaken((int) position));
            if (!needed) {
                StopPoint.RECOVERY_SETTLED.reach();
                remains.settle(dead);
            }
        }
    }

    /**
     * A dead consumer's claim whose first position has an element that is to be redelivered, and that no live consumer has; null
     * when there is none. The oldest one comes first.
     */
    static @Nullable DeadClaim orphan(Remains remains, MemorySegment block, int capacity, long sequences) {
        DeadClaim oldest = null;
        for (DeadClaim dead : List.copyOf(remains.claims())) {
            DeadClaim first = isReader(dead.claim()) && isToRedeliver(dead.claim())
                    ? withoutThoseThatAreOver(remains, dead, block, capacity, sequences)
                    : null;
            if (first != null && (oldest == null || Wrapping.distance(ClaimWord.position(first.claim()),
                    ClaimWord.position(oldest.claim())) < 0)) {
                oldest = first;
            }
        }
        return oldest;
    }

    /** The first position of a dead claim is another consumer's, who has announced it. */
    static void handedOver(Remains remains, DeadClaim dead) {
        DeadClaim _ = withoutFirst(remains, dead);
        remains.count(RecoveryOutcome.REDELIVERED, 1);
    }

    /** How many elements there are to be redelivered, what was left since the remains were handed over included. */
    static int orphans(Remains remains, MemorySegment block, int capacity, long sequences) {
        return remains.claimsByNow()
                .stream()
                .mapToInt(dead -> orphans(dead.claim(), block, capacity, sequences))
                .sum();
    }

    /** How many elements of a claim of somebody who is gone are to be redelivered. */
    static int orphans(long claim, MemorySegment block, int capacity, long sequences) {
        int count = 0;
        if (isReader(claim) && isToRedeliver(claim)) {
            for (int i = 0; i < ClaimWord.count(claim); i++) {
                if (isTaken(block, capacity, sequences, ClaimWord.position(claim) + i)) {
                    count++;
                }
            }
        }
        return count;
    }

    private static @Nullable DeadClaim withoutThoseThatAreOver(Remains remains, DeadClaim dead, MemorySegment block,
            int capacity, long sequences) {
        DeadClaim rest = dead;
        while (rest != null) {
            int position = ClaimWord.position(rest.claim());
            if (isTaken(block, capacity, sequences, position)) {
                boolean undecided = kind(rest.claim()) == ClaimWord.READ_INTENT && remains.mayBeForeign();
                if (undecided || remains.anyLive(claim -> isReader(claim) && covers(claim, position))) {
                    return null;
                }
                // Again: who has released it meanwhile is no longer among the living.
                if (isTaken(block, capacity, sequences, position)) {
                    return rest;
                }
            }
            rest = withoutFirst(remains, rest);
        }
        return null;
    }

    /** The claim without its first position; null, and it is settled, when that was all. */
    private static @Nullable DeadClaim withoutFirst(Remains remains, DeadClaim dead) {
        int count = ClaimWord.count(dead.claim());
        if (count == 1) {
            remains.settle(dead);
            return null;
        }
        return remains.replace(dead, ClaimWord.of(kind(dead.claim()), ClaimWord.position(dead.claim()) + 1, count - 1)
                | (dead.claim() & ClaimWord.REDELIVER));
    }

    private static boolean isToRedeliver(long claim) {
        return (claim & ClaimWord.REDELIVER) != 0;
    }

    private static boolean any(DeadClaim dead, LongPredicate condition) {
        for (int i = 0; i < ClaimWord.count(dead.claim()); i++) {
            if (condition.test(ClaimWord.position(dead.claim()) + i)) {
                return true;
            }
        }
        return false;
    }

    /** Whether somebody has claimed it to write, and it is not published. */
    private boolean isClaimed(int position) {
        return Wrapping.distance(tail(), position) > 0 && sequence(position) == position;
    }

    /** Whether somebody has taken it, and it is not released. */
    private boolean isTaken(int position) {
        return isTaken(block, capacity, sequences, position);
    }

    private static boolean isTaken(MemorySegment block, int capacity, long sequences, int position) {
        // Head first: whoever has taken the position had announced it before.
        return Wrapping.distance(Atomics.getIntAcquire(block, QueueDescriptor.HEAD_OFFSET), position) > 0
                && Atomics.getIntAcquire(block, QueueSlots.sequenceOffset(capacity, sequences, position)) == position
                        + 1;
    }

    private static boolean isCertainWriter(long claim) {
        return kind(claim) == ClaimWord.WRITING || kind(claim) == ClaimWord.GIVEN_UP;
    }

    static boolean isWriter(long claim) {
        return isCertainWriter(claim) || kind(claim) == ClaimWord.WRITE_INTENT;
    }

    static boolean isReader(long claim) {
        return kind(claim) == ClaimWord.READING || kind(claim) == ClaimWord.READ_INTENT;
    }

    private int head() {
        return Atomics.getIntAcquire(block, QueueDescriptor.HEAD_OFFSET);
    }

    private int tail() {
        return Atomics.getIntAcquire(block, QueueDescriptor.TAIL_OFFSET);
    }

    private long sequenceOffset(int position) {
        return QueueSlots.sequenceOffset(capacity, sequences, position);
    }

    private int sequence(int position) {
        return Atomics.getIntAcquire(block, sequenceOffset(position));
    }
}
