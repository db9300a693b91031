package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;

import io.zeroipc.StructureBusyException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.format.StackDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Blocks;

import static io.zeroipc.format.StackDescriptor.EMPTY;
import static io.zeroipc.format.StackDescriptor.READING;
import static io.zeroipc.format.StackDescriptor.READY;
import static io.zeroipc.format.StackDescriptor.TOP_OFFSET;
import static io.zeroipc.format.StackDescriptor.WRITING;

/**
 * The slots of a stack: who may write and who may read which one. Knows nothing of elements. Thread-safe.
 *
 * <p>
 * Overview: the bounded stack of {@code docs/format/stack.md}, an index of the top and a state word beside each slot.
 * Changed from the original: a slot is owned before the top is moved over it, not after. So a thread that gives up
 * waiting for a slot has moved nothing that it could fail to move back.
 *
 * <p>
 * Invariants. I1: {@code -1 <= top < capacity}. I2: a slot that is WRITING or READING has one owner, the thread that
 * made it so, and only that thread changes its state. I3: the top moves over a slot, up or down, only by a thread that
 * owns this slot (programs in other languages: by one that is going to). I4: at rest, the slots up to the top are READY
 * and the others EMPTY.
 *
 * <p>
 * Ordering. S1: the release-store of READY in {@link #publish} pairs with the compare-and-set in {@link #own}: the element
 * is visible to whoever owns the slot next. S2: the release-store of EMPTY in {@link #release} pairs with the same
 * compare-and-set of a producer: the reader has finished before the slot is written again.
 *
 * <p>
 * Progress: lock-free but for the slots themselves. A thread that stops while it owns a slot lets others wait for it
 * there: pushes milliseconds, after which there is no room; pops and looks about a second, after which they say by
 * exception that they cannot tell whether there is an element.
 *
 * <p>
 * If a process dies as owner of a slot: the slot keeps its state. Pushes find the stack full from a dead slot above the
 * top on; pops cannot tell while a dead slot is the top. These bytes do not name the owner, so nothing is repaired.
 */
final class StackSlots {

    /** No slot: the stack is empty, or there is no free slot above the top. */
    static final int NONE = -1;

    private final Blocks blocks;
    private final MemorySegment block;
    private final long states;
    private final int elementSize;
    private final int capacity;

    /**
     * @param blocks where this is, for messages
     * @param block checked against {@link StackDescriptor}
     */
    StackSlots(Blocks blocks, MemorySegment block, int capacity, int elementSize) {
        this.blocks = blocks;
        this.block = block;
        this.states = StackDescriptor.statesOffset(capacity, elementSize);
        this.elementSize = elementSize;
        this.capacity = capacity;
    }

    int capacity() {
        return capacity;
    }

    int size() {
        return StackDescriptor.size(block, capacity);
    }

    /** Where a slot begins in the block. */
    long offset(int index) {
        return StackDescriptor.SLOTS_OFFSET + (long) index * elementSize;
    }

    /**
     * Owns the slot above the top and copies an element into it, then moves the top over it; {@link #publish} must
     * follow. {@link #NONE} when the stack is full, or this slot stays with somebody else for all looks: no room.
     *
     * @param looksMax {@link SlotWait#LOOKS_MAX} takes milliseconds, and longer where many want the processors
     */
    int push(MemorySegment encoded, int looksMax) {
        int looks = 0;
        while (looks < looksMax) {
            int top = top();
            int index = top + 1;
            if (index == capacity) {
                return NONE;
            }
            if (!own(index, EMPTY, WRITING)) {
                looks = pause(looks);
                continue;
            }
            // Before the top moves, so that pops wait at this slot for no longer than one store takes.
            MemorySegment.copy(encoded, 0, block, offset(index), elementSize);
            // I3. The value of top may have come back in between: all that matters is that slot top + 1 is ours.
            if (Atomics.compareAndSetInt(block, TOP_OFFSET, top, index)) {
                return index;
            }
            release(index);
        }
        return NONE;
    }

    /** Makes an owned slot an element: the one written by {@link #push}, or the one looked at after {@link #ownTop}. */
    void publish(int index) {
        // S1, pairs with own() of the next reader: the element is visible to whoever finds the slot READY.
        Atomics.setIntRelease(block, stateOffset(index), READY);
    }

    /** Owns the slot of the top and moves the top below it; {@link #release} must follow. */
    int pop() {
        while (true) {
            int index = ownTop();
            // I3. As in push().
            if (index == NONE || Atomics.compareAndSetInt(block, TOP_OFFSET, index, index - 1)) {
                return index;
            }
            publish(index);
        }
    }

    /**
     * Owns the slot of the top, which stays where it is; {@link #publish} must follow.
     *
     * @throws StructureBusyException when the slot of the top stays with somebody else
     */
    int ownTop() {
        int looks = 0;
        int top = NONE;
        while (looks < SlotWait.LOOKS_OF_THE_PATIENT) {
            top = top();
            if (top < 0) {
                return NONE;
            }
            if (own(top, READY, READING)) {
                // Whatever it held was on top since we looked, also if somebody has pushed or popped between the two.
                return top;
            }
            looks = pause(looks);
        }
        throw SlotWait.busy(blocks,
                "top=" + top + ", state=" + StackDescriptor.stateName(Atomics.getIntAcquire(block, stateOffset(top))),
                "what is below the top is out of reach: create the stack anew");
    }

    /** Frees an owned slot. */
    void release(int index) {
        // S2, pairs with own() in push(): earlier, and the slot could be overwritten while it is read.
        Atomics.setIntRelease(block, stateOffset(index), EMPTY);
    }

    /** Who waits for a slot has begun nothing, so it ends as a new operation would. */
    private int pause(int looks) {
        blocks.attachment().ensureWritable();
        return SlotWait.pause(looks);
    }

    private boolean own(int index, int from, int to) {
        // S1 and S2, pairs with the release-stores in publish() and release().
        return Atomics.compareAndSetInt(block, stateOffset(index), from, to);
    }

    private int top() {
        int top = Atomics.getIntAcquire(block, TOP_OFFSET);
        if (top < StackDescriptor.NO_TOP || top >= capacity) {
            throw new ZeroIpcException(
                    "stack is damaged: " + blocks.describe() + ", top=" + top + ", capacity=" + capacity
                            + " (a program wrote to the stack's bytes past its operations; create it anew)");
        }
        return top;
    }

    private long stateOffset(int index) {
        return states + StackDescriptor.STATE_SIZE * index;
    }
}
