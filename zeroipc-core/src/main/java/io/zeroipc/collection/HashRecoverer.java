package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.util.List;

import io.zeroipc.format.ClaimWord;
import io.zeroipc.memory.Atomics;
import io.zeroipc.memory.StopPoint;
import io.zeroipc.segment.Recoverer;
import io.zeroipc.segment.RecoveryOutcome;
import io.zeroipc.segment.Remains;
import io.zeroipc.segment.Remains.DeadClaim;

import static io.zeroipc.format.ClaimWord.kind;
import static io.zeroipc.format.ClaimWord.position;
import static io.zeroipc.format.EntryState.DELETED;
import static io.zeroipc.format.EntryState.INSERTING;
import static io.zeroipc.format.EntryState.OCCUPIED;

/**
 * Gives entries of a map or set back for owners who died: what they say tells whether anything in the entry counts. What each kind
 * of claim means stands in {@link HashEntries}.
 *
 * <p>
 * Why no live owner is robbed. Who says <em>writing</em> or <em>replacing</em> owns the entry, as he says something else before he
 * gives it back. Of whom only an intent stands, it is his if it is owned and nobody else owns it: {@link Remains#proofOf}. An entry that a dead one owns can be owned by nobody else, so what was so in one moment
 * stays so. Where several dead ones have announced one entry, and not the same, it cannot be told whose it was, and it stays as it
 * is until {@link HashEntries#compact}.
 */
final class HashRecoverer implements Recoverer {

    private final MemorySegment block;
    private final int capacity;
    private final HashEntries.Layout layout;

    HashRecoverer(MemorySegment block, int capacity, HashEntries.Layout layout) {
        this.block = block;
        this.capacity = capacity;
        this.layout = layout;
    }

    @Override
    public void recover(Remains remains) {
        for (DeadClaim dead : List.copyOf(remains.claims())) {
            int index = position(dead.claim());
            if (index < 0 || index >= capacity) {
                remains.settle(dead);
            } else if (kind(dead.claim()) == ClaimWord.WRITING) {
                // First, as the entry may be another's from the next step on, and we may die there.
                DeadClaim leaving = remains.replace(dead, ClaimWord.of(ClaimWord.WRITE_INTENT, index));
                StopPoint.RECOVERY_RETURN_ANNOUNCED.reach();
                if (leaving != null) {
                    giveBack(remains, leaving, DELETED, RecoveryOutcome.SKIPPED);
                }
            } else if (kind(dead.claim()) == ClaimWord.REPLACING) {
                // The entry stays owned: nobody takes half a value for whole.
                if (remains.replace(dead, ClaimWord.of(ClaimWord.DIED, index)) != null) {
                    remains.count(RecoveryOutcome.DROPPED, 1);
                }
            }
        }
        // Behind those who are certain: now nobody dead owns an entry for certain.
        for (DeadClaim dead : List.copyOf(remains.claims())) {
            if (kind(dead.claim()) != ClaimWord.DIED) {
                decide(remains, dead);
            }
        }
    }

    private void decide(Remains remains, DeadClaim dead) {
        int index = position(dead.claim());
        if (state(index) != INSERTING
                || remains.anyDead(claim -> isOf(claim, index) && kind(claim) == ClaimWord.DIED)) {
            remains.settle(dead);
        } else {
            switch (remains.proofOf(index, () -> state(index) == INSERTING)) {
                case GIVEN -> settle(remains, dead);
                case UNDECIDED -> remains.count(RecoveryOutcome.UNDECIDED, 1);
                case BUSY -> {
                }
            }
        }
    }

    /** An entry that one of the dead owns, who is certain of none. */
    private void settle(Remains remains, DeadClaim dead) {
        int kind = kind(dead.claim());
        int index = position(dead.claim());
        if (remains.anyDead(claim -> isOf(claim, index) && kind(claim) != kind)) {
            remains.count(RecoveryOutcome.UNDECIDED, 1);
        } else if (kind == ClaimWord.REPLACE_INTENT) {
            DeadClaim _ = remains.replace(dead, ClaimWord.of(ClaimWord.DIED, index));
        } else {
            giveBack(remains, dead, kind == ClaimWord.WRITE_INTENT ? DELETED : OCCUPIED, RecoveryOutcome.COMPLETED);
        }
    }

    private void giveBack(Remains remains, DeadClaim dead, int state, RecoveryOutcome outcome) {
        // S1 of HashEntries, for whom the owner died.
        if (Atomics.compareAndSetInt(block, entry(position(dead.claim())), INSERTING, state)) {
            remains.count(outcome, 1);
        }
        StopPoint.RECOVERY_RETURNED.reach();
        remains.settle(dead);
    }

    private static boolean isOf(long claim, int index) {
        return position(claim) == index;
    }

    private int state(int index) {
        return Atomics.getIntAcquire(block, entry(index));
    }

    private long entry(int index) {
        return layout.entriesOffset() + layout.entrySize() * index;
    }
}
