package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.util.List;

import io.zeroipc.format.ClaimWord;
import io.zeroipc.format.PoolDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.memory.StopPoint;
import io.zeroipc.segment.Recoverer;
import io.zeroipc.segment.RecoveryOutcome;
import io.zeroipc.segment.Remains;
import io.zeroipc.segment.Remains.DeadClaim;
import io.zeroipc.segment.Remains.Proof;

import static io.zeroipc.format.ClaimWord.kind;
import static io.zeroipc.format.ClaimWord.position;
import static io.zeroipc.format.PoolDescriptor.ALLOCATED_OFFSET;
import static io.zeroipc.format.PoolDescriptor.FREE_HEAD_OFFSET;
import static io.zeroipc.format.PoolDescriptor.NULL_INDEX;

/**
 * Puts nodes of a pool back into its list that died on their way: taken, and not handed to the caller; or given back by him, and not
 * in the list. What each kind of claim means stands in {@link PoolNodes}.
 *
 * <p>
 * Why no live owner is robbed. A node in the hands of an application is announced by nobody, and its link leads to itself. Who says
 * <em>reading</em> has a node of which no application knows. Of whom only an intent stands, the node is his, or nobody's, if it is
 * neither in the list nor marked by its link, and no live one has announced it in the whole time of that look
 * ({@link Remains#proofOf}): it was taken and not marked yet, or has lost its mark on its way back. A program that takes no part
 * marks nothing; if there may be one, the node is left alone for good, since that program may have taken it and may give its handle
 * to one of us.
 *
 * <p>
 * Why a walk that does not meet a node says that it was not in the list all the time: who stands at a node of the list has the other
 * one before him, and still has when his node is taken, as its link leads on as before until it leads to itself, where the walk begins
 * anew, or to the head of the list when it is put back.
 */
final class PoolRecoverer implements Recoverer {

    private enum Place {
        LISTED, ELSEWHERE, UNKNOWN
    }

    /** Walks of a list that changes meanwhile. */
    private static final int WALKS_MAX = 16;

    private final MemorySegment block;
    private final int capacity;
    private final long nodeSize;
    private final long linkOffset;

    PoolRecoverer(MemorySegment block, int capacity, int elementSize, int alignment) {
        this.block = block;
        this.capacity = capacity;
        this.nodeSize = PoolDescriptor.nodeSize(elementSize, alignment);
        this.linkOffset = PoolDescriptor.NODES_OFFSET + PoolDescriptor.linkOffset(elementSize);
    }

    @Override
    public void recover(Remains remains) {
        for (DeadClaim dead : List.copyOf(remains.claims())) {
            if (!isNode(position(dead.claim()))) {
                remains.settle(dead);
            } else if (kind(dead.claim()) == ClaimWord.READING) {
                giveBackCertain(remains, dead);
            }
        }
        // Behind those who are certain: now nobody dead has a node for certain.
        for (DeadClaim dead : List.copyOf(remains.claims())) {
            if (kind(dead.claim()) != ClaimWord.COUNTING) {
                decide(remains, dead);
            }
        }
        count(remains);
    }

    private void giveBackCertain(Remains remains, DeadClaim dead) {
        int index = position(dead.claim());
        // Without its mark, as the intent says of a node that has one that it is another's.
        Atomics.setIntRelease(block, linkOffset(index), NULL_INDEX);
        // Before it is in the list, as it may be another's from then on, and we may die there.
        DeadClaim leaving = remains.replace(dead, ClaimWord.of(ClaimWord.WRITE_INTENT, index));
        StopPoint.RECOVERY_RETURN_ANNOUNCED.reach();
        if (leaving != null) {
            giveBack(remains, leaving);
        }
    }

    private void decide(Remains remains, DeadClaim dead) {
        int index = position(dead.claim());
        if (link(index) == index) {
            // An application has it, since the dead one had not yet taken it, or not yet begun to give it back; or since later.
            over(remains, dead);
            return;
        }
        Place[] place = {Place.UNKNOWN};
        Proof proof = remains.proofOf(index, () -> {
            place[0] = placeOf(index);
            return place[0] == Place.ELSEWHERE && link(index) != index;
        });
        if (place[0] == Place.LISTED) {
            over(remains, dead);
        } else if (proof == Proof.UNDECIDED) {
            remains.count(RecoveryOutcome.UNDECIDED, 1);
            over(remains, dead);
        } else if (proof == Proof.GIVEN) {
            giveBack(remains, dead);
        }
        // Else somebody is at it; it is looked at again.
    }

    private void giveBack(Remains remains, DeadClaim dead) {
        int index = position(dead.claim());
        long head;
        do {
            head = head();
            Atomics.setIntRelease(block, linkOffset(index), PoolDescriptor.index(head));
            // S1 of PoolNodes, for whom the owner died.
        } while (!Atomics.compareAndSetLong(block, FREE_HEAD_OFFSET, head, PoolDescriptor.next(head, index)));
        remains.count(RecoveryOutcome.RETURNED, 1);
        StopPoint.RECOVERY_RETURNED.reach();
        DeadClaim _ = remains.replace(dead, ClaimWord.of(ClaimWord.COUNTING, index));
    }

    private static void over(Remains remains, DeadClaim dead) {
        if (kind(dead.claim()) == ClaimWord.WRITE_INTENT) {
            // It may be in the list, and not counted.
            DeadClaim _ = remains.replace(dead, ClaimWord.of(ClaimWord.COUNTING, position(dead.claim())));
        } else {
            remains.settle(dead);
        }
    }

    /** Sets the count of nodes that are handed out, if there is a moment in which nobody changes it: it is for people. */
    private void count(Remains remains) {
        List<DeadClaim> counting = remains.claims()
                .stream()
                .filter(dead -> kind(dead.claim()) == ClaimWord.COUNTING)
                .toList();
        if (!counting.isEmpty() && !remains.mayBeForeign()) {
            for (int i = 0; i < WALKS_MAX && !recount(remains); i++) {
                Thread.onSpinWait();
            }
        }
        StopPoint.RECOVERY_SETTLED.reach();
        counting.forEach(remains::settle);
    }

    private boolean recount(Remains remains) {
        long head = head();
        // Head first: who has changed it before, and has not counted that yet, is found here.
        if (remains.anyLive(_ -> true)) {
            return false;
        }
        int allocated = Atomics.getIntAcquire(block, ALLOCATED_OFFSET);
        int free = 0;
        for (int each = PoolDescriptor.index(head); each != NULL_INDEX; each = link(each)) {
            if (!isNode(each) || ++free > capacity) {
                return false;
            }
        }
        return head() == head
                && Atomics.compareAndSetInt(block, ALLOCATED_OFFSET, allocated, capacity - free);
    }

    private Place placeOf(int index) {
        for (int i = 0; i < WALKS_MAX; i++) {
            long head = head();
            int each = PoolDescriptor.index(head);
            int walked = 0;
            while (isNode(each) && each != index && walked < capacity) {
                int next = link(each);
                // Taken under our feet: a node that leads to itself goes nowhere.
                walked = next == each ? capacity : walked + 1;
                each = next;
            }
            if (each == NULL_INDEX) {
                return Place.ELSEWHERE;
            }
            if (each == index && head() == head) {
                return Place.LISTED;
            }
        }
        return Place.UNKNOWN;
    }

    private boolean isNode(int index) {
        return index >= 0 && index < capacity;
    }

    private long head() {
        return Atomics.getLongAcquire(block, FREE_HEAD_OFFSET);
    }

    private int link(int index) {
        return Atomics.getIntAcquire(block, linkOffset(index));
    }

    private long linkOffset(int index) {
        return linkOffset + nodeSize * index;
    }
}
