package io.zeroipc.testing;

import java.lang.management.ManagementFactory;

import com.sun.management.ThreadMXBean;

import static org.assertj.core.api.Assertions.assertThat;

/** What a thread allocates. */
public final class Allocation {

    /** Many: on a busy machine the compiler comes late. */
    private static final int ROUNDS = 10_000;

    private Allocation() {
    }

    /**
     * Runs the operations again and again until one round allocates nothing: compilation happens at some time, and before
     * it objects are made that the compiler later removes.
     */
    public static void assertNoneBy(Runnable operations) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < ROUNDS && least > 0; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            operations.run();
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).as("bytes allocated by one round").isZero();
    }
}
