package io.zeroipc.sync;

import java.lang.foreign.MemorySegment;

import io.zeroipc.format.SemaphoreDescriptor;
import io.zeroipc.os.Words;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.EventCount;
import io.zeroipc.wait.Deadline;

import static io.zeroipc.format.SemaphoreDescriptor.COUNT_OFFSET;
import static io.zeroipc.format.SemaphoreDescriptor.MAX_COUNT_OFFSET;
import static io.zeroipc.format.SemaphoreDescriptor.WAITING_OFFSET;

/**
 * Permits in sixteen bytes: what semaphores, mutexes and the composites of them do, a signal among them. Thread-safe. Callers are
 * inside a lane; what they give back in the same lane is given back whatever becomes of the segment.
 *
 * <p>
 * Overview: a counter that is decremented only while it is positive. Waiting is a loop of attempts.
 *
 * <p>
 * Invariants. I1: {@code count >= 0}, and {@code count <= max_count} unless {@code max_count} is 0: each change is a
 * compare-and-set that keeps it. I2: {@code waiting} is the number of threads between the two ends of {@link #take}, plus
 * those of processes that died in between.
 *
 * <p>
 * Ordering. S1: the compare-and-set in {@link #give} pairs with the one in {@link #tryTake()}: what was done before a
 * permit was given is visible to who takes it. {@code waiting} orders nothing; it is a figure for others to look at.
 *
 * <p>
 * Progress: lock-free but for the waiting itself. No order among those who wait.
 *
 * <p>
 * If a process dies with a permit, the permit is gone: the bytes do not say whose it was. If it dies waiting,
 * {@code waiting} stays one too high, which holds up nobody.
 */
public final class PermitCell {

    private final MemorySegment memory;
    private final Words words;
    private final EventCount arrivals;

    /** @param block checked against {@link SemaphoreDescriptor} */
    public PermitCell(Block block, Attachment attachment) {
        this.memory = block.memory();
        this.words = new Words(memory);
        this.arrivals = attachment.arrivals(block, this::permits);
    }

    /** Where to wait for permits. */
    EventCount arrivals() {
        return arrivals;
    }

    /** Takes a permit if there is one. */
    public boolean tryTake() {
        return tryTake(words);
    }

    /** As {@link #tryTake()}, on bytes that were checked. */
    static boolean tryTake(Words words) {
        while (true) {
            int count = words.getIntOpaque(COUNT_OFFSET);
            if (count <= 0) {
                return false;
            }
            // S1, pairs with give(): what the giver did is visible from here on.
            if (words.compareAndSetInt(COUNT_OFFSET, count, count - 1)) {
                return true;
            }
        }
    }

    /** Takes a permit, waiting for one until the deadline; false when none came. */
    public boolean take(Deadline deadline) throws InterruptedException {
        if (tryTake()) {
            return true;
        }
        if (deadline.expired()) {
            return false;
        }
        return Waits.counted(arrivals, memory, WAITING_OFFSET, this::tryTake, deadline);
    }

    /** Takes a permit and gives it back in one step, if there is one. */
    boolean pass() {
        while (true) {
            int count = words.getIntOpaque(COUNT_OFFSET);
            if (count <= 0) {
                return false;
            }
            // S1, as in tryTake() and in give().
            if (words.compareAndSetInt(COUNT_OFFSET, count, count)) {
                return true;
            }
        }
    }

    /** Takes all permits there are, and says how many. */
    int takeAll() {
        while (true) {
            int count = words.getIntOpaque(COUNT_OFFSET);
            if (count <= 0) {
                return 0;
            }
            // S1, as in tryTake().
            if (words.compareAndSetInt(COUNT_OFFSET, count, 0)) {
                return count;
            }
        }
    }

    /** Adds permits; false when that would be more than there may be. */
    public boolean give(int permits) {
        boolean given = give(words, permits);
        arrivals.advance();
        return given;
    }

    /** As {@link #give(int)}, on bytes that were checked; wakes nobody. */
    static boolean give(Words words, int permits) {
        while (true) {
            int count = words.getIntOpaque(COUNT_OFFSET);
            int max = words.getIntAcquire(MAX_COUNT_OFFSET);
            if (permits > (max > 0 ? max : Integer.MAX_VALUE) - Math.max(count, 0)) {
                return false;
            }
            // S1, pairs with tryTake(): everything done so far is visible to whoever takes one of these.
            if (words.compareAndSetInt(COUNT_OFFSET, count, count + permits)) {
                return true;
            }
        }
    }

    /** Adds a permit unless there are so many; whether it did. */
    boolean giveBelow(int most) {
        while (true) {
            int count = words.getIntOpaque(COUNT_OFFSET);
            if (count >= most) {
                return false;
            }
            // S1, as in give().
            if (words.compareAndSetInt(COUNT_OFFSET, count, count + 1)) {
                arrivals.advance();
                return true;
            }
        }
    }

    /** Adds permits until there are so many. */
    void fillTo(int permits) {
        while (true) {
            int count = words.getIntOpaque(COUNT_OFFSET);
            // S1, as in give().
            if (count >= permits || words.compareAndSetInt(COUNT_OFFSET, count, permits)) {
                arrivals.advance();
                return;
            }
        }
    }

    /** Takes permits away until there are no more than so many. */
    void trimTo(int permits) {
        while (true) {
            int count = words.getIntOpaque(COUNT_OFFSET);
            if (count <= permits || words.compareAndSetInt(COUNT_OFFSET, count, permits)) {
                return;
            }
        }
    }

    int permits() {
        return Math.max(0, SemaphoreDescriptor.permits(memory));
    }

    int waiting() {
        return Math.max(0, SemaphoreDescriptor.waiting(memory));
    }
}
