package io.zeroipc.wait;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A moment up to which somebody waits. Immutable; made of {@link System#nanoTime()}, so it means nothing to another
 * process and does not jump with the clock.
 *
 * <p>
 * Loops that must not allocate use the static twins, which keep the moment in a {@code long}:
 *
 * <pre>{@code
 * long deadline = Deadline.nanosAfter(timeout);
 * while (!tryIt()) {
 *     if (Deadline.isPast(deadline)) {
 *         return false;
 *     }
 * }
 * }</pre>
 *
 * Arithmetic cannot overflow: a timeout beyond {@link #FOREVER_NANOS}, 146 years, is one of 146 years.
 */
public final class Deadline {
    /** The longest timeout there is, in nanoseconds. Half the range, so that differences of moments stay exact. */
    public static final long FOREVER_NANOS = Long.MAX_VALUE / 2;

    private static final Deadline NEVER = new Deadline(0, true);

    private final long moment;
    private final boolean never;

    private Deadline(long moment, boolean never) {
        this.moment = moment;
        this.never = never;
    }

    /** The moment so far from now. Zero or less is now: the deadline has expired when it is made. */
    public static Deadline after(Duration timeout) {
        long nanos = TimeUnit.NANOSECONDS.convert(timeout);
        return nanos >= FOREVER_NANOS ? NEVER : new Deadline(nanosAfter(nanos), false);
    }

    /** A deadline that does not come. */
    public static Deadline never() {
        return NEVER;
    }

    /** Whether the moment has come. */
    public boolean expired() {
        return !never && isPast(moment);
    }

    /** Nanoseconds until the moment: 0 when it has come, {@link Long#MAX_VALUE} when it does not come. */
    public long remainingNanos() {
        return never ? Long.MAX_VALUE : remainingNanos(moment);
    }

    /** Whether this is {@link #never()}, or a timeout of {@link #FOREVER_NANOS} or more. */
    public boolean isNever() {
        return never;
    }

    /** The moment so far from now, as a number for {@link #isPast} and {@link #remainingNanos(long)} only. */
    public static long nanosAfter(Duration timeout) {
        return nanosAfter(TimeUnit.NANOSECONDS.convert(timeout));
    }

    /** As {@link #nanosAfter(Duration)}, with the timeout in nanoseconds. */
    public static long nanosAfter(long timeoutNanos) {
        return System.nanoTime() + Math.clamp(timeoutNanos, 0, FOREVER_NANOS);
    }

    /** Whether a moment of {@link #nanosAfter(long)} has come. */
    public static boolean isPast(long moment) {
        return System.nanoTime() - moment >= 0;
    }

    /** Nanoseconds until a moment of {@link #nanosAfter(long)}: 0 when it has come. */
    public static long remainingNanos(long moment) {
        return Math.max(0, moment - System.nanoTime());
    }

    @Override
    public String toString() {
        return never ? "never" : "in " + Duration.ofNanos(remainingNanos());
    }
}
