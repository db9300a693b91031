package io.zeroipc.collection;

import java.util.ArrayDeque;
import java.util.Deque;

import org.jspecify.annotations.Nullable;

import io.zeroipc.format.ClaimWord;
import io.zeroipc.memory.StopPoint;
import io.zeroipc.memory.Wrapping;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Claims;
import io.zeroipc.segment.Lane;

/**
 * The positions that one consumer of a queue has taken and not released, in the order in which it took them. Taking is for one thread
 * at a time; the rest is thread-safe.
 *
 * <p>
 * A run of positions that follow each other stands in one cell, however many times were needed to take them; it stays there until the
 * last of them is released. Whoever recovers looks at each position's sequence, and leaves alone those that are released.
 */
final class KeptPositions {

    /** So many runs at most: others need cells, too. */
    static final int RUNS_MAX = 128;

    private static final long ROUND = 1L << Integer.SIZE;

    /** What a {@link #release} has done. */
    enum Release {
        /** It is released, now or before. */
        DONE,
        /** Nothing, as the consumer was not given it. */
        NOT_TAKEN,
        /** Nothing, as the consumer has ended. */
        ENDED
    }

    /** Positions that follow each other, in one cell. What is released is so from the first one on. */
    private static final class Run {

        final long number;
        final int cell;
        /** Grows by the taking thread, under the monitor of the whole. */
        int count;
        int released;
        /** How many the consumer was given. */
        volatile int handed;

        Run(long number, int count, int cell) {
            this.number = number;
            this.count = count;
            this.cell = cell;
        }

        int position(int index) {
            return (int) number + index;
        }

        boolean isJoinable(int first, int more) {
            return position(count) == first && count + more <= ClaimWord.COUNT_MAX;
        }
    }

    private final QueueSlots slots;
    private final Attachment attachment;
    private final Claims claims;
    private final Orphans orphans;
    /** Guarded by this object's monitor, as what follows. */
    private final Deque<Run> runs = new ArrayDeque<>();
    private boolean full;
    private boolean ended;
    /** Of the taking thread: the one it is at. */
    private @Nullable Run current;
    /** The highest number so far, that of head to begin with. */
    private long newest;
    /** The highest one that the consumer was given; -1 for none. */
    private volatile long highest = -1;

    /** Within an operation. */
    KeptPositions(QueueSlots slots, Attachment attachment, Orphans orphans) {
        this.slots = slots;
        this.attachment = attachment;
        this.claims = attachment.claims();
        this.orphans = orphans;
        this.newest = Integer.toUnsignedLong(slots.head());
    }

    /**
     * The next position for the consumer, claimed for it: its number, which counts on when positions run round; or
     * {@link QueueSlots#NONE}, when the queue is empty, or as much is kept as may be.
     *
     * @param max how many are wanted, this one included
     */
    long next(Lane lane, int max) {
        Run run = current;
        if (run == null || run.handed == run.count) {
            run = take(lane, max);
            if (run == null) {
                return QueueSlots.NONE;
            }
            current = run;
        }
        int index = run.handed;
        long number = run.number + index;
        highest = Math.max(highest, number);
        run.handed = index + 1;
        return number;
    }

    private @Nullable Run take(Lane lane, int max) {
        synchronized (this) {
            full = runs.size() >= RUNS_MAX;
            if (full) {
                return null;
            }
        }
        long batch = slots.takeToKeep(lane, max);
        int count = QueueSlots.count(batch);
        return count == 0 ? null : keep((int) QueueSlots.first(batch), count, QueueSlots.cellOfBatch(batch));
    }

    private synchronized Run keep(int first, int count, int cell) {
        Run last = runs.peekLast();
        if (last != null && last.isJoinable(first, count)) {
            last.count += count;
            // It says more before the other cell says nothing: if we die in between, each position is adopted once.
            say(last);
            StopPoint.QUEUE_KEPT_JOINED.reach();
            claims.clear(cell);
            newest = Math.max(newest, last.number + last.count - 1);
            return last;
        }
        Run run = new Run(numberOf(first, count), count, cell);
        runs.add(run);
        return run;
    }

    /** What was given back by others is behind the newest one, perhaps, and may be of the round before it. */
    private long numberOf(int first, int count) {
        long number = newest + Wrapping.distance(first, (int) newest);
        if (number < 0) {
            number += ROUND;
        }
        newest = Math.max(newest, number + count - 1);
        return number;
    }

    private void say(Run run) {
        claims.set(run.cell, ClaimWord.of(ClaimWord.READING, run.position(run.released), run.count - run.released)
                | ClaimWord.REDELIVER);
    }

    /**
     * Releases all that the consumer was given up to and with this number, in the order in which it was given.
     */
    synchronized Release release(long number) {
        if (ended) {
            return Release.ENDED;
        }
        Run last = null;
        for (Run run : runs) {
            if (number >= run.number + run.released && number < run.number + run.count) {
                last = run;
                break;
            }
        }
        if (last == null) {
            return number <= highest ? Release.DONE : Release.NOT_TAKEN;
        }
        int behind = (int) (number - last.number) + 1;
        if (behind > last.handed) {
            return Release.NOT_TAKEN;
        }
        StopPoint.QUEUE_READ.reach();
        for (Run run = runs.getFirst(); run != last; run = runs.getFirst()) {
            release(run, run.count);
        }
        release(last, behind);
        slots.advanceReleased();
        if (full) {
            full = false;
            // Whoever waits because of that waits for elements, and none has come: where nobody wakes him, he would not look.
            slots.arrivals().rouse();
        }
        return Release.DONE;
    }

    private void release(Run run, int behind) {
        for (int i = run.released; i < behind; i++) {
            slots.releaseOne(run.position(i));
        }
        run.released = behind;
        if (behind == run.count) {
            StopPoint.QUEUE_RELEASED.reach();
            claims.clear(run.cell);
            runs.remove(run);
        }
    }

    /** Whether there is nothing that could come again: neither of this consumer's, nor of one that is gone. */
    synchronized boolean isEmpty() {
        return runs.isEmpty() && orphans.count() == 0;
    }

    /** Nothing is taken or released any more: what is not released is for whoever takes something next, in any process. */
    synchronized void end() {
        ended = true;
        if (runs.isEmpty()) {
            return;
        }
        runs.forEach(this::say);
        if (attachment.leaveBehind(runs.stream().map(run -> run.cell).toList())) {
            orphans.addOfTheDead(runs.stream().mapToInt(run -> run.count - run.released).sum());
        } else {
            // Then for whoever takes something next in this JVM, or recovers after it.
            runs.forEach(run -> orphans.add(new Orphans.GivenBack(claims, run.cell, run.position(run.released),
                    run.count - run.released)));
        }
        runs.clear();
        slots.arrivals().rouse();
    }
}
