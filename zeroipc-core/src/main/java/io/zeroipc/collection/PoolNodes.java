package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.format.ClaimWord;
import io.zeroipc.format.PoolDescriptor;
import io.zeroipc.memory.StopPoint;
import io.zeroipc.os.Words;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Claims;
import io.zeroipc.segment.Lane;

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
 * If a process dies: nodes that it owns stay handed out, as nobody here knows to whom it has given their handles. One that dies
 * while it takes or gives back a node never damages the list, and {@link PoolRecoverer} puts the node back that did not reach its
 * caller, or had left it: the claim cells name it. A node is taken by who says <em>reading</em>, and marked by its link after that;
 * it is being given back, once its link says something else, by who says <em>write intent</em>; <em>counting</em> is who has only to
 * change the count. For a program that takes no part a death can cost one node, or leave the count off by one.
 */
final class PoolNodes {

    /** No node: nothing is free. */
    static final int NONE = NULL_INDEX;

    /** Instead of a cell: the node is free already. */
    private static final int REFUSED = -1;

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
    /** The same, for the head of the list, the count, and links of nodes that were found to be nodes. */
    private final Words words;
    private final long blockOffset;
    private final Claims claims;
    private final String description;
    private final int capacity;
    private final long nodeSize;
    private final long linkOffset;
    private final Stripes stripes;

    /**
     * @param pool checked against {@link PoolDescriptor}
     * @param claims of the segment
     * @param description segment and name, for messages
     */
    PoolNodes(Block pool, Claims claims, int capacity, int elementSize, int alignment, Stripes stripes,
            String description) {
        this.block = pool.memory();
        this.words = new Words(block);
        this.blockOffset = pool.offset();
        this.claims = claims;
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
    int allocate(Lane lane) {
        int cell = Claims.NO_CELL;
        while (true) {
            // S1, pairs with the compare-and-set in free(): the link read below belongs to this head or a newer one.
            long head = words.getLongAcquire(FREE_HEAD_OFFSET);
            int index = PoolDescriptor.index(head);
            if (index == NULL_INDEX) {
                claims.clear(cell);
                return NONE;
            }
            int next = isNode(index) ? link(index) : index;
            if ((next != NULL_INDEX && !isNode(next)) || next == index) {
                claims.clear(cell);
                cell = Claims.NO_CELL;
                // Somebody was faster and the node is handed out, or the list is broken.
                requireChanged(head, index, next);
                continue;
            }
            cell = announce(lane, cell, ClaimWord.READ_INTENT, index);
            StopPoint.POOL_TAKE_ANNOUNCED.reach();
            if (words.compareAndSetLong(FREE_HEAD_OFFSET, head, PoolDescriptor.next(head, next))) {
                StopPoint.POOL_TAKEN.reach();
                claims.set(cell, ClaimWord.of(ClaimWord.READING, index));
                StopPoint.POOL_TAKE_CONFIRMED.reach();
                // I3. Who still reads this link has an old head, and fails to exchange it (I2).
                words.setIntRelease(linkOffset(index), index);
                StopPoint.POOL_TAKE_MARKED.reach();
                words.getAndAddInt(ALLOCATED_OFFSET, 1);
                StopPoint.POOL_TAKE_COUNTED.reach();
                claims.clear(cell);
                return index;
            }
        }
    }

    /**
     * Puts a node into the list; false when it is there already.
     *
     * @throws IndexOutOfBoundsException when there is no such node
     */
    boolean free(Lane lane, int index) {
        offset(index);
        int cell;
        synchronized (stripes.of(index)) {
            cell = link(index) == index ? freeOurs(lane, index) : freeForeign(lane, index);
        }
        if (cell == REFUSED) {
            return false;
        }
        StopPoint.POOL_FREE_LISTED.reach();
        claims.set(cell, ClaimWord.of(ClaimWord.COUNTING, index));
        StopPoint.POOL_FREE_CONFIRMED.reach();
        words.getAndAddInt(ALLOCATED_OFFSET, -1);
        StopPoint.POOL_FREE_COUNTED.reach();
        claims.clear(cell);
        return true;
    }

    /** I3: the link to itself says that the node is handed out. Of two processes one changes it. */
    private int freeOurs(Lane lane, int index) {
        long head = head();
        if (PoolDescriptor.index(head) == index) {
            return REFUSED;
        }
        int cell = announce(lane, Claims.NO_CELL, ClaimWord.WRITE_INTENT, index);
        StopPoint.POOL_FREE_ANNOUNCED.reach();
        if (!words.compareAndSetInt(linkOffset(index), index, PoolDescriptor.index(head))) {
            claims.clear(cell);
            return REFUSED;
        }
        StopPoint.POOL_FREE_LINKED.reach();
        while (!words.compareAndSetLong(FREE_HEAD_OFFSET, head, PoolDescriptor.next(head, index))) {
            head = head();
            words.setIntRelease(linkOffset(index), PoolDescriptor.index(head));
        }
        return cell;
    }

    /** The link says nothing, the list does: it is the same at the compare-and-set as it was during the walk (I2). */
    private int freeForeign(Lane lane, int index) {
        while (true) {
            long head = head();
            int walked = 0;
            int each = PoolDescriptor.index(head);
            while (isNode(each) && each != index && walked < capacity) {
                each = link(each);
                walked++;
            }
            if (each == NULL_INDEX) {
                int cell = announce(lane, Claims.NO_CELL, ClaimWord.WRITE_INTENT, index);
                words.setIntRelease(linkOffset(index), PoolDescriptor.index(head));
                if (words.compareAndSetLong(FREE_HEAD_OFFSET, head, PoolDescriptor.next(head, index))) {
                    return cell;
                }
                claims.clear(cell);
            } else if (each == index) {
                // Links of a list that changed meanwhile may have led anywhere, also here.
                if (head() == head) {
                    return REFUSED;
                }
            } else {
                requireChanged(head, PoolDescriptor.index(head), each);
            }
        }
    }

    private int announce(Lane lane, int cell, int kind, int index) {
        return claims.announcePart(lane, cell, blockOffset, ClaimWord.of(kind, index));
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
        return words.getLongAcquire(FREE_HEAD_OFFSET);
    }

    private int link(int index) {
        return words.getIntAcquire(linkOffset(index));
    }

    private long linkOffset(int index) {
        return linkOffset + nodeSize * index;
    }
}
