package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.util.List;

import io.zeroipc.format.ClaimWord;
import io.zeroipc.format.StackDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.memory.StopPoint;
import io.zeroipc.segment.Recoverer;
import io.zeroipc.segment.RecoveryOutcome;
import io.zeroipc.segment.Remains;
import io.zeroipc.segment.Remains.DeadClaim;

import static io.zeroipc.format.ClaimWord.kind;
import static io.zeroipc.format.ClaimWord.position;
import static io.zeroipc.format.StackDescriptor.EMPTY;
import static io.zeroipc.format.StackDescriptor.READING;
import static io.zeroipc.format.StackDescriptor.READY;
import static io.zeroipc.format.StackDescriptor.WRITING;

/**
 * Gives slots of a stack back for owners who died.
 *
 * <p>
 * What becomes of a slot. The top moves over it only by its owner, up when the element is written, down when it is to be read (I3 of
 * {@link StackSlots}). So a dead owner's slot up to the top holds an element, one that he wrote or had not yet taken; and one above
 * it holds none, whether he has not pushed it, or has popped it. Who says <em>writing</em> has not moved the top, who says
 * <em>reading</em> has.
 *
 * <p>
 * Why no live owner is robbed. Who says <em>writing</em> or <em>reading</em> owns the slot, as he says something else before he gives
 * it back. Of whom only an intent stands, it is his if it is owned and nobody else owns it: {@link Remains#proofOf}. A slot that a dead one owns can be owned by nobody else, so what was so in one moment stays so.
 */
final class StackRecoverer implements Recoverer {

    private final MemorySegment block;
    private final int capacity;
    private final long states;

    StackRecoverer(MemorySegment block, int capacity, int elementSize) {
        this.block = block;
        this.capacity = capacity;
        this.states = StackDescriptor.statesOffset(capacity, elementSize);
    }

    @Override
    public void recover(Remains remains) {
        for (DeadClaim dead : List.copyOf(remains.claims())) {
            if (!isSlot(dead)) {
                remains.settle(dead);
            } else if (kind(dead.claim()) == ClaimWord.WRITING) {
                giveBackCertain(remains, dead, ClaimWord.WRITE_INTENT, RecoveryOutcome.SKIPPED);
            } else if (kind(dead.claim()) == ClaimWord.READING) {
                giveBackCertain(remains, dead, ClaimWord.READ_INTENT, RecoveryOutcome.DROPPED);
            }
        }
        // Behind those who are certain: now nobody dead owns a slot for certain.
        for (DeadClaim dead : List.copyOf(remains.claims())) {
            decide(remains, dead);
        }
    }

    private boolean isSlot(DeadClaim dead) {
        return position(dead.claim()) >= 0 && position(dead.claim()) < capacity;
    }

    private void giveBackCertain(Remains remains, DeadClaim dead, int intent, RecoveryOutcome outcome) {
        // First, as the slot may be another's from the next step on, and we may die there.
        DeadClaim leaving = remains.replace(dead, ClaimWord.of(intent, position(dead.claim())));
        StopPoint.RECOVERY_RETURN_ANNOUNCED.reach();
        if (leaving != null) {
            giveBack(remains, leaving, EMPTY, outcome);
        }
    }

    private void decide(Remains remains, DeadClaim dead) {
        boolean writer = kind(dead.claim()) == ClaimWord.WRITE_INTENT;
        int index = position(dead.claim());
        int owned = writer ? WRITING : READING;
        if (state(index) != owned) {
            remains.settle(dead);
        } else {
            switch (remains.proofOf(index, () -> state(index) == owned)) {
                case GIVEN -> {
                    boolean holds = index <= Atomics.getIntAcquire(block, StackDescriptor.TOP_OFFSET);
                    RecoveryOutcome undone = writer ? RecoveryOutcome.SKIPPED : RecoveryOutcome.DROPPED;
                    giveBack(remains, dead, holds ? READY : EMPTY, holds ? RecoveryOutcome.COMPLETED : undone);
                }
                case UNDECIDED -> remains.count(RecoveryOutcome.UNDECIDED, 1);
                case BUSY -> {
                }
            }
        }
    }

    private void giveBack(Remains remains, DeadClaim dead, int state, RecoveryOutcome outcome) {
        int owned = kind(dead.claim()) == ClaimWord.WRITE_INTENT ? WRITING : READING;
        // S1 and S2 of StackSlots, for whom the owner died.
        if (Atomics.compareAndSetInt(block, stateOffset(position(dead.claim())), owned, state)) {
            remains.count(outcome, 1);
        }
        StopPoint.RECOVERY_RETURNED.reach();
        remains.settle(dead);
    }

    private int state(int index) {
        return Atomics.getIntAcquire(block, stateOffset(index));
    }

    private long stateOffset(int index) {
        return states + StackDescriptor.STATE_SIZE * index;
    }
}
