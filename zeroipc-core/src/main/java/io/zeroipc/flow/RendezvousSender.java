package io.zeroipc.flow;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Role;
import io.zeroipc.wait.Deadline;

/** The sending side of a {@link Rendezvous}, whose labels are used here. Thread-safe. */
final class RendezvousSender<T> {

    /** Longer than anything but a stopped or dead process needs to copy an element. */
    private static final Duration UNDECIDED_AFTER = Duration.ofSeconds(1);
    /** And so many looks: the time alone also passes while we are stopped ourselves, and the receiver with us. */
    private static final int UNDECIDED_LOOKS = 1_000;

    private final Rendezvous<T> rendezvous;
    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by the lock, as is all below. */
    private @Nullable Role role;
    /**
     * Whether a C++ receiver may have yet to store ready 0 for an element that we took back in vain. Its store then hits
     * our next offer, which nobody gets to see unless we look after it.
     */
    private boolean lateStorePossible;

    RendezvousSender(Rendezvous<T> rendezvous) {
        this.rendezvous = rendezvous;
    }

    /** How a send ended. */
    enum Outcome {
        SENT, TIMED_OUT, CLOSED
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
        lock.lock();
        try {
            ensureRole();
        } finally {
            lock.unlock();
        }
    }

    void releaseRole() {
        lock.lock();
        try {
            Role held = role;
            if (held != null) {
                held.close();
                role = null;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Hands an element to a receiver that is there; false when there is none, or the slot is in use. */
    boolean offer(T element) {
        if (!lock.tryLock()) {
            return false;
        }
        try {
            ensureRole();
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
            lock.unlock();
        }
    }

    /** Sends an element and waits until a receiver has taken it. */
    Outcome send(T element) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            return exchange(element, false, 0);
        } finally {
            lock.unlock();
        }
    }

    /** Sends an element and waits until a receiver has taken it, or the time is over and it was withdrawn. */
    Outcome send(T element, Duration timeout) throws InterruptedException {
        long deadline = Deadline.nanosAfter(timeout);
        if (!lock.tryLock(Deadline.remainingNanos(deadline), TimeUnit.NANOSECONDS)) {
            return Outcome.TIMED_OUT;
        }
        try {
            return exchange(element, true, deadline);
        } finally {
            lock.unlock();
        }
    }

    private Outcome exchange(T element, boolean timed, long deadline) throws InterruptedException {
        ensureRole();
        rendezvous.enterSend();
        try {
            int attempts = 0;
            while (true) {
                if (rendezvous.isClosed()) {
                    return Outcome.CLOSED;
                }
                if (!rendezvous.isReady()) {
                    break;
                }
                if (timed && Deadline.isPast(deadline)) {
                    return Outcome.TIMED_OUT;
                }
                attempts = rendezvous.attachment().pause(attempts);
            }
            rendezvous.write(element);
            return awaitTaken(timed, deadline);
        } finally {
            rendezvous.leaveSend();
        }
    }

    private Outcome awaitTaken(boolean timed, long deadline) throws InterruptedException {
        int attempts = 0;
        int looks = 0;
        long undecided = 0;
        while (!rendezvous.isTaken()) {
            if (lateStorePossible) {
                // While an element waits, (0, 0) can only come from that store.
                rendezvous.offerAgain();
            }
            boolean closed = rendezvous.isClosed();
            if (closed || (timed && Deadline.isPast(deadline))) {
                Withdrawal withdrawal = withdraw();
                if (withdrawal == Withdrawal.TAKEN) {
                    return Outcome.SENT;
                }
                if (withdrawal == Withdrawal.WITHDRAWN) {
                    return closed ? Outcome.CLOSED : Outcome.TIMED_OUT;
                }
                if (looks == 0) {
                    undecided = Deadline.nanosAfter(UNDECIDED_AFTER);
                }
                looks++;
                if (looks > UNDECIDED_LOOKS && Deadline.isPast(undecided)) {
                    throw new ZeroIpcException(
                            "a receiver is in the middle of a receive and does not go on, so whether it"
                                    + " has the element is unknown: " + rendezvous.describe()
                                    + " (its process is stopped or"
                                    + " dead; the element stays on offer, and the next receiver gets it)");
                }
            }
            try {
                attempts = rendezvous.attachment().pause(attempts);
            } catch (InterruptedException e) {
                return interrupted(e);
            }
        }
        lateStorePossible = false;
        return Outcome.SENT;
    }

    private Outcome interrupted(InterruptedException interruption) throws InterruptedException {
        Withdrawal withdrawal = withdraw();
        if (withdrawal == Withdrawal.TAKEN) {
            Thread.currentThread().interrupt();
            return Outcome.SENT;
        }
        if (withdrawal == Withdrawal.WITHDRAWN) {
            throw interruption;
        }
        InterruptedException stillOffered = new InterruptedException(
                "interrupted while a receiver was there; it may yet receive the element: " + rendezvous.describe());
        stillOffered.initCause(interruption);
        throw stillOffered;
    }

    /** Leaves an element on offer for a receiver that will see it, or takes it back. */
    private boolean handOver() {
        Atomics.fullFence();
        while (true) {
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

    private void ensureRole() {
        rendezvous.attachment().ensureWritable();
        if (role == null) {
            role = rendezvous.claimSender();
        }
    }
}
