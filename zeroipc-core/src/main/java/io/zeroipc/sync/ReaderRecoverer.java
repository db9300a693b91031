package io.zeroipc.sync;

import java.lang.foreign.MemorySegment;
import java.util.List;

import io.zeroipc.format.ClaimWord;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Recoverer;
import io.zeroipc.segment.RecoveryOutcome;
import io.zeroipc.segment.Remains;
import io.zeroipc.segment.Remains.DeadClaim;

import static io.zeroipc.format.ClaimWord.kind;
import static io.zeroipc.format.RwLockDescriptor.READERS_OFFSET;

/**
 * Counts readers of a read-write lock out who died: {@code docs/design/recovery.md}. If everybody who uses the lock announces, the
 * count is that of the live ones who say <em>locked</em>, in a moment in which none is about to lock or to unlock.
 */
final class ReaderRecoverer implements Recoverer {

    private final MemorySegment state;

    ReaderRecoverer(MemorySegment state) {
        this.state = state;
    }

    @Override
    public void recover(Remains remains) {
        if (remains.claims().isEmpty()) {
            return;
        }
        if (remains.mayBeForeign()) {
            countOutThoseWhoAreCertain(remains);
        } else {
            countTheLiving(remains);
        }
    }

    private void countTheLiving(Remains remains) {
        int[] seen = new int[2];
        boolean still = remains.noneLive(ReaderRecoverer::isOnTheWay, () -> {
            seen[0] = remains.countLive(claim -> kind(claim) == ClaimWord.LOCKED);
            seen[1] = Atomics.getIntAcquire(state, READERS_OFFSET);
            return true;
        }) && remains.countLive(claim -> kind(claim) == ClaimWord.LOCKED) == seen[0];
        // A reader who came or went since has changed the count, or one came and one went.
        if (still && Atomics.compareAndSetInt(state, READERS_OFFSET, seen[1], seen[0])) {
            if (seen[1] > seen[0]) {
                remains.count(RecoveryOutcome.UNLOCKED, seen[1] - seen[0]);
            }
            List.copyOf(remains.claims()).forEach(remains::settle);
        }
    }

    private void countOutThoseWhoAreCertain(Remains remains) {
        for (DeadClaim dead : List.copyOf(remains.claims())) {
            if (kind(dead.claim()) == ClaimWord.LOCKED) {
                DeadClaim leaving = remains.replace(dead, ClaimWord.of(ClaimWord.UNLOCKING));
                if (SharedRwLock.countOut(state)) {
                    remains.count(RecoveryOutcome.UNLOCKED, 1);
                }
                remains.settle(leaving);
            } else {
                remains.count(RecoveryOutcome.UNDECIDED, 1);
            }
        }
    }

    private static boolean isOnTheWay(long claim) {
        return kind(claim) == ClaimWord.LOCK_INTENT || kind(claim) == ClaimWord.UNLOCKING;
    }
}
