package io.zeroipc.segment;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import io.zeroipc.wait.Blocking;

/**
 * The one thread of this JVM that looks, once a millisecond unless they say otherwise, for all those who wait and whom nobody wakes:
 * because a program uses their segment that wakes nobody, or because they are virtual threads, or there is no native access. What it
 * costs hardly grows with their number. It runs while somebody waits so.
 */
final class IdlePoller {

    /** With nobody to look for, it is there for so long: threads that wait do so again soon. */
    private static final long ALONE_NANOS = 1_000_000_000;
    /** How much rarer the looks become each time, and how much sooner than they are due they may come: then several come together. */
    private static final int PART = 16;

    private static final Object MONITOR = new Object();
    /** Those that were added since the last look: under the monitor. */
    private static List<Entry> added = new ArrayList<>();
    /** Under the monitor. */
    private static @Nullable Thread thread;
    /** When it looks next: under the monitor. */
    private static long nextAtNanos;
    private static final AtomicLong WAKES = new AtomicLong();
    private static final AtomicLong LOOKS = new AtomicLong();

    private IdlePoller() {
    }

    /** Looks for this one until it {@linkplain Entry#end ends}. */
    static void add(Entry entry) {
        synchronized (MONITOR) {
            added.add(entry);
            if (thread == null) {
                nextAtNanos = entry.dueAtNanos;
                thread = Thread.ofPlatform().daemon().name("zeroipc-poller").start(IdlePoller::run);
            } else if (entry.dueAtNanos - nextAtNanos < 0) {
                nextAtNanos = entry.dueAtNanos;
                LockSupport.unpark(thread);
            }
        }
    }

    /** For tests: how many it has woken. */
    static long wakes() {
        return WAKES.get();
    }

    /** For tests: how often it has looked at something. */
    static long looks() {
        return LOOKS.get();
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
        long aloneSince = System.nanoTime();
        while (true) {
            long now = System.nanoTime();
            entries.removeIf(each -> each.isOver(now));
            long rest;
            synchronized (MONITOR) {
                entries.addAll(added);
                added.clear();
                if (!entries.isEmpty()) {
                    aloneSince = now;
                } else if (now - aloneSince > ALONE_NANOS) {
                    thread = null;
                    return;
                }
                long next = now + ALONE_NANOS;
                for (Entry each : entries) {
                    next = each.dueAtNanos - next < 0 ? each.dueAtNanos : next;
                }
                nextAtNanos = next;
                rest = next - now;
            }
            if (rest > 0) {
                LockSupport.parkNanos(rest);
            }
            // An interrupt, for which nobody has a reason, would leave no sleep.
            boolean _ = Thread.interrupted();
        }
    }

    /** One thread that waits. Its mapping stays until it has ended this. */
    static final class Entry {

        private final LongSupplier stamp;
        private final long seen;
        private final @Nullable MemorySegment word;
        private final Thread waiter;
        private final long longestNanos;
        private long delayNanos;
        /** Written by the thread that looks, once this was added. */
        private long dueAtNanos;
        private boolean over;
        private volatile boolean woken;

        /**
         * @param seen the stamp before the last attempt
         * @param word what the thread sleeps on; null when it parks
         * @param delayNanos between the looks at first, if the thread has waited before and nothing came; else 0
         */
        Entry(LongSupplier stamp, long seen, @Nullable MemorySegment word, Thread waiter, Blocking how,
                long delayNanos) {
            this.stamp = stamp;
            this.seen = seen;
            this.word = word;
            this.waiter = waiter;
            this.longestNanos = word == null ? how.maxIdleNanos() : how.foreignPollNanos();
            this.delayNanos = Math.clamp(delayNanos, how.foreignPollNanos(), longestNanos);
            this.dueAtNanos = System.nanoTime() + this.delayNanos;
        }

        /** Looks if that is due, and wakes the thread if there may be something for it; whether that was the last look. */
        private synchronized boolean isOver(long now) {
            if (!over && dueAtNanos - now <= delayNanos / PART) {
                LOOKS.incrementAndGet();
                if (isWorthALook()) {
                    over = true;
                    woken = true;
                    WAKES.incrementAndGet();
                    wake();
                }
                delayNanos = Math.min(longestNanos, delayNanos + delayNanos / PART + 1);
                dueAtNanos = now + delayNanos;
            }
            return over;
        }

        private void wake() {
            if (word == null) {
                LockSupport.unpark(waiter);
            } else {
                EventCount.rouse(word);
            }
        }

        private boolean isWorthALook() {
            try {
                return stamp.getAsLong() != seen;
            } catch (RuntimeException | InternalError e) {
                // Whatever is wrong with the bytes, the thread itself will say so.
                return true;
            }
        }

        /** Sleeps until it is woken, interrupted, or the time is over, which is told. */
        boolean park(Object blocker, long nanos) {
            long end = System.nanoTime() + nanos;
            while (!woken && !Thread.currentThread().isInterrupted()) {
                long rest = end - System.nanoTime();
                if (rest <= 0) {
                    return true;
                }
                LockSupport.parkNanos(blocker, rest);
            }
            return false;
        }

        /** Nobody looks any more: the mapping may go. What the time between two looks has become. */
        synchronized long end() {
            over = true;
            return delayNanos;
        }
    }
}
