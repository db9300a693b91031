package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

import io.zeroipc.StructureBusyException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.format.ClaimWord;
import io.zeroipc.format.StackDescriptor;
import io.zeroipc.memory.StopPoint;
import io.zeroipc.os.Words;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Claims;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Lane;

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
 * top on; pops cannot tell while a dead slot is the top. These bytes do not name the owner; the claim cells do, so that
 * {@link StackRecoverer} ends it: a slot whose top was not moved becomes what it was, any other one what it was to be. What is said
 * of a slot, and is put back to the intent before the store that ends the ownership: <em>writing</em>, so that the top was not moved
 * over it; <em>reading</em>, so that it was. For a program that takes no part, nobody can.
 */
final class StackSlots {

    /** No claim: the stack is empty, or there is no free slot above the top. */
    static final long NONE = -1;

    private static final int CELL_SHIFT = 32;

    private final Blocks blocks;
    private final MemorySegment block;
    /** The same, for the top and for states of slots that were found to be slots. */
    private final Words words;
    private final long blockOffset;
    private final Claims claims;
    private final EventCount arrivals;
    private final EventCount departures;
    private final long states;
    private final int elementSize;
    private final int capacity;
    private final AtomicLong another = new AtomicLong();

    /**
     * @param blocks where this is, for messages
     * @param stack checked against {@link StackDescriptor}
     */
    StackSlots(Blocks blocks, Block stack, int capacity, int elementSize) {
        this.blocks = blocks;
        this.block = stack.memory();
        this.words = new Words(block);
        this.blockOffset = stack.offset();
        this.claims = blocks.attachment().claims();
        this.states = StackDescriptor.statesOffset(capacity, elementSize);
        this.elementSize = elementSize;
        this.capacity = capacity;
        this.arrivals = blocks.attachment().arrivals(stack, this::arrivalStamp);
        this.departures = blocks.attachment().departures(stack, this::departureStamp);
    }

    int capacity() {
        return capacity;
    }

    /** Where pops wait. */
    EventCount arrivals() {
        return arrivals;
    }

    /** Where pushes wait. */
    EventCount departures() {
        return departures;
    }

    int size() {
        return StackDescriptor.size(block, capacity);
    }

    /** For who waits for an element: 0 while the stack is empty, otherwise never the same twice. */
    long arrivalStamp() {
        return size() == 0 ? 0 : another.incrementAndGet();
    }

    /**
     * For who waits for room: 0 while there is none, otherwise never the same twice. A number made of the top and its slot may be
     * what it was when somebody came and went in between, and who waits would sleep beside the room.
     */
    long departureStamp() {
        int size = size();
        return size == capacity || state(size) != EMPTY ? 0 : another.incrementAndGet();
    }

    /** Where a claimed slot begins in the block. */
    long offset(long claim) {
        return StackDescriptor.SLOTS_OFFSET + (claim & 0xFFFF_FFFFL) * elementSize;
    }

    /**
     * Owns the slot above the top and copies an element into it, then moves the top over it; {@link #publish} must
     * follow. {@link #NONE} when the stack is full, or this slot stays with somebody else for all looks: no room.
     *
     * @param looksMax {@link SlotWait#LOOKS_MAX} takes milliseconds, and longer where many want the processors
     */
    long push(Lane lane, MemorySegment encoded, int looksMax) {
        int looks = 0;
        while (looks < looksMax) {
            int top = top();
            int index = top + 1;
            if (index == capacity) {
                return NONE;
            }
            if (state(index) != EMPTY) {
                looks = pause(looks);
                continue;
            }
            int cell = claims.announcePart(lane, Claims.NO_CELL, blockOffset,
                    ClaimWord.of(ClaimWord.WRITE_INTENT, index));
            StopPoint.STACK_PUSH_ANNOUNCED.reach();
            if (!own(index, EMPTY, WRITING)) {
                claims.clear(cell);
                looks = pause(looks);
                continue;
            }
            StopPoint.STACK_PUSH_OWNED.reach();
            claims.set(cell, ClaimWord.of(ClaimWord.WRITING, index));
            StopPoint.STACK_PUSH_CONFIRMED.reach();
            // Before the top moves, so that pops wait at this slot for no longer than one store takes.
            MemorySegment.copy(encoded, 0, block, offset(index), elementSize);
            // From here on the top tells what is to become of the slot.
            claims.set(cell, ClaimWord.of(ClaimWord.WRITE_INTENT, index));
            StopPoint.STACK_PUSH_WRITTEN.reach();
            // I3. The value of top may have come back in between: all that matters is that slot top + 1 is ours.
            if (words.compareAndSetInt(TOP_OFFSET, top, index)) {
                StopPoint.STACK_PUSH_MOVED.reach();
                return claim(cell, index);
            }
            end(index, EMPTY, cell);
            // For a push that met the slot in our hands, and sleeps until there is room.
            departures.advance();
        }
        return NONE;
    }

    /** Makes the slot of a {@link #push} an element. */
    void publish(long claim) {
        // S1, pairs with own() of the next reader: the element is visible to whoever finds the slot READY.
        words.setIntRelease(stateOffset((int) claim), READY);
        StopPoint.STACK_PUSHED.reach();
        claims.clear(cell(claim));
    }

    /** Ends a look after {@link #ownTop}. */
    void giveBack(long claim) {
        end((int) claim, READY, cell(claim));
    }

    /** Owns the slot of the top and moves the top below it; {@link #release} must follow. */
    long pop(Lane lane) {
        while (true) {
            long claim = ownTop(lane);
            if (claim == NONE) {
                return NONE;
            }
            int index = (int) claim;
            // I3. As in push().
            if (words.compareAndSetInt(TOP_OFFSET, index, index - 1)) {
                StopPoint.STACK_POP_MOVED.reach();
                claims.set(cell(claim), ClaimWord.of(ClaimWord.READING, index));
                StopPoint.STACK_POP_CONFIRMED.reach();
                return claim;
            }
            giveBack(claim);
        }
    }

    /**
     * Owns the slot of the top, which stays where it is; {@link #giveBack} must follow.
     *
     * @throws StructureBusyException when the slot of the top stays with somebody else
     */
    long ownTop(Lane lane) {
        int looks = 0;
        int top = StackDescriptor.NO_TOP;
        while (looks < SlotWait.LOOKS_OF_THE_PATIENT) {
            top = top();
            if (top < 0) {
                return NONE;
            }
            // Announced where the slot can be owned only: who waits for a dead one says nothing that would keep others from him.
            if (state(top) == READY) {
                int cell = claims.announcePart(lane, Claims.NO_CELL, blockOffset,
                        ClaimWord.of(ClaimWord.READ_INTENT, top));
                StopPoint.STACK_POP_ANNOUNCED.reach();
                if (own(top, READY, READING)) {
                    StopPoint.STACK_POP_OWNED.reach();
                    // Whatever it held was on top since we looked, also if somebody has pushed or popped between the two.
                    return claim(cell, top);
                }
                claims.clear(cell);
            }
            looks = pause(looks);
        }
        throw SlotWait.busy(blocks,
                "top=" + top + ", state=" + StackDescriptor.stateName(words.getIntAcquire(stateOffset(top))),
                "what is below the top is out of reach: create the stack anew");
    }

    /** Frees the slot of a {@link #pop}. */
    void release(long claim) {
        // The slot is another's as soon as it is free.
        claims.set(cell(claim), ClaimWord.of(ClaimWord.READ_INTENT, (int) claim));
        StopPoint.STACK_POP_READ.reach();
        end((int) claim, EMPTY, cell(claim));
    }

    private void end(int index, int state, int cell) {
        // S2, pairs with own() in push(): earlier, and the slot could be overwritten while it is read.
        words.setIntRelease(stateOffset(index), state);
        StopPoint.STACK_POPPED.reach();
        claims.clear(cell);
    }

    /** Who waits for a slot has begun nothing, so it ends as a new operation would. */
    private int pause(int looks) {
        blocks.attachment().ensureWritable();
        if (looks >= SlotWait.LOOKS_BEFORE_YIELD) {
            blocks.attachment().lookForDead();
        }
        return SlotWait.pause(looks);
    }

    private static long claim(int cell, int index) {
        return (long) cell << CELL_SHIFT | index;
    }

    private static int cell(long claim) {
        return (int) (claim >>> CELL_SHIFT);
    }

    private int state(int index) {
        return words.getIntAcquire(stateOffset(index));
    }

    private boolean own(int index, int from, int to) {
        // S1 and S2, pairs with the release-stores in publish() and release().
        return words.compareAndSetInt(stateOffset(index), from, to);
    }

    private int top() {
        int top = words.getIntAcquire(TOP_OFFSET);
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
