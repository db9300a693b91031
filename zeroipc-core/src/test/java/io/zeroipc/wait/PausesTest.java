package io.zeroipc.wait;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PausesTest {

    @Test
    void shouldPauseWithoutAnInterruptAndKeepItWhenOneIsPending() {
        WaitStrategy strategy = attempts -> {
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            return attempts + 1;
        };
        assertThat(Pauses.keepingInterrupt(strategy, 4)).isEqualTo(5);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();

        Thread.currentThread().interrupt();
        assertThat(Pauses.keepingInterrupt(strategy, 5)).isEqualTo(6);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void shouldPauseAsLongAsEverWhenAnInterruptStaysPending() {
        Duration pause = Duration.ofMillis(5);
        Thread.currentThread().interrupt();
        long begin = System.nanoTime();
        for (int i = 0; i < 4; i++) {
            Pauses.keepingInterrupt(WaitStrategy.park(pause), i);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(pause.multipliedBy(4));
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void shouldKeepAnInterruptWhenItComesDuringThePause() {
        WaitStrategy strategy = attempts -> {
            Thread.currentThread().interrupt();
            return attempts + 1;
        };
        assertThat(Pauses.keepingInterrupt(strategy, 0)).isEqualTo(1);
        assertThat(Thread.interrupted()).isTrue();
    }
}
