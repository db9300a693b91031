package io.zeroipc.codec;

import java.util.Random;

/** Random numbers whose seed is printed; {@code -Dzeroipc.seed=n} repeats a run. */
final class Seeds {

    private Seeds() {
    }

    static Random next() {
        long seed = Long.getLong("zeroipc.seed", System.nanoTime());
        System.out.println("zeroipc.seed=" + seed);
        return new Random(seed);
    }
}
