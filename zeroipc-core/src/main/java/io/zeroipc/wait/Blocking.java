package io.zeroipc.wait;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * {@link WaitStrategy#block()}, which those who wait for something that wakes them recognise; for all others it idles as
 * {@link WaitStrategy#backoff()} does, and longer if {@code maxIdleNanos} says so.
 *
 * @param foreignPollNanos how often it is looked for who waits and is woken by nobody
 * @param maxIdleNanos what that becomes, as long as nothing happens, where nobody can be woken: without native access, and in virtual
 *        threads
 */
public record Blocking(long foreignPollNanos, long maxIdleNanos) implements WaitStrategy {

    /** Whoever waits looks again after this time all the same. */
    private static final Duration LONGEST = Duration.ofSeconds(1);
    private static final Duration MILLISECOND = Duration.ofMillis(1);

    static final Blocking NORMAL = of(MILLISECOND, MILLISECOND);

    /** As {@link WaitStrategy#block(Duration, Duration)} says. */
    public Blocking {
        if (foreignPollNanos <= 0 || foreignPollNanos > LONGEST.toNanos()) {
            throw new IllegalArgumentException("foreign poll interval is out of range: foreignPollInterval="
                    + Duration.ofNanos(foreignPollNanos) + " (expected: more than 0s, at most 1s)");
        }
        if (maxIdleNanos < foreignPollNanos || maxIdleNanos > LONGEST.toNanos()) {
            throw new IllegalArgumentException("longest idle delay is out of range: maxIdleDelay="
                    + Duration.ofNanos(maxIdleNanos) + " (expected: from foreignPollInterval="
                    + Duration.ofNanos(foreignPollNanos) + " to 1s)");
        }
    }

    static Blocking of(Duration foreignPollInterval, Duration maxIdleDelay) {
        return new Blocking(TimeUnit.NANOSECONDS.convert(foreignPollInterval),
                TimeUnit.NANOSECONDS.convert(maxIdleDelay));
    }

    @Override
    public int idle(int attempts) {
        return BuiltInStrategies.idle(Thread.currentThread().isVirtual(), Math.max(maxIdleNanos, MILLISECOND.toNanos()),
                attempts);
    }

    @Override
    public String toString() {
        return equals(NORMAL)
                ? BLOCK
                : BLOCK + "(" + Duration.ofNanos(foreignPollNanos) + ", " + Duration.ofNanos(maxIdleNanos) + ")";
    }
}
