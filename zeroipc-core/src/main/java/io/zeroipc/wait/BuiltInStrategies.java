package io.zeroipc.wait;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The strategies behind {@link WaitStrategy}'s factories. Their text is the alias, with figures where they differ. */
@SuppressWarnings("ThreadPriorityCheck") // nothing relies on a yield here: whoever is asked to idle tries again anyway
final class BuiltInStrategies {
    static final WaitStrategy SPIN = new Spin();
    static final WaitStrategy YIELD = new Yield();
    static final WaitStrategy BACKOFF = new Backoff(100, 100, Duration.ofNanos(1_000), Duration.ofMillis(1));
    static final WaitStrategy PARK = new Park(Duration.ofMillis(1));

    private BuiltInStrategies() {
    }

    static WaitStrategy ofName(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case WaitStrategy.SPIN -> SPIN;
            case WaitStrategy.YIELD -> YIELD;
            case WaitStrategy.BACKOFF -> BACKOFF;
            case WaitStrategy.PARK -> PARK;
            case WaitStrategy.BLOCK -> Blocking.NORMAL;
            default -> throw new IllegalArgumentException(
                    "wait strategy is unknown: name=" + name + " (expected: block, spin, yield, backoff or park)");
        };
    }

    /** A thread may wait for weeks: the counter stops at its end instead of wrapping. */
    private static int next(int attempts) {
        return attempts == Integer.MAX_VALUE ? attempts : attempts + 1;
    }

    private record Spin() implements WaitStrategy {
        @Override
        public int idle(int attempts) {
            Thread.onSpinWait();
            return next(attempts);
        }

        @Override
        public String toString() {
            return SPIN;
        }
    }

    private record Yield() implements WaitStrategy {
        @Override
        public int idle(int attempts) {
            Thread.yield();
            return next(attempts);
        }

        @Override
        public String toString() {
            return YIELD;
        }
    }

    /** As backoff does, up to another longest sleep, and for a virtual thread without a step that keeps a carrier busy. */
    static int idle(boolean virtual, long maxSleepNanos, int attempts) {
        int steps = virtual ? 0 : 100;
        if (attempts < steps) {
            Thread.onSpinWait();
        } else if (attempts < 2 * steps) {
            Thread.yield();
        } else {
            LockSupport.parkNanos(sleepNanos(1_000, maxSleepNanos, attempts - 2 * steps));
        }
        return next(attempts);
    }

    /** The shortest sleep, doubled {@code times} times, but never beyond the longest one. */
    private static long sleepNanos(long minNanos, long maxNanos, int times) {
        boolean beyond = times >= Long.numberOfLeadingZeros(minNanos) - 1;
        return beyond ? maxNanos : Math.min(minNanos << times, maxNanos);
    }

    record Park(long sleepNanos) implements WaitStrategy {
        Park(Duration sleep) {
            this(TimeUnit.NANOSECONDS.convert(sleep));
        }

        Park {
            if (sleepNanos <= 0) {
                throw new IllegalArgumentException(
                        "sleep must be positive: sleep=" + sleepNanos + " ns (expected: 1 ns or more)");
            }
        }

        @Override
        public int idle(int attempts) {
            LockSupport.parkNanos(sleepNanos);
            return next(attempts);
        }

        @Override
        public String toString() {
            return PARK + "(" + Duration.ofNanos(sleepNanos) + ")";
        }
    }

    record Backoff(int maxSpins, int maxYields, long minSleepNanos, long maxSleepNanos) implements WaitStrategy {
        Backoff(int maxSpins, int maxYields, Duration minSleep, Duration maxSleep) {
            this(maxSpins, maxYields, TimeUnit.NANOSECONDS.convert(minSleep), TimeUnit.NANOSECONDS.convert(maxSleep));
        }

        Backoff {
            if (maxSpins < 0 || maxYields < 0 || maxSpins + maxYields < 0) {
                throw new IllegalArgumentException("spins and yields are out of range: maxSpins=" + maxSpins
                        + ", maxYields=" + maxYields + " (expected: 0 or more, 2^31-1 together at most)");
            }
            if (minSleepNanos <= 0 || maxSleepNanos < minSleepNanos) {
                throw new IllegalArgumentException("sleeps are out of range: minSleep=" + minSleepNanos
                        + " ns, maxSleep=" + maxSleepNanos + " ns (expected: 1 ns <= minSleep <= maxSleep)");
            }
        }

        @Override
        public int idle(int attempts) {
            if (attempts < maxSpins) {
                Thread.onSpinWait();
            } else if (attempts < maxSpins + maxYields) {
                Thread.yield();
            } else {
                LockSupport.parkNanos(sleepNanos(attempts - maxSpins - maxYields));
            }
            return next(attempts);
        }

        /** The shortest sleep, doubled {@code times} times, but never beyond the longest one. */
        long sleepNanos(int times) {
            return BuiltInStrategies.sleepNanos(minSleepNanos, maxSleepNanos, times);
        }

        @Override
        public String toString() {
            return BACKOFF + "(spins=" + maxSpins + ", yields=" + maxYields + ", sleep="
                    + Duration.ofNanos(minSleepNanos) + ".." + Duration.ofNanos(maxSleepNanos) + ")";
        }
    }
}
