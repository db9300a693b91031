package io.zeroipc.collection;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SlotWaitTest {

    @Test
    void shouldCountALookForAsManyAsItTookWhenTheProcessorsAreBusy() {
        assertThat(SlotWait.count(0, 50, 1000)).isEqualTo(1);
        assertThat(SlotWait.count(60, 50, 1000)).isEqualTo(1);
        assertThat(SlotWait.count(90, 50, 1000)).isEqualTo(2);
        assertThat(SlotWait.count(500, 50, 1000)).isEqualTo(10);
        // A thread that was stopped itself knows nothing about the owner, and looks again a few times.
        assertThat(SlotWait.count(Long.MAX_VALUE / 2, 50, 1000)).isEqualTo(125);
    }

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
