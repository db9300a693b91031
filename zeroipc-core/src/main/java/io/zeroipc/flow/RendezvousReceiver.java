package io.zeroipc.flow;

import org.jspecify.annotations.Nullable;

import io.zeroipc.RoleTakenException;
import io.zeroipc.SegmentDetachedException;
import io.zeroipc.segment.Lane;
import io.zeroipc.segment.Role;
import io.zeroipc.segment.SlotConsumer;
import io.zeroipc.wait.Deadline;

/** The receiving side of a {@link Rendezvous}, whose labels are used here. Thread-safe. */
final class RendezvousReceiver<T> {

    private final Rendezvous<T> rendezvous;
    private final RendezvousSide side;
    /** Whether we are counted among the receivers. Guarded by the turn, or by nobody being in the role's lane. */
    private boolean announced;
    /** Guarded by the turn. */
    private boolean intakeOpen;

    RendezvousReceiver(Rendezvous<T> rendezvous) {
        this.rendezvous = rendezvous;
        this.side = new RendezvousSide(rendezvous.attachment(), this::claimRole);
    }

    private Role claimRole() {
        Role role = rendezvous.claimReceiver();
        announced = false;
        role.settleAtClose(this::retract);
        return role;
    }

    /** The element on offer, or null. */
    @Nullable
    T poll() {
        if (!side.tryTurn()) {
            return null;
        }
        try (Lane _ = side.enter()) {
            return rendezvous.claim() ? load() : null;
        } finally {
            side.endTurn();
        }
    }

    /** Hands the element on offer to {@code consumer} in the slot; false when there is none. */
    boolean poll(SlotConsumer consumer) {
        if (!side.tryTurn()) {
            return false;
        }
        try (Lane lane = side.enter()) {
            return rendezvous.claim() && hand(consumer, lane);
        } finally {
            side.endTurn();
        }
    }

    /** Waits for an element; null when the time is over, or the channel is closed and none is on offer. */
    @Nullable
    T receive(Deadline deadline) throws InterruptedException {
        if (!side.awaitTurn(deadline)) {
            return null;
        }
        try (Lane _ = side.enter()) {
            return await(deadline);
        } finally {
            side.endTurn();
        }
    }

    private @Nullable T await(Deadline deadline) throws InterruptedException {
        if (side.isNested()) {
            throw new IllegalStateException(
                    "receiver is busy: " + rendezvous.describe() + " (do not wait within its own consumer)");
        }
        announce();
        boolean claimed;
        try {
            claimed = rendezvous.changes()
                    .await(() -> rendezvous.claim() ? true : null, rendezvous::isClosed, deadline) != null;
        } catch (InterruptedException e) {
            T element = leave(false);
            if (element == null) {
                throw e;
            }
            // The sender was told that it arrived; the interrupt is for the next who asks.
            Thread.currentThread().interrupt();
            return element;
        } catch (SegmentDetachedException e) {
            // The bytes may be gone.
            throw e;
        } catch (RuntimeException e) {
            // The segment is closed meanwhile, and its bytes are there until we leave.
            T element = leave(false);
            if (element == null) {
                throw e;
            }
            return element;
        }
        return leave(claimed);
    }

    /** Waits no longer: the element that was claimed, or is on offer now. */
    private @Nullable T leave(boolean claimed) {
        retract();
        // S3: a sender that still counted us may have handed its element over after our last look. It was told so.
        return claimed || rendezvous.claim() ? load() : null;
    }

    // a receiver that keeps polling

    /** Takes the role for an intake. */
    void openIntake() {
        side.awaitTurn();
        try (Lane _ = side.enter()) {
            if (intakeOpen) {
                throw new RoleTakenException(
                        "role is taken: " + rendezvous.describe() + ", role=receiver (an unbuffered"
                                + " channel has one receiver at a time; close the other intake)",
                        rendezvous.segmentName(),
                        rendezvous.name(), "receiver");
            }
            intakeOpen = true;
        } finally {
            side.endTurn();
        }
    }

    /** Gives the role back. An element on offer stays there. */
    void closeIntake() {
        side.awaitTurn();
        try {
            intakeOpen = false;
            side.release();
        } finally {
            side.endTurn();
        }
    }

    /** Gives the role back, unless an intake has it. */
    void releaseRole() {
        side.awaitTurn();
        try {
            if (!intakeOpen) {
                side.release();
            }
        } finally {
            side.endTurn();
        }
    }

    /** As {@link #poll()}; counts as a waiting receiver from a fruitless call to the next fruitful one. */
    @Nullable
    T pollAnnounced() {
        if (!side.tryTurn()) {
            return null;
        }
        try (Lane _ = side.enter()) {
            return claimAnnounced() ? load() : null;
        } finally {
            side.endTurn();
        }
    }

    /** As {@link #poll(SlotConsumer)} and {@link #pollAnnounced()}. */
    boolean pollAnnounced(SlotConsumer consumer) {
        if (!side.tryTurn()) {
            return false;
        }
        try (Lane lane = side.enter()) {
            return claimAnnounced() && hand(consumer, lane);
        } finally {
            side.endTurn();
        }
    }

    private boolean claimAnnounced() {
        if (!rendezvous.claim()) {
            announce();
            return false;
        }
        // Whoever handles the element is not waiting for the next one: a sender may withdraw that.
        retract();
        return true;
    }

    private void announce() {
        if (!announced) {
            announced = true;
            rendezvous.enterReceive();
        }
    }

    /** Also what the close of the segment does for an open role. */
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

    private boolean hand(SlotConsumer consumer, Lane lane) {
        lane.callOut();
        try {
            consumer.accept(rendezvous.data(), 0);
        } finally {
            lane.callIn();
            rendezvous.finish();
        }
        return true;
    }
}
