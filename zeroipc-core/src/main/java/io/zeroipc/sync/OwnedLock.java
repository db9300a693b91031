package io.zeroipc.sync;

import java.lang.foreign.MemorySegment;

import io.zeroipc.format.ClaimWord;
import io.zeroipc.format.SemaphoreDescriptor;
import io.zeroipc.memory.StopPoint;
import io.zeroipc.os.Words;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Claims;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Lane;
import io.zeroipc.wait.Deadline;

/**
 * A lock in sixteen bytes, whose holder is announced beside the segment, so that it does not stay locked when he dies: a
 * {@link PermitCell} of one permit. Thread-safe; callers are inside a lane. {@link LockRecoverer} unlocks it for a dead holder.
 */
public final class OwnedLock {

    private final MemorySegment memory;
    private final Words words;
    private final EventCount arrivals;
    private final Claims claims;
    private final long block;
    private final long lockedClaim;
    /** Of who has locked it through this object. Plain: written by the holder, after locking and before unlocking. */
    private int cell;

    /**
     * @param lock checked against {@link io.zeroipc.format.MutexDescriptor}
     * @param guardsData whether what it protects may be half changed whenever its holder dies; otherwise the holder says when, by
     *        {@link #change}
     */
    public OwnedLock(Block lock, Attachment attachment, boolean guardsData) {
        this.memory = lock.memory();
        this.words = new Words(memory);
        this.arrivals = attachment.arrivals(lock, () -> SemaphoreDescriptor.permits(memory));
        this.claims = attachment.claims();
        this.block = lock.offset();
        this.lockedClaim = ClaimWord.of(ClaimWord.LOCKED, guardsData ? ClaimWord.CHANGING : 0);
    }

    /** Locks if nobody has it. */
    public boolean tryTake(Lane lane) {
        if (words.getIntOpaque(SemaphoreDescriptor.COUNT_OFFSET) <= 0) {
            return false;
        }
        int announced = claims.announceLock(lane, block, ClaimWord.of(ClaimWord.LOCK_INTENT));
        StopPoint.LOCK_ANNOUNCED.reach();
        if (!PermitCell.tryTake(words)) {
            claims.clear(announced);
            return false;
        }
        StopPoint.LOCK_TAKEN.reach();
        claims.set(announced, lockedClaim);
        cell = announced;
        StopPoint.LOCK_CONFIRMED.reach();
        return true;
    }

    /** Locks, waiting for it until the deadline; false when somebody had it all the time. */
    public boolean take(Lane lane, Deadline deadline) throws InterruptedException {
        if (tryTake(lane)) {
            return true;
        }
        if (deadline.expired()) {
            return false;
        }
        return Waits.counted(arrivals, memory, SemaphoreDescriptor.WAITING_OFFSET, () -> tryTake(lane), deadline);
    }

    /** From here on what it protects may be half changed if its holder, who calls this, dies. */
    public void change() {
        claims.set(cell, ClaimWord.of(ClaimWord.LOCKED, ClaimWord.CHANGING));
    }

    /** Unlocks, whoever has locked; false when nobody has. */
    public boolean give(Lane lane) {
        // What this object remembers is wrong when it was unlocked through another, or by another process.
        int own = claims.holdsKind(cell, block, ClaimWord.LOCKED) ? cell : Claims.NO_CELL;
        cell = Claims.NO_CELL;
        if (own == Claims.NO_CELL) {
            // First, in case we die between the two.
            own = claims.announceLock(lane, block, ClaimWord.of(ClaimWord.UNLOCKING));
            claims.revoke(block);
        } else {
            claims.set(own, ClaimWord.of(ClaimWord.UNLOCKING));
        }
        StopPoint.LOCK_UNLOCK_ANNOUNCED.reach();
        boolean given = PermitCell.give(words, 1);
        StopPoint.LOCK_UNLOCKED.reach();
        claims.clear(own);
        arrivals.advance();
        return given;
    }
}
