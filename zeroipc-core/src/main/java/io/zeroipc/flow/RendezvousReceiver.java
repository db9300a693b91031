package io.zeroipc.flow;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import io.zeroipc.RoleTakenException;
import io.zeroipc.segment.Role;
import io.zeroipc.segment.SlotConsumer;
import io.zeroipc.wait.Deadline;

/** The receiving side of a {@link Rendezvous}, whose labels are used here. Thread-safe. */
final class RendezvousReceiver<T> {

    private final Rendezvous<T> rendezvous;
    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by the lock, as is all below. */
    private @Nullable Role role;
    /** Whether we are counted among the receivers. */
    private boolean announced;
    private boolean intakeOpen;

    RendezvousReceiver(Rendezvous<T> rendezvous) {
        this.rendezvous = rendezvous;
    }

    /** The element on offer, or null. */
    @Nullable
    T poll() {
        if (!lock.tryLock()) {
            return null;
        }
        try {
            ensureRole();
            return rendezvous.claim() ? load() : null;
        } finally {
            lock.unlock();
        }
    }

    /** Hands the element on offer to {@code consumer} in the slot; false when there is none. */
    boolean poll(SlotConsumer consumer) {
        if (!lock.tryLock()) {
            return false;
        }
        try {
            ensureRole();
            return rendezvous.claim() && hand(consumer);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for an element; null when the channel is closed and none is on offer. */
    @Nullable
    T receive() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            return await(false, 0);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for an element; null when the time is over, or the channel is closed and none is on offer. */
    @Nullable
    T receive(Duration timeout) throws InterruptedException {
        long deadline = Deadline.nanosAfter(timeout);
        if (!lock.tryLock(Deadline.remainingNanos(deadline), TimeUnit.NANOSECONDS)) {
            return null;
        }
        try {
            return await(true, deadline);
        } finally {
            lock.unlock();
        }
    }

    private @Nullable T await(boolean timed, long deadline) throws InterruptedException {
        ensureRole();
        announce();
        boolean claimed = rendezvous.claim();
        try {
            int attempts = 0;
            while (!claimed && !rendezvous.isClosed() && !(timed && Deadline.isPast(deadline))) {
                attempts = rendezvous.attachment().pause(attempts);
                claimed = rendezvous.claim();
            }
        } finally {
            retract();
        }
        // S3: a sender that still counted us may have handed its element over after our last look.
        return claimed || rendezvous.claim() ? load() : null;
    }

    // a receiver that keeps polling

    /** Takes the role for an intake. */
    void openIntake() {
        lock.lock();
        try {
            if (intakeOpen) {
                throw new RoleTakenException(
                        "role is taken: " + rendezvous.describe() + ", role=receiver (an unbuffered"
                                + " channel has one receiver at a time; close the other intake)",
                        rendezvous.segmentName(),
                        rendezvous.name(), "receiver");
            }
            ensureRole();
            intakeOpen = true;
        } finally {
            lock.unlock();
        }
    }

    /** Gives the role back. An element on offer stays there. */
    void closeIntake() {
        lock.lock();
        try {
            intakeOpen = false;
            releaseRole();
        } finally {
            lock.unlock();
        }
    }

    /** Gives the role back, unless an intake has it. */
    void releaseRole() {
        lock.lock();
        try {
            Role held = role;
            if (held != null && !intakeOpen) {
                retract();
                held.close();
                role = null;
            }
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #poll()}; counts as a waiting receiver from a fruitless call to the next fruitful one. */
    @Nullable
    T pollAnnounced() {
        if (!lock.tryLock()) {
            return null;
        }
        try {
            return claimAnnounced() ? load() : null;
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #poll(SlotConsumer)} and {@link #pollAnnounced()}. */
    boolean pollAnnounced(SlotConsumer consumer) {
        if (!lock.tryLock()) {
            return false;
        }
        try {
            return claimAnnounced() && hand(consumer);
        } finally {
            lock.unlock();
        }
    }

    private boolean claimAnnounced() {
        ensureRole();
        if (!rendezvous.claim()) {
            if (announced) {
                return false;
            }
            announce();
            // S3: a sender that did not count us yet may have offered in between.
            if (!rendezvous.claim()) {
                return false;
            }
        }
        // Whoever handles the element is not waiting for the next one: a sender may withdraw that.
        retract();
        return true;
    }

    private void ensureRole() {
        rendezvous.attachment().ensureWritable();
        if (role == null) {
            announced = false;
            role = rendezvous.claimReceiver();
        }
    }

    private void announce() {
        if (!announced) {
            announced = true;
            rendezvous.enterReceive();
        }
    }

    private void retract() {
        if (announced) {
            announced = false;
            rendezvous.leaveReceive();
        }
    }

    private T load() {
        try {
            return rendezvous.read();
        } finally {
            rendezvous.finish();
        }
    }

    private boolean hand(SlotConsumer consumer) {
        try {
            consumer.accept(rendezvous.data(), 0);
        } finally {
            rendezvous.finish();
        }
        return true;
    }
}
