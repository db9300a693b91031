package io.zeroipc.sync;

import java.lang.foreign.MemorySegment;
import java.util.List;

import io.zeroipc.format.ClaimWord;
import io.zeroipc.format.RwLockDescriptor;
import io.zeroipc.segment.Recoverer;
import io.zeroipc.segment.RecoveryOutcome;
import io.zeroipc.segment.Remains;
import io.zeroipc.segment.Remains.DeadClaim;

import static io.zeroipc.format.ClaimWord.kind;

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
        int[] dead = {0};
        // Nobody comes in all that time, so the count only falls. Who goes says so before he counts himself out, and until then: who
        // is not found on his way behind the look at those who have the lock is in both numbers, or in none, if none has changed.
        Remains.Proof still = remains.proof(ReaderRecoverer::isOnTheWay, () -> {
            int readers = RwLockDescriptor.readers(state);
            dead[0] = readers - remains.countLive(claim -> kind(claim) == ClaimWord.LOCKED);
            return !remains.anyLive(ReaderRecoverer::isOnTheWay) && RwLockDescriptor.readers(state) == readers;
        });
        switch (still) {
            case GIVEN -> {
                // So many, however many of the living have come and gone since. If we die behind this, the next one finds none.
                int out = SharedRwLock.countOut(state, dead[0]);
                if (out > 0) {
                    remains.count(RecoveryOutcome.UNLOCKED, out);
                }
                List.copyOf(remains.claims()).forEach(remains::settle);
            }
            case UNDECIDED -> countOutThoseWhoAreCertain(remains);
            case BUSY -> {
            }
        }
    }

    private void countOutThoseWhoAreCertain(Remains remains) {
        for (DeadClaim dead : List.copyOf(remains.claims())) {
            if (kind(dead.claim()) == ClaimWord.LOCKED) {
                DeadClaim leaving = remains.replace(dead, ClaimWord.of(ClaimWord.UNLOCKING));
                if (leaving == null) {
                    continue;
                }
                if (SharedRwLock.countOut(state, 1) > 0) {
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
