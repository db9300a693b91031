package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.format.StateDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.wait.Looks;

/**
 * The slots of a state and the protocol of reading one: find, read, and find out whether it was still whole. Thread-safe.
 * The invariants I and orderings S are those of {@link SharedState}.
 *
 * <pre>{@code
 * int looks = 0;
 * while (true) {
 *     long version = slots.latest();
 *     if (version == 0) {
 *         return false;
 *     }
 *     long slot = slots.find(version);
 *     if (slot != OVERTAKEN) {
 *         read(slot);
 *         if (slots.isWhole(slot, version)) {
 *             return true;
 *         }
 *     }
 *     looks = slots.pause(looks, version);
 * }
 * }</pre>
 */
final class StateSlots {

    static final long OVERTAKEN = -1;

    /** A writer that is at work moves on meanwhile. */
    private static final int LOOKS_BEFORE_DAMAGE = 250;

    final MemorySegment memory;
    final int payloadSize;

    private final String label;
    private final long slotCount;
    private final long slotStride;

    /** @param memory checked against {@link StateDescriptor}, with these numbers */
    StateSlots(MemorySegment memory, String label, long slotCount, int payloadSize) {
        this.memory = memory;
        this.label = label;
        this.payloadSize = payloadSize;
        this.slotCount = slotCount;
        this.slotStride = StateDescriptor.slotStride(memory, slotCount);
    }

    int slotCount() {
        return (int) slotCount;
    }

    /** Where the slot of a version begins. */
    long slot(long version) {
        return StateDescriptor.slotOffset(version, slotCount, slotStride);
    }

    /** The version of the newest complete sample; 0 when there is none. */
    long latest() {
        // S2, pairs with the release-store of latest in StateWriter: the slot of this version is complete.
        return Atomics.getLongAcquire(memory, StateDescriptor.LATEST_OFFSET);
    }

    /** Where the slot of this version begins, or {@link #OVERTAKEN} when it holds another one by now. */
    long find(long version) {
        long slot = slot(version);
        // S1, pairs with the release-store of the even sequence in StateWriter: what is read behind this load is at
        // least as new as the sample.
        boolean complete = Atomics.getLongAcquire(memory, slot + StateDescriptor.SEQUENCE_OFFSET) == StateDescriptor
                .complete(version);
        return complete ? slot : OVERTAKEN;
    }

    /** Whether all that was read from the slot since {@link #find} belongs to this version. */
    boolean isWhole(long slot, long version) {
        // S3, pairs with the store-store fence in StateWriter: if anything read above is newer than the sample, the
        // load below sees the odd sequence stored before it, or a later one.
        Atomics.loadLoadFence();
        return Atomics.getLongOpaque(memory, slot + StateDescriptor.SEQUENCE_OFFSET) == StateDescriptor
                .complete(version);
    }

    /**
     * Passes a moment before the next look; a writer has to make the whole round of the slots within each of them, about a
     * second long, before a reader gives up.
     *
     * @param looks 0 at first
     * @return what to pass next time
     */
    int pause(int looks, long version) {
        if (looks >= Looks.MAX) {
            throw new ZeroIpcException("state is overwritten faster than it can be read: " + describe(version)
                    + ", looks=" + looks + " (create it with more slots, or write less often)");
        }
        int next = Looks.pause(looks);
        // Who overwrites the newest slot has announced newer versions before, and the pause was long enough to see them.
        if (looks >= LOOKS_BEFORE_DAMAGE && find(version) == OVERTAKEN && latest() == version) {
            throw new ZeroIpcException("state is damaged, its newest slot holds another version: " + describe(version)
                    + " (a program without the writer's role wrote to it)");
        }
        return next;
    }

    private String describe(long version) {
        return label + ", version=" + version + ", slots=" + slotCount;
    }
}
