package io.zeroipc.wait;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class DeadlineTest {

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void shouldBeExpiredAtOnceWhenTimeoutIsNotPositive(long nanos) {
        Deadline deadline = Deadline.after(Duration.ofNanos(nanos));

        assertThat(deadline.expired()).isTrue();
        assertThat(deadline.remainingNanos()).isZero();
        assertThat(deadline.isNever()).isFalse();
        assertThat(Deadline.isPast(Deadline.nanosAfter(nanos))).isTrue();
    }

    @Test
    void shouldExpireNotBeforeItsTime() {
        long start = System.nanoTime();
        Deadline deadline = Deadline.after(Duration.ofMillis(20));
        long moment = Deadline.nanosAfter(Duration.ofMillis(20));

        assertThat(deadline.remainingNanos()).isLessThanOrEqualTo(20_000_000);
        await().until(() -> deadline.expired() && Deadline.isPast(moment));

        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000);
        assertThat(deadline.remainingNanos()).isZero();
        assertThat(Deadline.remainingNanos(moment)).isZero();
    }

    @Test
    void shouldNotExpireWhenItIsFarAway() {
        Deadline deadline = Deadline.after(Duration.ofDays(365));

        assertThat(deadline.expired()).isFalse();
        assertThat(deadline.remainingNanos()).isBetween(Duration.ofDays(364).toNanos(),
                Duration.ofDays(365).toNanos());
        assertThat(deadline.isNever()).isFalse();
    }

    @Test
    void shouldNeverComeWhenTimeoutIsBeyondTheRange() {
        for (Deadline deadline : new Deadline[] {Deadline.never(), Deadline.after(Duration.ofSeconds(Long.MAX_VALUE)),
                Deadline.after(Duration.ofNanos(Long.MAX_VALUE))}) {
            assertThat(deadline.isNever()).isTrue();
            assertThat(deadline.expired()).isFalse();
            assertThat(deadline.remainingNanos()).isEqualTo(Long.MAX_VALUE);
            assertThat(deadline).hasToString("never");
        }
    }

    @Test
    void shouldNotOverflowWhenNumbersAreUsedInstead() {
        for (long moment : new long[] {Deadline.nanosAfter(Long.MAX_VALUE),
                Deadline.nanosAfter(Duration.ofSeconds(Long.MAX_VALUE)),
                Deadline.nanosAfter(Deadline.FOREVER_NANOS)}) {
            assertThat(Deadline.isPast(moment)).isFalse();
            assertThat(Deadline.remainingNanos(moment)).isGreaterThan(Duration.ofDays(365 * 145).toNanos());
        }
    }
}
