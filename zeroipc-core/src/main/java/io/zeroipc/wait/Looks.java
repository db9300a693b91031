package io.zeroipc.wait;

import java.util.concurrent.TimeUnit;

/**
 * A bounded wait for something that others have in hand for a moment: so many looks at it, with {@link WaitStrategy#backoff()}
 * between them. A turn that takes long counts for several looks, so that the whole takes about a second also where others keep
 * the processors busy.
 *
 * <pre>{@code
 * int looks = 0;
 * while (!tryIt()) {
 *     if (looks >= Looks.MAX) {
 *         throw ...;
 *     }
 *     looks = Looks.pause(looks);
 * }
 * }</pre>
 */
public final class Looks {

    /** About a second, most of which is slept. */
    public static final int MAX = 1000;

    /** As the later turns of {@link WaitStrategy#backoff()}. */
    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    /** A turn never counts for a larger part of the wait: this thread itself may have been stopped, and who it waits for. */
    private static final int PARTS = 8;

    private Looks() {
    }

    /**
     * One turn between two looks. Keeps the interrupt status.
     *
     * @param looks 0 at first
     * @return the number of looks to pass next time, and to compare with the greatest one: it may pass that by
     */
    public static int pause(int looks) {
        long begun = System.nanoTime();
        int _ = Pauses.keepingInterrupt(WaitStrategy.backoff(), looks);
        return next(looks, begun);
    }

    /**
     * The number of looks after a turn of another kind.
     *
     * @param begun when it began, by {@link System#nanoTime()}
     */
    public static int next(int looks, long begun) {
        return looks + count(System.nanoTime() - begun, TURN_NANOS, MAX);
    }

    /** For how many looks a turn counts that took so long, where one takes {@code nanosOfOne} and there are {@code all}. */
    public static int count(long nanos, long nanosOfOne, int all) {
        return Math.clamp((nanos + nanosOfOne / 2) / nanosOfOne, 1, all / PARTS);
    }
}
