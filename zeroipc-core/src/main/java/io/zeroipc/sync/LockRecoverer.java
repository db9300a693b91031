package io.zeroipc.sync;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.BooleanSupplier;

import io.zeroipc.format.ClaimWord;
import io.zeroipc.format.SemaphoreDescriptor;
import io.zeroipc.memory.StopPoint;
import io.zeroipc.os.Words;
import io.zeroipc.segment.Recoverer;
import io.zeroipc.segment.RecoveryOutcome;
import io.zeroipc.segment.Remains;
import io.zeroipc.segment.Remains.DeadClaim;

import static io.zeroipc.format.ClaimWord.kind;

/**
 * Unlocks an {@link OwnedLock}, or what is announced like one, for a holder who died: {@code docs/design/recovery.md}, whose names of steps are used here.
 *
 * <p>
 * Why no live holder is robbed. Who says <em>locked</em> has the lock until he says that he is unlocking; if somebody else unlocks
 * for him, that clears what he says. Who only says that he is about to lock, or to unlock, has it if it is locked and nobody else
 * has: {@link Remains#proof}. While it is locked by a dead one, nobody can lock it, so
 * what was so in one moment stays so.
 */
public final class LockRecoverer implements Recoverer {

    private final BooleanSupplier locked;
    private final BooleanSupplier unlock;

    /**
     * For something that is locked by one at a time, and announced as {@link OwnedLock} does.
     *
     * @param locked whether somebody has it
     * @param unlock unlocks it, if it is locked; whether it was. May be done more than once
     */
    public LockRecoverer(BooleanSupplier locked, BooleanSupplier unlock) {
        this.locked = locked;
        this.unlock = unlock;
    }

    /**
     * For an {@link OwnedLock}.
     *
     * @param memory its sixteen bytes
     * @param beforeUnlocking what belongs to the lock and is to be put back first; may be done more than once
     */
    public static LockRecoverer of(MemorySegment memory, Runnable beforeUnlocking) {
        Words words = new Words(memory);
        return new LockRecoverer(() -> SemaphoreDescriptor.permits(memory) <= 0, () -> {
            beforeUnlocking.run();
            return PermitCell.give(words, 1);
        });
    }

    @Override
    public void recover(Remains remains) {
        for (DeadClaim dead : List.copyOf(remains.claims())) {
            if (kind(dead.claim()) == ClaimWord.LOCKED) {
                unlock(remains, dead);
            }
        }
        // Behind those who are certain: now nobody dead has it for certain.
        for (DeadClaim dead : List.copyOf(remains.claims())) {
            int kind = kind(dead.claim());
            if (kind == ClaimWord.LOCK_INTENT || kind == ClaimWord.UNLOCKING || kind == ClaimWord.DYING) {
                decide(remains, dead);
            }
        }
    }

    /** L1: he had it, for certain. */
    private void unlock(Remains remains, DeadClaim dead) {
        boolean changing = ClaimWord.position(dead.claim()) == ClaimWord.CHANGING;
        // L2: from here on whoever recovers has to look whether it is still locked; and whoever locks it is told.
        DeadClaim leaving = remains.replace(dead, ClaimWord.of(changing ? ClaimWord.DYING : ClaimWord.UNLOCKING));
        StopPoint.RECOVERY_UNLOCK_ANNOUNCED.reach();
        // Null: somebody else unlocks for him.
        if (leaving != null) {
            finish(remains, leaving);
        }
    }

    private void decide(Remains remains, DeadClaim dead) {
        if (!locked.getAsBoolean()) {
            over(remains, dead);
        } else if (remains.anyLive(claim -> kind(claim) == ClaimWord.LOCKED)) {
            over(remains, dead);
        } else {
            switch (remains.proof(LockRecoverer::isHolder, locked)) {
                case GIVEN -> finish(remains, dead);
                case UNDECIDED -> remains.count(RecoveryOutcome.UNDECIDED, 1);
                case BUSY -> {
                }
            }
        }
    }

    /** L3 and L4. */
    private void finish(Remains remains, DeadClaim dead) {
        if (unlock.getAsBoolean()) {
            StopPoint.RECOVERY_UNLOCKED.reach();
            remains.count(RecoveryOutcome.UNLOCKED, 1);
        }
        over(remains, dead);
    }

    /** He does not have it any more. */
    private static void over(Remains remains, DeadClaim dead) {
        if (kind(dead.claim()) == ClaimWord.DYING) {
            // Nothing is told of him any more when somebody has locked meanwhile, and made whole what he left.
            DeadClaim _ = remains.replace(dead, ClaimWord.of(ClaimWord.DIED));
        } else {
            remains.settle(dead);
        }
    }

    static boolean isHolder(long claim) {
        int kind = kind(claim);
        return kind == ClaimWord.LOCKED || kind == ClaimWord.LOCK_INTENT || kind == ClaimWord.UNLOCKING;
    }
}
