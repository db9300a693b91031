package io.zeroipc.testing;

import java.util.Random;

/** Random numbers whose seed is printed; {@code -Dzeroipc.seed=n} repeats a run. */
public final class Seeds {

    private Seeds() {
    }

    /** The seed of a test, to be handed to each of its threads with a number of its own. */
    public static long next() {
        long seed = Long.getLong("zeroipc.seed", System.nanoTime());
        System.out.println("zeroipc.seed=" + seed);
        return seed;
    }

    /** The random numbers of one thread. */
    public static Random of(long seed, int thread) {
        return new Random(seed * 31 + thread);
    }
}
