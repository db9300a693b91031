package io.zeroipc.wait;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LooksTest {

    @Test
    void shouldCountALookForAsManyAsItTookWhenTheProcessorsAreBusy() {
        assertThat(Looks.count(0, 50, 1000)).isEqualTo(1);
        assertThat(Looks.count(60, 50, 1000)).isEqualTo(1);
        assertThat(Looks.count(90, 50, 1000)).isEqualTo(2);
        assertThat(Looks.count(500, 50, 1000)).isEqualTo(10);
        // A thread that was stopped itself knows nothing about the owner, and looks again a few times.
        assertThat(Looks.count(Long.MAX_VALUE / 2, 50, 1000)).isEqualTo(125);
    }

    @Test
    void shouldComeToAnEndAndKeepTheInterruptWhenItLooksInVain() {
        Thread.currentThread().interrupt();
        int turns = 0;
        for (int looks = 0; looks < Looks.MAX; turns++) {
            int next = Looks.pause(looks);
            assertThat(next).isGreaterThan(looks);
            looks = next;
        }
        assertThat(Thread.interrupted()).isTrue();
        assertThat(turns).isBetween(8, Looks.MAX);
    }
}
