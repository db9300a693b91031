package io.zeroipc.wait;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class WaitStrategyTest {

    static Stream<WaitStrategy> strategies() {
        return Stream.of(WaitStrategy.spin(), WaitStrategy.yield(), WaitStrategy.backoff(),
                WaitStrategy.backoff(2, 3, Duration.ofNanos(5), Duration.ofNanos(3_000)), WaitStrategy.park(),
                WaitStrategy.park(Duration.ofNanos(1)));
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void shouldCountAttemptsWhenIdle(WaitStrategy strategy) {
        int attempts = 0;
        for (int i = 1; i <= 250; i++) {
            attempts = strategy.idle(attempts);

            assertThat(attempts).isEqualTo(i);
        }
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void shouldStopCountingWhenTheCounterIsAtItsEnd(WaitStrategy strategy) {
        assertThat(strategy.idle(Integer.MAX_VALUE - 1)).isEqualTo(Integer.MAX_VALUE);
        assertThat(strategy.idle(Integer.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE);
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void shouldKeepTheInterruptWhenIdle(WaitStrategy strategy) {
        Thread.currentThread().interrupt();
        for (int attempts = 0; attempts < 250;) {
            attempts = strategy.idle(attempts);
        }

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void shouldReturnWithoutSleepingWhenInterrupted() {
        Thread.currentThread().interrupt();

        // Would not come back for a year otherwise.
        assertThat(WaitStrategy.park(Duration.ofDays(365)).idle(0)).isEqualTo(1);
        assertThat(WaitStrategy.backoff(0, 0, Duration.ofDays(365), Duration.ofDays(365)).idle(0)).isEqualTo(1);
        assertThat(Thread.interrupted()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"spin, spin", "YIELD, yield", "Backoff, backoff", "park, park"})
    void shouldFindStrategyWhenAliasIsGiven(String name, String alias) {
        WaitStrategy strategy = WaitStrategy.ofName(name);

        assertThat(strategy.toString()).startsWith(alias);
        assertThat(strategy).isSameAs(switch (alias) {
            case WaitStrategy.SPIN -> WaitStrategy.spin();
            case WaitStrategy.YIELD -> WaitStrategy.yield();
            case WaitStrategy.BACKOFF -> WaitStrategy.backoff();
            default -> WaitStrategy.park();
        });
    }

    @Test
    void shouldListAliasesWhenNameIsUnknown() {
        assertThatIllegalArgumentException().isThrownBy(() -> WaitStrategy.ofName("sleep"))
                .withMessage("wait strategy is unknown: name=sleep (expected: block, spin, yield, backoff or park)");
    }

    @Test
    void shouldDoubleTheSleepUpToTheLongestWhenBackingOff() {
        var backoff = new BuiltInStrategies.Backoff(0, 0, Duration.ofNanos(1_000), Duration.ofMillis(1));

        assertThat(Stream.of(0, 1, 2, 9, 10, 11, 62, 63, 64, Integer.MAX_VALUE).map(backoff::sleepNanos))
                .containsExactly(1_000L, 2_000L, 4_000L, 512_000L, 1_000_000L, 1_000_000L, 1_000_000L, 1_000_000L,
                        1_000_000L, 1_000_000L);
    }

    @Test
    void shouldNotOverflowWhenTheLongestSleepIsHuge() {
        var backoff = new BuiltInStrategies.Backoff(0, 0, 3, Long.MAX_VALUE);

        long before = 0;
        for (int times = 0; times < 100; times++) {
            long sleep = backoff.sleepNanos(times);
            assertThat(sleep).isGreaterThanOrEqualTo(before);
            before = sleep;
        }
        assertThat(backoff.sleepNanos(0)).isEqualTo(3);
        assertThat(before).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldRefuseFiguresWhenOutOfRange() {
        Duration micro = Duration.ofNanos(1_000);
        assertThatIllegalArgumentException().isThrownBy(() -> WaitStrategy.backoff(-1, 0, micro, micro))
                .withMessageContaining("maxSpins=-1");
        assertThatIllegalArgumentException().isThrownBy(() -> WaitStrategy.backoff(0, -1, micro, micro))
                .withMessageContaining("maxYields=-1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WaitStrategy.backoff(Integer.MAX_VALUE, 1, micro, micro));
        assertThatIllegalArgumentException().isThrownBy(() -> WaitStrategy.backoff(0, 0, Duration.ZERO, micro))
                .withMessageContaining("minSleep=0 ns");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WaitStrategy.backoff(0, 0, micro, Duration.ofNanos(999)))
                .withMessageContaining("maxSleep=999 ns");
        for (Duration sleep : List.of(Duration.ZERO, Duration.ofNanos(-1))) {
            assertThatIllegalArgumentException().isThrownBy(() -> WaitStrategy.park(sleep))
                    .withMessageContaining("sleep must be positive");
        }
    }
}
