package io.zeroipc.segment;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * The one thread of this JVM that looks, once a millisecond, for all those who wait and whom nobody wakes: because a program uses
 * their segment that wakes nobody, or because they are virtual threads, or there is no native access. What it costs hardly grows
 * with their number. It runs while somebody waits so.
 */
final class IdlePoller {

    private static final long INTERVAL_NANOS = 1_000_000;
    /** With nobody to look for, it is there for so long: threads that wait do so again soon. */
    private static final int ROUNDS_ALONE = 1_000;

    private static final Object MONITOR = new Object();
    /** Those that were added since the last look: under the monitor. */
    private static List<Entry> added = new ArrayList<>();
    /** Under the monitor. */
    private static @Nullable Thread thread;
    private static final AtomicLong WAKES = new AtomicLong();

    private IdlePoller() {
    }

    /** Looks for this one until it {@linkplain Entry#end ends}. */
    static void add(Entry entry) {
        synchronized (MONITOR) {
            added.add(entry);
            if (thread == null) {
                thread = Thread.ofPlatform().daemon().name("zeroipc-poller").start(IdlePoller::run);
            }
        }
    }

    /** For tests: how many it has woken. */
    static long wakes() {
        return WAKES.get();
    }

    private static void run() {
        List<Entry> entries = new ArrayList<>();
        try {
            look(entries);
        } finally {
            synchronized (MONITOR) {
                if (Thread.currentThread().equals(thread)) {
                    // An error ends it, for want of memory say: who waits next begins anew, with those who wait already.
                    thread = null;
                    added.addAll(entries);
                }
            }
        }
    }

    private static void look(List<Entry> entries) {
        int alone = 0;
        while (true) {
            synchronized (MONITOR) {
                entries.addAll(added);
                added.clear();
                alone = entries.isEmpty() ? alone + 1 : 0;
                if (alone > ROUNDS_ALONE) {
                    thread = null;
                    return;
                }
            }
            entries.removeIf(Entry::isOver);
            LockSupport.parkNanos(INTERVAL_NANOS);
            // An interrupt, for which nobody has a reason, would leave no sleep.
            boolean _ = Thread.interrupted();
        }
    }

    /** One thread that waits. Its mapping stays until it has ended this. */
    static final class Entry {

        private final EventCount where;
        private final long seen;
        private final @Nullable MemorySegment word;
        private final Thread waiter;
        private boolean over;
        private volatile boolean woken;

        /**
         * @param seen the stamp before the last attempt
         * @param word what the thread sleeps on; null when it parks
         */
        Entry(EventCount where, long seen, @Nullable MemorySegment word, Thread waiter) {
            this.where = where;
            this.seen = seen;
            this.word = word;
            this.waiter = waiter;
        }

        /** Looks, and wakes the thread if there may be something for it; whether that was the last look. */
        private synchronized boolean isOver() {
            if (!over && isWorthALook()) {
                over = true;
                woken = true;
                WAKES.incrementAndGet();
                if (word == null) {
                    LockSupport.unpark(waiter);
                } else {
                    EventCount.rouse(word);
                }
            }
            return over;
        }

        private boolean isWorthALook() {
            try {
                return where.stamp() != seen;
            } catch (RuntimeException | InternalError e) {
                // Whatever is wrong with the bytes, the thread itself will say so.
                return true;
            }
        }

        /** Sleeps until it is woken, interrupted, or the time is over, which is told. */
        boolean park(long nanos) {
            long end = System.nanoTime() + nanos;
            while (!woken && !Thread.currentThread().isInterrupted()) {
                long rest = end - System.nanoTime();
                if (rest <= 0) {
                    return true;
                }
                LockSupport.parkNanos(where, rest);
            }
            return false;
        }

        /** Nobody looks any more: the mapping may go. */
        synchronized void end() {
            over = true;
        }
    }
}
