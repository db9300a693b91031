package io.zeroipc.segment;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

import io.zeroipc.memory.Atomics;
import io.zeroipc.os.Futex;
import io.zeroipc.wait.Deadline;

/**
 * A group of few platform threads that sleep in the kernel for any number of threads which park meanwhile, virtual ones above all:
 * these are woken as if they slept there themselves, and keep no carrier. Handed to {@link EventCount#pause}. Thread-safe.
 *
 * <p>
 * The threads run from the first {@link #join} to the last {@link #leave}, and are no daemons: whoever has joined keeps the process
 * alive. One call of the kernel waits at 128 words, of which one is the thread's own; where the group needs more, it has more threads.
 *
 * <p>
 * Once a second each of its threads does for all it sleeps for what each of them would do: it looks at their files, and whether there
 * is something that nobody has told. So an idle thread costs no turn of its own.
 *
 * <p>
 * Invariants. I1: a thread of the group sleeps on the value of a word with which it has looked through those who park there, and woken
 * who waits for another one. I2: who parks has entered the list first, and then looked that the word is what he waits at. So if the
 * word was changed before he entered, he sees it himself or the poller has yet to look; and if it is changed later, the poller does not
 * fall asleep, or is woken. Both go through the monitor of the {@linkplain Place place}.
 */
public final class Pollers {

    /** More threads than these are no group of few. */
    public static final int THREADS_MAX = 64;
    private static final int PLACES_MAX = Futex.WORDS_MAX - 1;
    private static final long TICK_NANOS = 1_000_000_000;
    /** A store that was overtaken by the look for somebody to wake has arrived by then. */
    private static final long SECOND_LOOK_NANOS = 1_000_000;
    /** A thread that has met an error does not do so again at once. */
    private static final long AFTER_ERROR_NANOS = 1_000_000;
    private static final long WORD = 0;

    private final int threads;
    private final String name;
    /** By the address of the word. */
    private final Map<Long, Place> places = new ConcurrentHashMap<>();
    /** Under this object's monitor. */
    private final List<Poller> pollers = new ArrayList<>();
    private volatile int members;
    private long tickNanos = TICK_NANOS;

    /**
     * Starts nothing yet.
     *
     * @param name of the threads, before a number
     * @throws IllegalArgumentException unless there is at least one thread, and at most {@value #THREADS_MAX}
     */
    public Pollers(int threads, String name) {
        if (threads < 1 || threads > THREADS_MAX) {
            throw new IllegalArgumentException("number of poller threads is out of range: threads=" + threads
                    + " (expected: 1 to " + THREADS_MAX + ")");
        }
        this.threads = threads;
        this.name = name;
    }

    /** With how many threads it begins. */
    public int threads() {
        return threads;
    }

    /** Somebody whose threads are to be waited for: the group runs. */
    public synchronized void join() {
        if (members == 0) {
            try {
                while (pollers.size() < threads) {
                    addPoller();
                }
            } catch (Throwable e) {
                endPollers();
                throw e;
            }
        }
        members++;
    }

    /** The end of one {@link #join}. After the last one the threads end; who still waits goes on to look for himself. */
    public synchronized void leave() {
        members--;
        if (members == 0) {
            endPollers();
        }
    }

    private Poller addPoller() {
        Poller poller = new Poller();
        Thread.ofPlatform()
                .name(name + "-" + (pollers.size() + 1))
                .daemon(false)
                .inheritInheritableThreadLocals(false)
                .start(poller::run);
        pollers.add(poller);
        return poller;
    }

    private void endPollers() {
        pollers.forEach(Poller::end);
        pollers.clear();
    }

    /** Whether it can sleep for somebody: with native access, since Linux 5.16, and while it runs. */
    boolean canSleep() {
        return members > 0 && Futex.canAwaitAny();
    }

    /**
     * Parks the calling thread until a word changes, or is woken, the thread is interrupted, or the time is over, which is told. To be
     * called in a lane, as the mapping stays for as long.
     *
     * @param seen the word before the thread's last attempt
     * @param stamp of the event count, before that attempt
     */
    boolean sleep(EventCount at, MemorySegment word, int seen, long stamp, long nanos) {
        Sleeper mine = new Sleeper(at, seen, stamp);
        Place place = enter(word, mine);
        if (place == null) {
            // The group has just ended.
            LockSupport.parkNanos(this, Math.min(nanos, SECOND_LOOK_NANOS));
            return true;
        }
        try {
            // I2
            return Atomics.getIntAcquire(word, WORD) == seen && mine.park(nanos);
        } finally {
            place.leave(mine);
        }
    }

    /** Null when there is no thread that could sleep. */
    private @Nullable Place enter(MemorySegment word, Sleeper sleeper) {
        while (true) {
            Place place = places.computeIfAbsent(word.address(), _ -> newPlace(word));
            if (place == null || place.enter(sleeper)) {
                return place;
            }
            places.remove(word.address(), place);
        }
    }

    /** Where there are the fewest. */
    private synchronized @Nullable Place newPlace(MemorySegment word) {
        if (members == 0) {
            return null;
        }
        Poller chosen = null;
        for (Poller other : pollers) {
            chosen = chosen == null || other.places.size() < chosen.places.size() ? other : chosen;
        }
        if (chosen == null || chosen.places.size() >= PLACES_MAX) {
            chosen = addPoller();
        }
        Place place = new Place(word);
        chosen.places.add(place);
        chosen.call();
        return place;
    }

    /** For tests: a wake that goes missing is missed for good. Before anybody joins. */
    void sleepForLong() {
        tickNanos = Deadline.FOREVER_NANOS;
    }

    /** For tests: how many threads it has now. */
    synchronized int running() {
        return pollers.size();
    }

    /** One thread that parks. */
    private static final class Sleeper {

        private final EventCount at;
        private final int seen;
        private final long stamp;
        private final Thread thread = Thread.currentThread();
        private volatile boolean woken;

        Sleeper(EventCount at, int seen, long stamp) {
            this.at = at;
            this.seen = seen;
            this.stamp = stamp;
        }

        void wake() {
            woken = true;
            LockSupport.unpark(thread);
        }

        /** Until it is woken, interrupted, or the time is over, which is told. */
        boolean park(long nanos) {
            long end = Deadline.nanosAfter(nanos);
            boolean again = at.hasStamp();
            while (!woken && !thread.isInterrupted()) {
                long rest = Deadline.remainingNanos(end);
                if (rest == 0) {
                    return true;
                }
                if (again && rest > SECOND_LOOK_NANOS) {
                    LockSupport.parkNanos(this, SECOND_LOOK_NANOS);
                    again = false;
                    if (hasMore()) {
                        return false;
                    }
                } else if (nanos >= Deadline.FOREVER_NANOS) {
                    LockSupport.park(this);
                } else {
                    LockSupport.parkNanos(this, rest);
                }
            }
            return false;
        }

        /** Whether an attempt may have become worth while, without a wake. */
        boolean hasMore() {
            try {
                return at.stamp() != stamp;
            } catch (RuntimeException | InternalError e) {
                // Whatever is wrong with the bytes, the thread itself will say so.
                return true;
            }
        }
    }

    /** A word, and who parks until it changes. */
    private static final class Place {

        private final List<Sleeper> sleepers = new ArrayList<>(1);
        private final long address;
        private final MemorySegment word;
        /** Whether somebody was here since the last tick. */
        private boolean used = true;
        private boolean gone;

        Place(MemorySegment word) {
            this.address = word.address();
            this.word = word;
        }

        /** False when nobody looks at it any more. */
        synchronized boolean enter(Sleeper sleeper) {
            // Another mapping may be where one was that has ended: the kernel would tell of the former one's word.
            gone |= !word.scope().isAlive();
            if (!gone) {
                used = true;
                sleepers.add(sleeper);
            }
            return !gone;
        }

        synchronized void leave(Sleeper sleeper) {
            sleepers.remove(sleeper);
        }

        /**
         * Wakes who waits for another value than the present one, and adds that to what is slept on.
         *
         * @return false when there is no such word any more
         */
        synchronized boolean look(List<MemorySegment> words, int[] seen) {
            try {
                // I1
                int value = Atomics.getIntAcquire(word, WORD);
                for (Sleeper each : sleepers) {
                    if (each.seen != value && !each.woken) {
                        each.wake();
                    }
                }
                seen[words.size()] = value;
                words.add(word);
                return true;
            } catch (IllegalStateException | InternalError e) {
                // The mapping has ended, or the page is gone: who is here will see it.
                end();
                return false;
            }
        }

        /**
         * Wakes those for whom there is something, though nobody has said so, and those for whom that cannot be told.
         *
         * @param attachments adds those of who goes on to wait
         * @return false when nobody has been here for a while
         */
        synchronized boolean tick(Collection<Attachment> attachments) {
            for (Sleeper each : sleepers) {
                attachments.add(each.at.attachment());
                if (!each.at.hasStamp() || each.hasMore()) {
                    each.wake();
                }
            }
            boolean keep = used || !sleepers.isEmpty();
            used = false;
            if (!keep) {
                gone = true;
            }
            return keep;
        }

        /** Nobody looks at it any more. */
        synchronized void end() {
            gone = true;
            sleepers.forEach(Sleeper::wake);
        }
    }

    /** One thread of the group. */
    private final class Poller {

        private final List<Place> places = new CopyOnWriteArrayList<>();
        /** Changed by whoever wants the thread to look again. */
        private final MemorySegment call = Arena.ofAuto().allocate(Integer.BYTES, Integer.BYTES);
        private final List<MemorySegment> words = new ArrayList<>(Futex.WORDS_MAX);
        private final int[] seen = new int[Futex.WORDS_MAX];
        private long tickAtNanos = System.nanoTime() + tickNanos;
        private volatile boolean ending;
        private @Nullable Thread thread;

        void run() {
            synchronized (this) {
                thread = Thread.currentThread();
            }
            try {
                while (!ending) {
                    turnOrEnd();
                }
            } finally {
                // Also after an error of the JVM: who parks here looks for himself, and comes to another thread next.
                synchronized (Pollers.this) {
                    pollers.remove(this);
                }
                endPlaces();
            }
        }

        private void turnOrEnd() {
            try {
                turn();
            } catch (RuntimeException | Error e) {
                // A mapping that has ended between the look and the sleep, or want of memory.
                endPlaces();
                LockSupport.parkNanos(AFTER_ERROR_NANOS);
            }
        }

        private void endPlaces() {
            for (Place place : places) {
                place.end();
                forget(place);
            }
        }

        private void forget(Place place) {
            places.remove(place);
            Pollers.this.places.remove(place.address, place);
        }

        void end() {
            ending = true;
            call();
        }

        void call() {
            int _ = Atomics.getAndAddInt(call, WORD, 1);
            if (Futex.canAwaitAny()) {
                Futex.wakeAll(call);
            } else {
                synchronized (this) {
                    LockSupport.unpark(thread);
                }
            }
        }

        private void turn() {
            // Before the list: a place that is added later changes it.
            int called = Atomics.getIntAcquire(call, WORD);
            long now = System.nanoTime();
            if (now - tickAtNanos >= 0) {
                tickAtNanos = now + tickNanos;
                tick();
            }
            words.clear();
            seen[0] = called;
            words.add(call);
            for (Place place : places) {
                if (!place.look(words, seen)) {
                    forget(place);
                }
            }
            if (ending) {
                return;
            }
            if (Futex.canAwaitAny()) {
                Futex.awaitAny(words, seen, tickAtNanos - now);
            } else {
                LockSupport.parkNanos(this, tickAtNanos - now);
            }
        }

        private void tick() {
            Set<Attachment> attachments = Collections.newSetFromMap(new IdentityHashMap<>());
            for (Place place : places) {
                if (!place.tick(attachments)) {
                    forget(place);
                }
            }
            attachments.forEach(this::lookAround);
        }

        private void lookAround(Attachment attachment) {
            try (Lane _ = attachment.enterToRead()) {
                attachment.lookAround();
            } catch (RuntimeException | InternalError e) {
                // Who waits is to see for himself what is wrong.
                attachment.rouse();
            }
        }
    }
}
