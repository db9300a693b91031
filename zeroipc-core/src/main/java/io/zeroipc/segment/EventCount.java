package io.zeroipc.segment;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

import org.jspecify.annotations.Nullable;

import io.zeroipc.format.ParticipantsDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.os.Futex;
import io.zeroipc.os.MemoryBarrier;
import io.zeroipc.wait.Blocking;
import io.zeroipc.wait.Deadline;
import io.zeroipc.wait.WaitStrategy;

/**
 * Where threads of all participants wait for what arrives in a structure, or for what leaves it: an eventcount (Reed and Kanodia,
 * Synchronization with Eventcounts and Sequencers, 1979) whose sleepers the kernel keeps. Thread-safe.
 *
 * <p>
 * Whoever lets something arrive, or leave, calls {@link #advance} behind it: a load, as long as nobody sleeps. Whoever waits tries,
 * passes a turn with {@link #pause}, and tries again; the methods {@code await} do that. With {@link WaitStrategy#block()} the turns
 * are some spins, one that says <em>somebody is about to sleep</em>, and then, if that next attempt was in vain as well, a sleep.
 *
 * <p>
 * Invariants. I1: a sleeper sleeps on the value of the word that he has seen, or made, before his last attempt. I2: the word is
 * changed whenever somebody is woken; so he who was to be woken between his attempt and his sleep does not fall asleep.
 *
 * <p>
 * Ordering. S1: of the store behind which somebody advances, and the bit that a sleeper sets, at least one is seen by the other side.
 * The sleeper sets the bit, makes all participants pass a full fence ({@link MemoryBarrier}), and attempts then; who advances stores
 * and loads in program order, and needs no fence of his own. Where that fence does not reach everybody, which happens, or a compiler
 * moves the load before the store, both may miss the other: so the first sleep is a short one, with another attempt behind it. By then
 * the store has been seen, and from then on the bit was.
 *
 * <p>
 * A sleep in which nothing came is followed by a longer one on the same value: what was prepared for the first one still holds, as long as
 * the word is what it was (I1), so that it takes no other fence.
 *
 * <p>
 * The bit is cleared by whoever wakes, for all who sleep: nobody counts waiters, so a killed one leaves at most one wake behind.
 *
 * <p>
 * For programs that wake nobody, and for who cannot sleep in the kernel, {@link IdlePoller} looks at the stamp: a number made of the
 * structure's own words that is another one whenever an attempt may have become worth while.
 */
public final class EventCount {

    /** As the first turns of {@link WaitStrategy#backoff()}: who is about to arrive does so within microseconds. */
    static final int SPINS = 100;
    /** Sleeps that get longer, from a microsecond to half a millisecond. */
    static final int SHORT_SLEEPS = 10;
    /** Turns of {@link WaitStrategy#backoff()}: spins, as many yields, and such sleeps. */
    static final int TURNS_UNCERTAIN = 2 * SPINS + SHORT_SLEEPS;
    private static final long WORD = 0;
    private static final AtomicLong IDS = new AtomicLong();
    private static final ThreadLocal<Wait> WAITS = ThreadLocal.withInitial(Wait::new);

    private final Attachment attachment;
    /** Null where this process takes no part, or cannot wake. */
    private final @Nullable MemorySegment word;
    /** Null where there is no such number: then whoever waits looks for himself. */
    private final @Nullable LongSupplier stamp;
    /** What a thread remembers of it beyond an attempt: nothing of the segment stays behind in the thread. */
    private final long id = IDS.incrementAndGet();

    /** @param word its cache line in the file of participants, or null */
    EventCount(Attachment attachment, @Nullable MemorySegment word, @Nullable LongSupplier stamp) {
        this.attachment = attachment;
        this.word = word;
        this.stamp = stamp;
    }

    /** The same, for whom one more number of the structure may make an attempt worth while. */
    public EventCount with(LongSupplier more) {
        LongSupplier present = stamp;
        return new EventCount(attachment, word,
                present == null ? null : () -> mix(present.getAsLong(), more.getAsLong()));
    }

    /** One number of two: another one when one of them changes, and most likely when both do. */
    public static long mix(long one, long other) {
        return one * 31 + other;
    }

    /** Something has arrived, or has left: wakes who waits for that. To be called in an operation, behind the store that says so. */
    public void advance() {
        MemorySegment present = word;
        // S1
        if (present != null && (Atomics.getIntAcquire(present, WORD) & ParticipantsDescriptor.WAITING) != 0) {
            wake(present);
        }
    }

    /** Makes all who wait here look again, for a reason of their own: a stop, or the end of the mapping. */
    public void rouse() {
        attachment.countRouse();
        MemorySegment present = word;
        if (present != null) {
            rouse(present);
        }
    }

    /** As {@link #rouse()}, of a word whose mapping may have ended. */
    static void rouse(MemorySegment word) {
        try {
            wake(word);
        } catch (IllegalStateException | InternalError e) {
            // Nobody sleeps in a mapping that has ended, and whoever sleeps in a page that is gone looks after four seconds.
        }
    }

    /** The segment, to end when it ends. */
    public Attachment attachment() {
        return attachment;
    }

    private static void wake(MemorySegment word) {
        int seen = Atomics.getIntAcquire(word, WORD);
        // I2
        while (!Atomics.compareAndSetInt(word, WORD, seen, (seen | ParticipantsDescriptor.WAITING) + 1)) {
            seen = Atomics.getIntAcquire(word, WORD);
        }
        Futex.wakeAll(word);
    }

    /**
     * Waits until a condition holds, at most until the deadline.
     *
     * @return whether it holds
     * @throws InterruptedException when the thread is interrupted before it holds
     */
    public boolean await(BooleanSupplier condition, Deadline deadline) throws InterruptedException {
        int attempts = 0;
        while (!condition.getAsBoolean()) {
            if (deadline.expired()) {
                return false;
            }
            attempts = pause(deadline, attempts);
        }
        return true;
    }

    /**
     * Waits for a result, at most until the deadline.
     *
     * @param attempt gives a result, or null
     * @param over asked after an attempt in vain, in this order: nothing can come any more but what one last attempt finds
     * @return the first result; null when there was none
     * @throws InterruptedException when the thread is interrupted before there is one
     */
    public <T> @Nullable T await(Supplier<? extends @Nullable T> attempt, BooleanSupplier over, Deadline deadline)
            throws InterruptedException {
        int attempts = 0;
        while (true) {
            T result = attempt.get();
            if (result != null) {
                return result;
            }
            if (over.getAsBoolean()) {
                return attempt.get();
            }
            if (deadline.expired()) {
                return null;
            }
            attempts = pause(deadline, attempts);
        }
    }

    /**
     * Waits for a position, with a last look when the time is over. For those who have looked already and found none.
     *
     * @param look kept by its caller, so that waiting makes no object
     * @param lane of the running operation, for the look
     * @param none what it returns when there is none
     * @throws InterruptedException when the thread is interrupted before there is one
     */
    public long awaitPosition(ToLongFunction<Lane> look, Lane lane, long none, long timeoutNanos)
            throws InterruptedException {
        long deadline = Deadline.nanosAfter(timeoutNanos);
        long found = none;
        int attempts = 0;
        while (found == none && attempts >= 0) {
            attempts = pauseUntil(deadline, attempts);
            found = look.applyAsLong(lane);
        }
        return found;
    }

    /**
     * One turn of a waiting loop, with the segment's wait strategy, unless a moment has come.
     *
     * @param deadline a moment of {@link Deadline#nanosAfter(long)}
     * @return the value to pass next time; negative when the moment has come
     * @throws InterruptedException when the thread is interrupted before that
     */
    public int pauseUntil(long deadline, int attempts) throws InterruptedException {
        long rest = Deadline.remainingNanos(deadline);
        return rest == 0 ? -1 : pause(attachment.waitStrategy(), rest, attempts);
    }

    /**
     * One turn of a waiting loop, with the segment's wait strategy.
     *
     * @param deadline does not sleep for longer than until then
     * @param attempts fruitless attempts so far, 0 at first
     * @return the value to pass next time
     * @throws InterruptedException when the thread is interrupted
     */
    public int pause(Deadline deadline, int attempts) throws InterruptedException {
        return pause(attachment.waitStrategy(), deadline.remainingNanos(), attempts);
    }

    /** As {@link #pause(Deadline, int)}, with another strategy, and a time to sleep at most. */
    public int pause(WaitStrategy strategy, long atMostNanos, int attempts) throws InterruptedException {
        return pause(strategy, atMostNanos, attempts, null);
    }

    /**
     * As {@link #pause(WaitStrategy, long, int)}, for a virtual thread that others sleep for. A platform thread sleeps for itself.
     *
     * @param by sleep in the kernel for a virtual thread, which parks then, where that is possible; null to do without them
     */
    public int pause(WaitStrategy strategy, long atMostNanos, int attempts, @Nullable Pollers by)
            throws InterruptedException {
        boolean virtual = Thread.currentThread().isVirtual();
        Pollers sleepers = virtual && by != null && by.canSleep() ? by : null;
        boolean sleeps = word != null && (!virtual || sleepers != null);
        if (!(strategy instanceof Blocking how) || !(sleeps || stamp != null)) {
            return attachment.pause(strategy, attempts);
        }
        attachment.ensureWaitable();
        if (attempts < SPINS && (!virtual || (sleeps && attachment.doAllWake()))) {
            Thread.onSpinWait();
            return attempts + 1;
        }
        attachment.verifyIfSuspected();
        if (attempts < (virtual ? SHORT_SLEEPS : TURNS_UNCERTAIN) && !(sleeps && attachment.doAllWake())) {
            // For about a millisecond, as nobody wakes us and the poller's looks are as far apart.
            // The stamp of an earlier wait says nothing to this one: it may be the same again by now.
            WAITS.get().where = 0;
            return attachment.pause(strategy, attempts);
        }
        Wait wait = WAITS.get();
        // The mapping stays for as long as somebody sleeps.
        try (Lane _ = attachment.enterToRead()) {
            // Not what was prepared for a group that has ended since: a virtual thread would keep its carrier.
            if (!wait.take(id) || (wait.word != null && !sleeps)) {
                prepare(wait, sleeps, virtual);
            } else if (sleepers != null && wait.word != null) {
                wait.sleep(this, sleepers,
                        Math.min(atMostNanos, wait.certain ? Deadline.FOREVER_NANOS : how.foreignPollNanos()));
                attachment.verifyIfSuspected();
            } else {
                wait.sleep(this, how, Math.min(atMostNanos, longestNanos(wait, how)));
                // Before the next attempt, which may meet a page that is gone.
                attachment.verifyIfSuspected();
            }
        }
        return attempts;
    }

    /** How long one sleep may last: forever, but for what nobody has thought of, if somebody wakes us or looks for us. */
    private long longestNanos(Wait wait, Blocking how) {
        if (wait.certain) {
            return attachment.sleepNanosAfter(wait.sleptNanos);
        }
        return stamp != null ? attachment.longestSleepNanos() : how.foreignPollNanos();
    }

    /**
     * Says that somebody is about to sleep, and remembers what he may sleep on if his next attempt is in vain.
     *
     * @param parks whether he never sleeps on the word himself
     */
    private void prepare(Wait wait, boolean sleeps, boolean parks) {
        wait.where = id;
        wait.sleptNanos = 0;
        MemorySegment present = sleeps ? word : null;
        wait.word = present;
        if (present != null) {
            raise(wait, present);
        }
        // Behind the word: if somebody comes between the two who wakes nobody, either it is seen here, or the word changes.
        wait.certain = present != null && attachment.doAllWake();
        // Before the attempt, as the word.
        wait.stamp = wait.certain && !parks ? 0 : stamp();
        if (wait.certain) {
            // S1. Not where somebody looks for us all the same, which saves the others the interruption.
            MemoryBarrier.everywhere();
        } else if (parks && stamp != null) {
            // He is looked for, and unparked by who does.
            wait.word = null;
        }
    }

    private static void raise(Wait wait, MemorySegment present) {
        wait.seen = raise(present);
    }

    /** Says in the word that somebody is about to sleep there; what it is then. */
    private static int raise(MemorySegment present) {
        int seen = Atomics.getIntAcquire(present, WORD);
        while ((seen & ParticipantsDescriptor.WAITING) == 0
                && !Atomics.compareAndSetInt(present, WORD, seen, seen | ParticipantsDescriptor.WAITING)) {
            seen = Atomics.getIntAcquire(present, WORD);
        }
        return seen | ParticipantsDescriptor.WAITING;
    }

    // for those who wait at several

    @Nullable
    MemorySegment word() {
        return word;
    }

    boolean hasStamp() {
        return stamp != null;
    }

    static int prepare(MemorySegment word) {
        return raise(word);
    }

    /** Sleeps until one of the words changes or is woken, the thread is interrupted, or the time is over, which is told. */
    static boolean sleepAtAny(List<MemorySegment> words, int[] seen, long nanos) {
        return WAITS.get().sleep(words, seen, nanos);
    }

    /** What {@link IdlePoller} looks at. */
    long stamp() {
        LongSupplier present = stamp;
        return present == null ? 0 : mix(present.getAsLong(), attachment.rouses());
    }

    /** What one thread is about to sleep on, and what wakes it then. */
    static final class Wait {

        private long where;
        private boolean certain;
        private long stamp;
        private int seen;
        /** How long nothing came in the last sleep on what was prepared. */
        private long sleptNanos;
        private @Nullable MemorySegment word;
        private @Nullable Sleeper sleeper;
        /** Where nothing came during the last sleep, and how rare the looks for it had become. */
        private long idleAt;
        private long idleNanos;

        /** Whether this is what the thread has prepared for, once. */
        private boolean take(long id) {
            boolean prepared = where == id;
            where = 0;
            return prepared;
        }

        /** Parks while others sleep on the word. */
        private void sleep(EventCount at, Pollers by, long nanos) {
            MemorySegment present = word;
            word = null;
            if (present != null && by.sleep(at, present, seen, stamp, nanos)) {
                at.attachment.lookAround();
            }
        }

        private void sleep(EventCount at, Blocking how, long nanos) {
            MemorySegment present = word;
            boolean first = sleptNanos == 0;
            boolean whole;
            if (certain && present != null) {
                // Not when somebody has come since who wakes nobody: then the word was changed.
                whole = sleep(present, nanos);
                if (whole) {
                    // Still prepared (I1).
                    where = at.id;
                    sleptNanos = nanos;
                }
            } else if (at.stamp == null) {
                whole = present != null && sleep(present, nanos);
            } else {
                // The looks stay as rare as they have become, if this goes on where the last sleep has ended.
                IdlePoller.Entry entry = new IdlePoller.Entry(at::stamp, stamp, present, Thread.currentThread(), how,
                        idleAt == at.id ? idleNanos : 0);
                IdlePoller.add(entry);
                whole = false;
                try {
                    whole = present != null ? sleep(present, nanos) : entry.park(at, nanos);
                } finally {
                    idleNanos = entry.end();
                    idleAt = whole ? at.id : 0;
                }
            }
            if (whole && !(certain && first)) {
                // Nobody has woken us: who would have is dead perhaps, or the file is another one.
                at.attachment.lookAround();
            }
        }

        private boolean sleep(MemorySegment present, long nanos) {
            Sleeper mine = sleeper();
            mine.word = present;
            try {
                mine.enter();
                return Futex.await(present, seen, nanos) == Futex.Outcome.TIMED_OUT;
            } finally {
                mine.leave();
                mine.word = null;
            }
        }

        /** The same, on several words. */
        private boolean sleep(List<MemorySegment> present, int[] values, long nanos) {
            Sleeper mine = sleeper();
            mine.word = present.getFirst();
            try {
                mine.enter();
                return Futex.awaitAny(present, values, nanos) == Futex.Outcome.TIMED_OUT;
            } finally {
                mine.leave();
                mine.word = null;
            }
        }

        private Sleeper sleeper() {
            Sleeper present = sleeper;
            if (present == null || !present.isOpen()) {
                present = new Sleeper();
                sleeper = present;
            }
            return present;
        }
    }

    /** What wakes one thread out of its sleep when it is interrupted: the JDK calls the channel that a thread is in. */
    private static final class Sleeper extends AbstractInterruptibleChannel {

        private volatile @Nullable MemorySegment word;

        private void enter() {
            begin();
        }

        private void leave() {
            try {
                end(true);
            } catch (IOException e) {
                // Interrupted: the status is kept, and the next turn says so. Closed by that, so this one is of no more use.
            }
        }

        @Override
        protected void implCloseChannel() {
            MemorySegment present = word;
            if (present != null) {
                // I2: also when the thread is not asleep yet.
                wake(present);
            }
        }
    }
}
