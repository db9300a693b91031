package io.zeroipc.sync;

import java.lang.foreign.MemorySegment;
import java.util.List;

import io.zeroipc.format.ClaimWord;
import io.zeroipc.format.SemaphoreDescriptor;
import io.zeroipc.memory.StopPoint;
import io.zeroipc.os.Words;
import io.zeroipc.segment.Recoverer;
import io.zeroipc.segment.RecoveryOutcome;
import io.zeroipc.segment.Remains;
import io.zeroipc.segment.Remains.DeadClaim;
import io.zeroipc.segment.Total;

import static io.zeroipc.format.ClaimWord.kind;

/**
 * Gives permits back that a dead one has held. Nobody can tell whether it had taken, or given back, the one that it was about to:
 * the count is the same whoever changed it. But as long as the {@linkplain Total total} is known, it can be told how many are
 * missing in a moment in which no live one is about to take one or to give one back, and that is never more than are then given:
 * who recovers and dies behind that leaves nothing missing. Else such a permit is gone, which is better than one too many.
 */
final class PermitRecoverer implements Recoverer {

    private final MemorySegment memory;
    private final Words semaphore;
    private final Total total;

    PermitRecoverer(MemorySegment semaphore, Total total) {
        this.memory = semaphore;
        this.semaphore = new Words(semaphore);
        this.total = total;
    }

    @Override
    public void recover(Remains remains) {
        for (DeadClaim dead : List.copyOf(remains.claims())) {
            if (kind(dead.claim()) == ClaimWord.LOCKED) {
                DeadClaim leaving = remains.replace(dead, ClaimWord.of(ClaimWord.UNLOCKING));
                StopPoint.RECOVERY_UNLOCK_ANNOUNCED.reach();
                if (leaving == null) {
                    continue;
                }
                give(remains, 1);
                remains.settle(leaving);
            }
        }
        // Behind those who are certain: what is missing now, those have who are not.
        int unknown = remains.claims().size();
        if (unknown == 0) {
            return;
        }
        int[] missing = {0};
        int all = total.get();
        Remains.Proof proof = all == Total.UNKNOWN
                ? Remains.Proof.UNDECIDED
                : remains.proof(PermitRecoverer::isOnTheWay, () -> {
                    int permits = permits();
                    missing[0] = all - permits - remains.countLive(claim -> kind(claim) == ClaimWord.LOCKED);
                    // The total last: who changes the permits in another way has said so before.
                    return !remains.anyLive(PermitRecoverer::isOnTheWay) && permits() == permits && total.get() == all;
                });
        if (proof == Remains.Proof.GIVEN) {
            give(remains, Math.clamp(missing[0], 0, unknown));
        } else if (proof == Remains.Proof.UNDECIDED) {
            remains.count(RecoveryOutcome.UNDECIDED, unknown);
        }
        if (proof == Remains.Proof.GIVEN || all == Total.UNKNOWN) {
            List.copyOf(remains.claims()).forEach(remains::settle);
        }
        // Else it is looked at again: somebody is at it, or somebody is there who may be.
    }

    private void give(Remains remains, int permits) {
        if (permits > 0 && PermitCell.give(semaphore, permits)) {
            remains.count(RecoveryOutcome.UNLOCKED, permits);
        }
    }

    private int permits() {
        return Math.max(0, SemaphoreDescriptor.permits(memory));
    }

    private static boolean isOnTheWay(long claim) {
        return kind(claim) != ClaimWord.LOCKED;
    }
}
