package io.zeroipc.segment;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.zeroipc.os.Futex;
import io.zeroipc.os.MemoryBarrier;
import io.zeroipc.wait.Blocking;
import io.zeroipc.wait.Deadline;
import io.zeroipc.wait.WaitStrategy;

/**
 * Where one thread waits at several {@linkplain EventCount event counts} at once, in whatever segments: it tries them all, passes a turn
 * with {@link #pause}, and tries again. For one thread at a time; to be made anew when there are others.
 *
 * <p>
 * It sleeps as at a single one: in the kernel, on all their words (futex_waitv, since Linux 5.16, up to 128), and where that is not
 * possible, or somebody uses one of the segments who wakes nobody, it is looked for it by the thread that looks for all. Where one of
 * them has nothing that could be looked at, it looks for itself, as {@link WaitStrategy#backoff()} does.
 */
public final class EventCounts {

    private final List<EventCount> counts;
    private final List<Attachment> attachments;
    /** Empty where one has none. */
    private final List<MemorySegment> words;
    private final int[] seen;
    private final boolean stamped;
    private boolean prepared;
    private boolean certain;
    private long sleptNanos;
    private long stamp;
    private long idleNanos;
    private int turn;

    /** @throws IllegalArgumentException when there are none */
    public EventCounts(List<EventCount> counts) {
        if (counts.isEmpty()) {
            throw new IllegalArgumentException("there is nothing to wait at");
        }
        this.counts = List.copyOf(counts);
        this.attachments = counts.stream().map(EventCount::attachment).distinct().toList();
        List<MemorySegment> found = new ArrayList<>();
        for (EventCount count : counts) {
            MemorySegment word = count.word();
            if (word != null && found.stream().noneMatch(word::equals)) {
                found.add(word);
            }
        }
        boolean sleepable = counts.stream().allMatch(count -> count.word() != null) && found.size() <= Futex.WORDS_MAX
                && Futex.canAwaitAny();
        this.words = sleepable ? List.copyOf(found) : List.of();
        this.seen = new int[words.size()];
        this.stamped = counts.stream().allMatch(EventCount::hasStamp);
    }

    /**
     * As {@link EventCount#pause(Deadline, int)}, with the wait strategy of the first one's segment.
     *
     * @throws InterruptedException when the thread is interrupted
     * @throws IllegalStateException when one of the segments is closed
     * @throws io.zeroipc.SegmentDetachedException when the file of one of them is no longer the segment
     */
    public int pause(Deadline deadline, int attempts) throws InterruptedException {
        return pause(attachments.getFirst().waitStrategy(), deadline.remainingNanos(), attempts);
    }

    /** As {@link #pause(Deadline, int)}, with another strategy, and a time to sleep at most. */
    public int pause(WaitStrategy strategy, long atMostNanos, int attempts) throws InterruptedException {
        if (counts.size() == 1) {
            return counts.getFirst().pause(strategy, atMostNanos, attempts);
        }
        boolean virtual = Thread.currentThread().isVirtual();
        boolean sleeps = !words.isEmpty() && !virtual;
        if (!(strategy instanceof Blocking how) || !(sleeps || stamped)) {
            turn = (turn + 1) % attachments.size();
            return attachments.get(turn).pause(strategy, attempts);
        }
        for (Attachment each : attachments) {
            each.ensureWaitable();
            each.verifyIfSuspected();
        }
        if (attempts < EventCount.SPINS && !virtual) {
            prepared = false;
            Thread.onSpinWait();
            return attempts + 1;
        }
        if (attempts < (virtual ? EventCount.SHORT_SLEEPS : EventCount.TURNS_UNCERTAIN) && !(sleeps && doAllWake())) {
            prepared = false;
            turn = (turn + 1) % attachments.size();
            return attachments.get(turn).pause(strategy, attempts);
        }
        // The mappings stay for as long as somebody sleeps.
        List<Lane> lanes = new ArrayList<>(attachments.size());
        boolean whole = false;
        try {
            for (Attachment each : attachments) {
                lanes.add(each.enterToRead());
            }
            if (prepared) {
                whole = sleep(how, sleeps, Math.min(atMostNanos, longestNanos(how)));
            } else {
                prepare(sleeps);
            }
        } finally {
            lanes.forEach(Lane::close);
        }
        for (Attachment each : attachments) {
            if (whole) {
                each.lookAround();
            }
            // Before the next attempt, which may meet a page that is gone.
            each.verifyIfSuspected();
        }
        return attempts;
    }

    private boolean doAllWake() {
        return attachments.stream().allMatch(Attachment::doAllWake);
    }

    private long longestNanos(Blocking how) {
        if (certain) {
            return attachments.getFirst().sleepNanosAfter(sleptNanos);
        }
        return stamped ? attachments.getFirst().longestSleepNanos() : how.foreignPollNanos();
    }

    /** As {@code EventCount.prepare}: the words first, then whether all wake, then the fence or the stamp, and then the attempt. */
    private void prepare(boolean sleeps) {
        for (int i = 0; sleeps && i < seen.length; i++) {
            seen[i] = EventCount.prepare(words.get(i));
        }
        certain = sleeps && doAllWake();
        if (certain) {
            MemoryBarrier.everywhere();
        } else {
            stamp = stamped ? stamp() : 0;
        }
        prepared = true;
        sleptNanos = 0;
    }

    private long stamp() {
        long mixed = 0;
        for (EventCount count : counts) {
            mixed = EventCount.mix(mixed, count.stamp());
        }
        return mixed;
    }

    /** Whether nobody has ended the sleep, unless that was the first one. As {@code EventCount.Wait.sleep}. */
    private boolean sleep(Blocking how, boolean sleeps, long nanos) {
        prepared = false;
        if (certain) {
            boolean first = sleptNanos == 0;
            prepared = EventCount.sleepAtAny(words, seen, nanos);
            sleptNanos = nanos;
            return prepared && !first;
        }
        if (!stamped) {
            return EventCount.sleepAtAny(words, seen, nanos);
        }
        @Nullable MemorySegment word = sleeps ? words.getFirst() : null;
        IdlePoller.Entry entry = new IdlePoller.Entry(this::stamp, stamp, word, Thread.currentThread(), how, idleNanos);
        IdlePoller.add(entry);
        boolean whole = false;
        try {
            whole = sleeps ? EventCount.sleepAtAny(words, seen, nanos) : entry.park(this, nanos);
        } finally {
            long reached = entry.end();
            idleNanos = whole ? reached : 0;
        }
        return whole;
    }
}
