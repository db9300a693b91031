package io.zeroipc.wait;

import java.time.Duration;

/**
 * What a thread does between two attempts. Strategies have no state, so one instance serves every thread; the caller
 * keeps the counter:
 *
 * <pre>{@code
 * int attempts = 0;
 * while (!tryIt()) {
 *     if (Thread.interrupted()) {
 *         throw new InterruptedException();
 *     }
 *     attempts = strategy.idle(attempts);
 * }
 * }</pre>
 *
 * <p>
 * A strategy is asked only after a failed attempt. It never clears the interrupt status: a thread that is interrupted,
 * or becomes so, returns from {@code idle} early, and the loop above ends. Implementations of applications must keep to
 * that, and must not throw.
 *
 * <p>
 * On virtual threads: {@link #spin()} and the first steps of {@link #backoff()} keep the carrier busy, so take
 * {@link #park()} or {@link #yield()} when there may be more waiting virtual threads than processors.
 */
@FunctionalInterface
public interface WaitStrategy {
    /** Alias of {@link #block()}. */
    String BLOCK = "block";
    /** Alias of {@link #spin()}. */
    String SPIN = "spin";
    /** Alias of {@link #yield()}. */
    String YIELD = "yield";
    /** Alias of {@link #backoff()}. */
    String BACKOFF = "backoff";
    /** Alias of {@link #park()}. */
    String PARK = "park";

    /**
     * Spends a moment.
     *
     * @param attempts how many attempts failed since the last progress, as returned by the previous call; 0 at first,
     *        and again after progress
     * @return the value for the next call; never negative, never less than {@code attempts}
     */
    int idle(int attempts);

    /**
     * Spins 100 times, then sleeps until somebody lets something arrive, or makes room: wakes within microseconds, and costs nothing
     * while nothing happens. Where that is not possible (without native access, on virtual threads, and where a program uses the segment
     * that wakes nobody), one thread of the JVM looks once a millisecond for all of them. Waits for what nobody tells of are those of
     * {@link #backoff()}.
     */
    static WaitStrategy block() {
        return Blocking.NORMAL;
    }

    /**
     * {@link #block()} with figures of your own, which are both 1 ms otherwise.
     *
     * @param foreignPollInterval how often one thread looks for those who wait and whom nobody wakes: how late the message of a
     *        program may be noticed that wakes nobody
     * @param maxIdleDelay up to which that interval grows, as long as nothing arrives, where the waiting thread cannot be woken:
     *        without native access, and in virtual threads. Its looks become rarer by a sixteenth each time, so that what comes soon
     *        is noticed soon
     * @throws IllegalArgumentException unless {@code 0 < foreignPollInterval <= maxIdleDelay <= 1 s}
     */
    static WaitStrategy block(Duration foreignPollInterval, Duration maxIdleDelay) {
        return Blocking.of(foreignPollInterval, maxIdleDelay);
    }

    /**
     * Never gives up the processor: lowest latency, one processor at full load for each waiting thread. Not for virtual
     * threads, whose carrier it occupies, and not for more waiting threads than processors.
     */
    static WaitStrategy spin() {
        return BuiltInStrategies.SPIN;
    }

    /** Offers the processor to other threads each time, and keeps it when nobody wants it. */
    @SuppressWarnings("NamedLikeContextualKeyword") // the alias is the name, and a call is always qualified
    static WaitStrategy yield() {
        return BuiltInStrategies.YIELD;
    }

    /**
     * Spins 100 times, yields 100 times, then sleeps 1 us, doubled at each attempt up to 1 ms: fast under load, about as
     * cheap as {@link #park()} when nothing happens.
     */
    static WaitStrategy backoff() {
        return BuiltInStrategies.BACKOFF;
    }

    /**
     * {@link #backoff()} with figures of your own.
     *
     * @param maxSpins attempts that spin, 0 or more
     * @param maxYields attempts that yield after that, 0 or more
     * @param minSleep first sleep, at least 1 ns
     * @param maxSleep longest sleep, not below {@code minSleep}
     * @throws IllegalArgumentException if a figure is out of its range
     */
    static WaitStrategy backoff(int maxSpins, int maxYields, Duration minSleep, Duration maxSleep) {
        return new BuiltInStrategies.Backoff(maxSpins, maxYields, minSleep, maxSleep);
    }

    /**
     * Sleeps 1 ms each time: a thousand short wake-ups a second, which is one or two percent of a processor, for up to a
     * millisecond (plus the timer's slack) of latency.
     */
    static WaitStrategy park() {
        return BuiltInStrategies.PARK;
    }

    /**
     * {@link #park()} with a sleep of your own.
     *
     * @throws IllegalArgumentException if it is zero or negative
     */
    static WaitStrategy park(Duration sleep) {
        return new BuiltInStrategies.Park(sleep);
    }

    /**
     * The strategy of an alias: {@code block}, {@code spin}, {@code yield}, {@code backoff} or {@code park}, in any case.
     *
     * @throws IllegalArgumentException if there is no such alias
     */
    static WaitStrategy ofName(String name) {
        return BuiltInStrategies.ofName(name);
    }
}
