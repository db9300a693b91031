package io.zeroipc.sync;

import java.lang.foreign.MemorySegment;
import java.util.List;

import io.zeroipc.format.ClaimWord;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Recoverer;
import io.zeroipc.segment.RecoveryOutcome;
import io.zeroipc.segment.Remains;
import io.zeroipc.segment.Remains.DeadClaim;

import static io.zeroipc.format.EventDescriptor.SIGNALED_OFFSET;

/**
 * Ends the pulse of a manual event for who died in it: resets the event, as he would have done. Who died while he reset it may
 * have done so, and somebody may have signalled since: then it stays as it is, as a signal must not get lost.
 */
final class PulseRecoverer implements Recoverer {

    private final MemorySegment event;

    PulseRecoverer(MemorySegment event) {
        this.event = event;
    }

    @Override
    public void recover(Remains remains) {
        for (DeadClaim dead : List.copyOf(remains.claims())) {
            if (ClaimWord.kind(dead.claim()) == ClaimWord.LOCKED) {
                DeadClaim resetting = remains.replace(dead, ClaimWord.of(ClaimWord.UNLOCKING));
                if (resetting == null) {
                    continue;
                }
                Atomics.setIntRelease(event, SIGNALED_OFFSET, 0);
                remains.count(RecoveryOutcome.UNLOCKED, 1);
                remains.settle(resetting);
            } else {
                remains.settle(dead);
            }
        }
    }
}
