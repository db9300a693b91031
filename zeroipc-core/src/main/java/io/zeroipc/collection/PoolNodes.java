package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.format.PoolDescriptor;
import io.zeroipc.memory.Atomics;

import static io.zeroipc.format.PoolDescriptor.ALLOCATED_OFFSET;
import static io.zeroipc.format.PoolDescriptor.FREE_HEAD_OFFSET;
import static io.zeroipc.format.PoolDescriptor.NULL_INDEX;

/**
 * The nodes of a pool: which are free. Knows nothing of elements. Thread-safe.
 *
 * <p>
 * Overview: R. Kent Treiber's stack as a list of free nodes, with a generation beside the index of its head, on the bytes
 * of {@code docs/format/pool.md}. Changed from the original: a node that is handed out links to itself, so that freeing
 * it twice is noticed.
 *
 * <p>
 * Invariants. I1: the list that begins at {@code free_head} ends with {@link PoolDescriptor#NULL_INDEX} and has each free
 * node once. I2: every change of the list is one compare-and-set of {@code free_head} that adds 1 to its generation. I3:
 * no free node links to itself, and every node that this class hands out does, until it is freed. I4: the link of a free
 * node does not change.
 *
 * <p>
 * Ordering. S1: the compare-and-set in {@link #free} pairs with the acquire-load in {@link #allocate}: the next owner sees
 * the link, and all that the last owner did.
 *
 * <p>
 * Progress: allocating is lock-free. Freeing is lock-free among processes; within one, threads that free nodes of the same
 * stripe wait for each other, so that of two that free the same node one is refused. Of two processes that do so in the same
 * moment both may succeed, and the list closes into a ring: between its first and its last step, a node that is being freed
 * looks like one that a program in another language allocated. Freeing such a one walks the free list, again when it has
 * changed.
 *
 * <p>
 * If a process dies: nodes that it owns stay handed out. A death within an operation can cost one node or leave the
 * count off by one, and never damages the list.
 */
final class PoolNodes {

    /** No node: nothing is free. */
    static final int NONE = NULL_INDEX;

    private static final int STRIPES = 64;

    /** One lock for the nodes of equal index modulo their number, the same in all segments of the JVM that map the pool. */
    static final class Stripes {

        private final Object[] stripes = new Object[STRIPES];

        Stripes() {
            for (int i = 0; i < STRIPES; i++) {
                stripes[i] = new Object();
            }
        }

        Object of(int index) {
            return stripes[index % STRIPES];
        }
    }

    private final MemorySegment block;
    private final String description;
    private final int capacity;
    private final long nodeSize;
    private final long linkOffset;
    private final Stripes stripes;

    /**
     * @param block checked against {@link PoolDescriptor}
     * @param description segment and name, for messages
     */
    PoolNodes(MemorySegment block, int capacity, int elementSize, int alignment, Stripes stripes, String description) {
        this.block = block;
        this.description = description;
        this.capacity = capacity;
        this.nodeSize = PoolDescriptor.nodeSize(elementSize, alignment);
        this.linkOffset = PoolDescriptor.NODES_OFFSET + PoolDescriptor.linkOffset(elementSize);
        this.stripes = stripes;
    }

    int capacity() {
        return capacity;
    }

    int allocated() {
        return PoolDescriptor.allocated(block, capacity);
    }

    /** Where a node begins in the block; the element is the first thing in it. */
    long offset(int index) {
        if (index < 0 || index >= capacity) {
            throw new IndexOutOfBoundsException("handle is not a node of the pool: " + description + ", handle=" + index
                    + " (expected: 0 to " + (capacity - 1) + ", as allocate() returned it)");
        }
        return PoolDescriptor.NODES_OFFSET + nodeSize * index;
    }

    /** Takes a node out of the list, or returns {@link #NONE}. */
    int allocate() {
        while (true) {
            // S1, pairs with the compare-and-set in free(): the link read below belongs to this head or a newer one.
            long head = Atomics.getLongAcquire(block, FREE_HEAD_OFFSET);
            int index = PoolDescriptor.index(head);
            if (index == NULL_INDEX) {
                return NONE;
            }
            int next = isNode(index) ? link(index) : index;
            if ((next != NULL_INDEX && !isNode(next)) || next == index) {
                // Somebody was faster and the node is handed out, or the list is broken.
                requireChanged(head, index, next);
            } else if (Atomics.compareAndSetLong(block, FREE_HEAD_OFFSET, head, PoolDescriptor.next(head, next))) {
                // I3. Who still reads this link has an old head, and fails to exchange it (I2).
                Atomics.setIntRelease(block, linkOffset(index), index);
                Atomics.getAndAddInt(block, ALLOCATED_OFFSET, 1);
                return index;
            }
        }
    }

    /**
     * Puts a node into the list; false when it is there already.
     *
     * @throws IndexOutOfBoundsException when there is no such node
     */
    boolean free(int index) {
        offset(index);
        synchronized (stripes.of(index)) {
            if (link(index) == index ? !freeOurs(index) : !freeForeign(index)) {
                return false;
            }
        }
        Atomics.getAndAddInt(block, ALLOCATED_OFFSET, -1);
        return true;
    }

    /** I3: the link to itself says that the node is handed out. Of two processes one changes it. */
    private boolean freeOurs(int index) {
        long head = head();
        if (PoolDescriptor.index(head) == index
                || !Atomics.compareAndSetInt(block, linkOffset(index), index, PoolDescriptor.index(head))) {
            return false;
        }
        while (!Atomics.compareAndSetLong(block, FREE_HEAD_OFFSET, head, PoolDescriptor.next(head, index))) {
            head = head();
            Atomics.setIntRelease(block, linkOffset(index), PoolDescriptor.index(head));
        }
        return true;
    }

    /** The link says nothing, the list does: it is the same at the compare-and-set as it was during the walk (I2). */
    private boolean freeForeign(int index) {
        while (true) {
            long head = head();
            int walked = 0;
            int each = PoolDescriptor.index(head);
            while (isNode(each) && each != index && walked < capacity) {
                each = link(each);
                walked++;
            }
            if (each == NULL_INDEX) {
                Atomics.setIntRelease(block, linkOffset(index), PoolDescriptor.index(head));
                if (Atomics.compareAndSetLong(block, FREE_HEAD_OFFSET, head, PoolDescriptor.next(head, index))) {
                    return true;
                }
            } else if (each == index) {
                // Links of a list that changed meanwhile may have led anywhere, also here.
                if (head() == head) {
                    return false;
                }
            } else {
                requireChanged(head, PoolDescriptor.index(head), each);
            }
        }
    }

    /** Links that lead nowhere, or round in a circle, are harmless when the list they were read from is not the list now. */
    private void requireChanged(long head, int index, int next) {
        if (head() == head) {
            throw new ZeroIpcException("pool is damaged: " + description + ", first free=" + index + ", link=" + next
                    + ", capacity=" + capacity + " (a program freed a node twice, or wrote past its element; create the"
                    + " pool anew)");
        }
    }

    private boolean isNode(int index) {
        return index >= 0 && index < capacity;
    }

    private long head() {
        return Atomics.getLongAcquire(block, FREE_HEAD_OFFSET);
    }

    private int link(int index) {
        return Atomics.getIntAcquire(block, linkOffset(index));
    }

    private long linkOffset(int index) {
        return linkOffset + nodeSize * index;
    }
}
