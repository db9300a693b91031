package io.zeroipc.spring.listener;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.zeroipc.wait.Deadline;

/** Notices when nothing has arrived for a while in any channel of a listener. Shared by its threads. */
final class IdleWatch {

    /** Notices nothing. */
    static final IdleWatch NONE = new IdleWatch(null, _ -> {}, () -> {});

    private final boolean enabled;
    private final long intervalNanos;
    private final Consumer<Duration> onIdle;
    private final Runnable onArrival;

    private final AtomicLong arrivedAtNanos = new AtomicLong(System.nanoTime());
    private final AtomicLong reportedAtNanos = new AtomicLong(System.nanoTime());
    private final AtomicBoolean idle = new AtomicBoolean();

    /**
     * @param interval after which nobody has had an element, and then again; null for never
     * @param onIdle called with how long it is since the last one, by one of the threads that wait
     * @param onArrival called with the first element after that, by the thread that has it
     */
    IdleWatch(@Nullable Duration interval, Consumer<Duration> onIdle, Runnable onArrival) {
        this.enabled = interval != null;
        this.intervalNanos = interval == null ? 0 : interval.toNanos();
        this.onIdle = onIdle;
        this.onArrival = onArrival;
    }

    /** Something has arrived. */
    void arrived() {
        if (!enabled) {
            return;
        }
        arrivedAtNanos.set(System.nanoTime());
        if (idle.get() && idle.compareAndSet(true, false)) {
            onArrival.run();
        }
    }

    /** Nothing was there. */
    void waited() {
        if (!enabled) {
            return;
        }
        long now = System.nanoTime();
        long arrived = arrivedAtNanos.get();
        long reported = reportedAtNanos.get();
        if (now - arrived >= intervalNanos && now - reported >= intervalNanos
                && reportedAtNanos.compareAndSet(reported, now)) {
            idle.set(true);
            onIdle.accept(Duration.ofNanos(now - arrived));
        }
    }

    /** How long nobody need look whether nothing has arrived: a thread may sleep as long. */
    long nanosToNext() {
        long since = Math.max(arrivedAtNanos.get(), reportedAtNanos.get());
        return enabled ? Math.max(1, intervalNanos - (System.nanoTime() - since)) : Deadline.FOREVER_NANOS;
    }

    /** Nobody has looked for a while: the listener was paused. */
    void lookingAgain() {
        if (enabled && !idle.get()) {
            arrivedAtNanos.set(System.nanoTime());
        }
    }
}
