package io.zeroipc.flow;

import java.time.Duration;

import io.zeroipc.SegmentDetachedException;
import io.zeroipc.StructureBusyException;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Lane;
import io.zeroipc.wait.Deadline;
import io.zeroipc.wait.Looks;

/** The sending side of a {@link Rendezvous}, whose labels are used here. Thread-safe. */
final class RendezvousSender<T> {

    /** Longer than anything but a stopped or dead process needs to copy an element. */
    private static final Duration UNDECIDED_AFTER = Duration.ofSeconds(1);
    /** And so many looks, where a long one counts for several: the time alone also passes while we are stopped ourselves, and the receiver with us. */
    private static final int UNDECIDED_LOOKS = 1_000;
    /** When our segment is being closed: longer than a receiver that waits needs to take an element. */
    private static final Duration UNDECIDED_AT_CLOSE = Duration.ofMillis(100);

    private final Rendezvous<T> rendezvous;
    private final Attachment attachment;
    private final RendezvousSide side;
    /**
     * Whether a C++ receiver may have yet to store ready 0 for an element that we took back in vain. Its store then hits
     * our next offer, which nobody gets to see unless we look after it. Guarded by the turn.
     */
    private boolean lateStorePossible;

    RendezvousSender(Rendezvous<T> rendezvous) {
        this.rendezvous = rendezvous;
        this.attachment = rendezvous.attachment();
        this.side = new RendezvousSide(attachment, rendezvous::claimSender);
    }

    private enum Withdrawal {
        /** The element was taken before. */
        TAKEN,
        /** The element was withdrawn; nobody has it or will have it. */
        WITHDRAWN,
        /** The element is on offer as before: a receiver is there that may be copying it. */
        STILL_OFFERED
    }

    /** Takes the role, if this object has not got it. */
    void claimRole() {
        if (side.hasRole()) {
            // Without the turn, which a thread may have for long.
            return;
        }
        side.awaitTurn();
        try (Lane _ = side.enter()) {
            // That is all.
        } finally {
            side.endTurn();
        }
    }

    void releaseRole() {
        side.awaitTurn();
        try {
            side.release();
        } finally {
            side.endTurn();
        }
    }

    /** Hands an element to a receiver that is there; false when there is none, or the slot is in use. */
    boolean offer(T element) {
        if (!side.tryTurn()) {
            return false;
        }
        try (Lane _ = side.enter()) {
            requireNotNested();
            if (rendezvous.isClosed() || rendezvous.isReady()) {
                return false;
            }
            if (!rendezvous.hasReceivers()) {
                lateStorePossible = false;
                return false;
            }
            if (lateStorePossible) {
                // The element might be wiped after we have gone. A send that waits would notice.
                return false;
            }
            rendezvous.enterSend();
            try {
                rendezvous.write(element);
                return handOver();
            } finally {
                rendezvous.leaveSend();
            }
        } finally {
            side.endTurn();
        }
    }

    /** Sends an element and waits until a receiver has taken it, or the time is over and it was withdrawn. */
    SendOutcome send(T element, Deadline deadline) throws InterruptedException {
        if (!side.awaitTurn(deadline)) {
            return SendOutcome.TIMED_OUT;
        }
        try (Lane _ = side.enter()) {
            requireNotNested();
            rendezvous.enterSend();
            try {
                return exchange(element, deadline);
            } finally {
                rendezvous.leaveSend();
            }
        } finally {
            side.endTurn();
        }
    }

    private void requireNotNested() {
        if (side.isNested()) {
            throw new IllegalStateException(
                    "sender is busy: " + rendezvous.describe() + " (do not send within its own codec)");
        }
    }

    private SendOutcome exchange(T element, Deadline deadline) throws InterruptedException {
        boolean free = rendezvous.changes().await(() -> rendezvous.isClosed() || !rendezvous.isReady(), deadline);
        if (rendezvous.isClosed()) {
            return SendOutcome.CLOSED;
        }
        if (!free) {
            return SendOutcome.TIMED_OUT;
        }
        rendezvous.write(element);
        try {
            rendezvous.changes().await(() -> isTaken() || rendezvous.isClosed(), deadline);
            return isTaken() ? SendOutcome.SENT : withdrawPatiently();
        } catch (InterruptedException e) {
            return interrupted(e);
        } catch (SegmentDetachedException e) {
            // The bytes may be gone.
            throw e;
        } catch (IllegalStateException e) {
            return refused(e);
        }
    }

    /** Whether the element on offer was taken. Looks after it. */
    private boolean isTaken() {
        if (rendezvous.isTaken()) {
            lateStorePossible = false;
            return true;
        }
        // While an element waits, (0, 0) can only come from the late store of a C++ receiver: of ours, or of a predecessor that
        // was killed before it came.
        rendezvous.offerAgain();
        return false;
    }

    /** The time is over, or the channel closed: takes the element back, unless a receiver that is there takes it first. */
    private SendOutcome withdrawPatiently() throws InterruptedException {
        Deadline patience = Deadline.after(UNDECIDED_AFTER);
        int attempts = 0;
        int looks = 0;
        while (looks < UNDECIDED_LOOKS || !patience.expired()) {
            long begun = System.nanoTime();
            boolean closed = rendezvous.isClosed();
            Withdrawal withdrawal = withdraw();
            if (withdrawal == Withdrawal.TAKEN) {
                return SendOutcome.SENT;
            }
            if (withdrawal == Withdrawal.WITHDRAWN) {
                return closed ? SendOutcome.CLOSED : SendOutcome.TIMED_OUT;
            }
            attempts = attachment.pause(attempts);
            looks = Looks.next(looks, begun);
        }
        throw unknown();
    }

    private SendOutcome interrupted(InterruptedException interruption) throws InterruptedException {
        Withdrawal withdrawal = withdraw();
        if (withdrawal == Withdrawal.TAKEN) {
            Thread.currentThread().interrupt();
            return SendOutcome.SENT;
        }
        if (withdrawal == Withdrawal.WITHDRAWN) {
            throw interruption;
        }
        InterruptedException stillOffered = new InterruptedException(
                "interrupted while a receiver was there; it may yet receive the element: " + rendezvous.describe());
        stillOffered.initCause(interruption);
        throw stillOffered;
    }

    /** The segment is being closed: who sends is told whether the element was sent. */
    private SendOutcome refused(IllegalStateException refusal) {
        Deadline patience = Deadline.after(UNDECIDED_AT_CLOSE);
        int attempts = 0;
        while (true) {
            Withdrawal withdrawal = withdraw();
            if (withdrawal == Withdrawal.TAKEN) {
                return SendOutcome.SENT;
            }
            if (withdrawal == Withdrawal.WITHDRAWN) {
                throw refusal;
            }
            if (patience.expired()) {
                throw new IllegalStateException(refusal.getMessage() + ", name=" + rendezvous.name()
                        + " (a receiver was there and may yet receive the element)", refusal);
            }
            attempts = attachment.pauseToEnd(attempts);
        }
    }

    /** Leaves an element on offer for a receiver that will see it, or takes it back. */
    private boolean handOver() {
        Atomics.fullFence();
        for (int looks = 0; looks < UNDECIDED_LOOKS; looks++) {
            // S3: a receiver that leaves after this looks at the slot once more.
            if (rendezvous.hasReceivers()) {
                return true;
            }
            Withdrawal withdrawal = withdraw();
            if (withdrawal != Withdrawal.STILL_OFFERED) {
                return withdrawal == Withdrawal.TAKEN;
            }
            // A receiver came just now.
        }
        throw unknown();
    }

    private Withdrawal withdraw() {
        if (!rendezvous.takeBack() && rendezvous.isTaken()) {
            lateStorePossible = false;
            return Withdrawal.TAKEN;
        }
        // By us, or by a late store, it is (0, 0). S3: whoever saw (1, 0) before that was counted before.
        Atomics.fullFence();
        if (!rendezvous.hasReceivers()) {
            lateStorePossible = false;
            return rendezvous.isTaken() ? Withdrawal.TAKEN : Withdrawal.WITHDRAWN;
        }
        if (rendezvous.offerAgain()) {
            return Withdrawal.STILL_OFFERED;
        }
        // A C++ receiver stored consumed, and stores ready 0 any moment: perhaps not before our next element is offered.
        lateStorePossible = true;
        return Withdrawal.TAKEN;
    }

    private StructureBusyException unknown() {
        return new StructureBusyException(
                "a receiver is in the middle of a receive and does not go on, so whether it has the element is unknown: "
                        + rendezvous.describe() + " (its process is stopped or dead; the element stays on offer, and"
                        + " the next receiver gets it)",
                rendezvous.segmentName(), rendezvous.name());
    }
}
