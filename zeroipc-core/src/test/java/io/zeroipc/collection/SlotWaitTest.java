package io.zeroipc.collection;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SlotWaitTest {

    @Test
    void shouldComeToAnEndAndKeepTheInterruptWhenItWaitsForTheLast() {
        Thread.currentThread().interrupt();
        long begun = System.nanoTime();
        int turns = 0;
        for (int looks = 0; looks < SlotWait.LOOKS_OF_THE_PATIENT; turns++) {
            int next = SlotWait.pause(looks);
            assertThat(next).isGreaterThan(looks);
            looks = next;
        }
        assertThat(Thread.interrupted()).isTrue();
        // Time enough for an owner that lost its processor.
        assertThat(System.nanoTime() - begun).isGreaterThan(500_000_000);
        assertThat(turns).isBetween(2 * 8, SlotWait.LOOKS_OF_THE_PATIENT);
    }
}
