package io.zeroipc.sample.app;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Judges how old a value is by this process's own clock: the time since its version was last seen to change. The time
 * stamps of its writer may come from a clock that was set, or that stopped. What was there before we looked for the
 * first time is stale. Not thread-safe.
 */
final class Freshness {

    private static final long NEVER = -1;
    private static final long NO_VALUE = 0;

    private final long limitNanos;
    private final LongSupplier nanoClock;
    private long version = NEVER;
    private boolean hasChanged;
    private long changedAt;

    Freshness(Duration limit, LongSupplier nanoClock) {
        this.limitNanos = limit.toNanos();
        this.nanoClock = nanoClock;
        this.changedAt = nanoClock.getAsLong();
    }

    /** Takes note of the version there is now; 0 when there is no value, as in a segment that replaced another. */
    void observe(long current) {
        if (current == version) {
            return;
        }
        hasChanged = version != NEVER && current != NO_VALUE;
        version = current;
        if (current != NO_VALUE) {
            changedAt = nanoClock.getAsLong();
        }
    }

    /** Time since the last change, or since we began to look. */
    Duration age() {
        return Duration.ofNanos(nanoClock.getAsLong() - changedAt);
    }

    boolean isStale() {
        return !hasChanged || nanoClock.getAsLong() - changedAt > limitNanos;
    }
}
