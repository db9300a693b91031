package io.zeroipc.sync;

import java.lang.foreign.MemorySegment;
import java.util.List;

import io.zeroipc.format.ClaimWord;
import io.zeroipc.memory.StopPoint;
import io.zeroipc.os.Words;
import io.zeroipc.segment.Recoverer;
import io.zeroipc.segment.RecoveryOutcome;
import io.zeroipc.segment.Remains;
import io.zeroipc.segment.Remains.DeadClaim;

/**
 * Gives permits back that a dead one has held. Nobody can tell whether it had taken, or given back, the one that it was about to:
 * the count is the same whoever changed it. That permit is gone then, which is better than one too many; it takes a death between
 * two instructions.
 */
final class PermitRecoverer implements Recoverer {

    private final Words semaphore;

    PermitRecoverer(MemorySegment semaphore) {
        this.semaphore = new Words(semaphore);
    }

    @Override
    public void recover(Remains remains) {
        for (DeadClaim dead : List.copyOf(remains.claims())) {
            if (ClaimWord.kind(dead.claim()) == ClaimWord.LOCKED) {
                DeadClaim leaving = remains.replace(dead, ClaimWord.of(ClaimWord.UNLOCKING));
                StopPoint.RECOVERY_UNLOCK_ANNOUNCED.reach();
                if (leaving == null) {
                    continue;
                }
                if (PermitCell.give(semaphore, 1)) {
                    remains.count(RecoveryOutcome.UNLOCKED, 1);
                }
                remains.settle(leaving);
            } else {
                remains.count(RecoveryOutcome.UNDECIDED, 1);
                remains.settle(dead);
            }
        }
    }
}
