package io.zeroipc.flow;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Lane;
import io.zeroipc.segment.Role;
import io.zeroipc.wait.Deadline;

/**
 * One side of a {@link Rendezvous}: the role, which this process has, and whose turn it is among its threads. Thread-safe.
 *
 * <p>
 * The turn is taken first and the role's lane entered second: {@link Role#settleAtClose} runs only while nobody is in the lane,
 * and takes no turn, so the two cannot wait for each other.
 */
final class RendezvousSide {

    /** Who waits for the turn looks so often whether the segment is still there. */
    private static final long LOOK_NANOS = 1_000_000;

    private final Attachment attachment;
    private final Supplier<Role> claim;
    private final ReentrantLock turn = new ReentrantLock();
    /** Written with the turn. */
    private volatile @Nullable Role role;
    /** The role is to be given back as soon as the operation ends that is under way. Guarded by the turn. */
    private boolean releaseDue;

    RendezvousSide(Attachment attachment, Supplier<Role> claim) {
        this.attachment = attachment;
        this.claim = claim;
    }

    /** Takes the turn; false when another thread has it. */
    boolean tryTurn() {
        if (turn.tryLock()) {
            return true;
        }
        attachment.ensureWritable();
        return false;
    }

    /**
     * Waits for the turn; false when the time is over.
     *
     * @throws IllegalStateException when the segment is closed meanwhile
     */
    boolean awaitTurn(Deadline deadline) throws InterruptedException {
        while (!turn.tryLock(Math.min(LOOK_NANOS, deadline.remainingNanos()), TimeUnit.NANOSECONDS)) {
            attachment.ensureWritable();
            if (deadline.expired()) {
                return false;
            }
        }
        return true;
    }

    /** Waits for the turn as long as it takes: a thread that waits for the other side has it until then. */
    void awaitTurn() {
        turn.lock();
    }

    /** Whether this object has the role. */
    boolean hasRole() {
        return role != null;
    }

    /** Whether the thread that has the turn has it twice: it is in code of others, within an operation. */
    boolean isNested() {
        return turn.getHoldCount() > 1;
    }

    void endTurn() {
        try {
            if (releaseDue && !isNested()) {
                releaseNow();
            }
        } finally {
            turn.unlock();
        }
    }

    /**
     * Begins an operation in the lane of the role, which is taken now if this object has not got it.
     *
     * @throws io.zeroipc.RoleTakenException when somebody else has it
     */
    Lane enter() {
        Role held = role;
        if (held == null) {
            attachment.ensureWritable();
            held = claim.get();
            role = held;
        }
        return held.lane().enterToWrite();
    }

    /** Gives the role back, settled; within an operation, at the end of it. The caller has the turn. */
    void release() {
        if (isNested()) {
            releaseDue = true;
        } else {
            releaseNow();
        }
    }

    private void releaseNow() {
        releaseDue = false;
        Role held = role;
        if (held != null) {
            role = null;
            held.settleAndClose();
        }
    }
}
