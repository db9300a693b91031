package io.zeroipc.spring.listener;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * What one consumer knows of the time, and looks at the clock for as rarely as it can: when something was taken last, and how long
 * calls of the listener take. Asking for the time costs as much as the rest of a quick call, and a timer more. For its thread, but for
 * {@link #lastActivityMillis}.
 */
final class ConsumerClock {

    /** Of so many quick calls, or looks that found something, one is at the clock. */
    static final int INTERVAL = 16;
    /** Calls that follow each other in less are quick: to time each would be more than a few percent. */
    private static final long QUICK_NANOS = TimeUnit.MICROSECONDS.toNanos(10);
    /** Looks in a row that find nothing, and end what was quick: they take longer than that. */
    private static final int IDLE_LOOKS = 256;
    private static final long UNTIMED = Long.MIN_VALUE;

    private final ChannelStatistics statistics;
    private final LongSupplier nanos;
    private final AtomicLong lastActivityMillis = new AtomicLong();
    /** So many more looks that found something do without the clock. */
    private int unread;
    /** Whether something was taken since the clock was read. */
    private boolean unsaid;
    /** So many more calls are not timed. */
    private int untimed;
    /** How many calls the last one that was timed stands for. */
    private int interval = 1;
    private long lastBeganAtNanos;
    private int emptyLooks;

    ConsumerClock(ChannelStatistics statistics) {
        this(statistics, System::nanoTime);
    }

    /** @param nanos as {@link System#nanoTime} */
    ConsumerClock(ChannelStatistics statistics, LongSupplier nanos) {
        this.statistics = statistics;
        this.nanos = nanos;
        this.lastBeganAtNanos = nanos.getAsLong() - QUICK_NANOS;
    }

    /** When something was taken last; 0 when nothing was. In the midst of quick elements it may lag by fifteen. For any thread. */
    long lastActivityMillis() {
        return lastActivityMillis.get();
    }

    /**
     * Something was taken. Each look says when it was, until two come in the same millisecond: of the next fifteen, however slow, none
     * does, unless there is nothing left.
     */
    void active() {
        emptyLooks = 0;
        if (unread > 0) {
            unread--;
            unsaid = true;
            return;
        }
        unsaid = false;
        long now = System.currentTimeMillis();
        unread = now == lastActivityMillis.get() ? INTERVAL - 1 : 0;
        lastActivityMillis.lazySet(now);
    }

    /**
     * Nothing was there: what has not said yet when it was does so. What comes next after some time is timed, however quick those before
     * have been.
     */
    void inactive() {
        if (unsaid) {
            unsaid = false;
            unread = 0;
            lastActivityMillis.lazySet(System.currentTimeMillis());
        }
        if (untimed > 0 && ++emptyLooks >= IDLE_LOOKS) {
            emptyLooks = 0;
            untimed = 0;
            interval = 1;
        }
    }

    /**
     * Before a call. What decides whether it is timed is how quickly calls follow each other, and not how long the last one took: a quick
     * call is as likely to be timed as a slow one beside it.
     *
     * @return for {@link #ended}
     */
    long began() {
        if (untimed > 0) {
            untimed--;
            return UNTIMED;
        }
        return statistics.isTimed() ? nanos.getAsLong() : UNTIMED;
    }

    /** After a call, whatever came of it. */
    void ended(long beganAtNanos, @Nullable Throwable thrown) {
        if (beganAtNanos == UNTIMED) {
            return;
        }
        statistics.called(nanos.getAsLong() - beganAtNanos, thrown);
        boolean quick = beganAtNanos - lastBeganAtNanos < interval * QUICK_NANOS;
        lastBeganAtNanos = beganAtNanos;
        interval = quick ? INTERVAL : 1;
        untimed = interval - 1;
    }
}
