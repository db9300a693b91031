package io.zeroipc.sample.app;

import java.time.Duration;

/** How long to wait before something that ended is started again: twice as long each time it ends soon. */
final class Backoff {

    private static final Duration LONG_ENOUGH = Duration.ofSeconds(10);

    private final Duration first;
    private final Duration max;
    private Duration next;

    Backoff(Duration first, Duration max) {
        this.first = first;
        this.max = max;
        this.next = first;
    }

    /** The wait after a run of this length. */
    Duration after(Duration run) {
        if (run.compareTo(LONG_ENOUGH) >= 0) {
            next = first;
        }
        Duration delay = next.compareTo(max) < 0 ? next : max;
        next = delay.multipliedBy(2);
        return delay;
    }
}
