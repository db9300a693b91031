package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.format.StateDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.wait.WaitStrategy;

/**
 * The slots of a state and the protocol of reading one: find, read, and find out whether it was still whole. Thread-safe.
 * The invariants I and orderings S are those of {@link SharedState}.
 *
 * <pre>{@code
 * for (int attempt = 0;; attempt++) {
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
 *     slots.retry(attempt, version);
 * }
 * }</pre>
 */
final class StateSlots {

    static final long OVERTAKEN = -1;

    /** A writer has to make the whole round of the slots within each of so many copies before a reader gives up. */
    private static final int ATTEMPTS = 1000;

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

    /** Passes a moment before the next attempt; the last one ends in an exception. */
    void retry(int attempt, long version) {
        if (attempt >= ATTEMPTS) {
            throw overtaken(version);
        }
        WaitStrategy.backoff().idle(attempt);
    }

    private ZeroIpcException overtaken(long version) {
        String values = label + ", version=" + version + ", slots=" + slotCount + ", attempts=" + ATTEMPTS;
        return new ZeroIpcException(latest() == version
                ? "state is damaged, its newest slot holds another version: " + values
                        + " (a program without the writer's role wrote to it)"
                : "state is overwritten faster than it can be read: " + values
                        + " (create it with more slots, or write less often)");
    }
}
