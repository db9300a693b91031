package io.zeroipc.spring.listener;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/** How listeners of tests wait. */
final class Latches {

    private Latches() {
    }

    /** Until the thread is interrupted, which it says. */
    static void awaitForEver() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted by the stop", e);
        }
    }

    /** Until somebody has counted down; half a minute is too long. */
    static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
