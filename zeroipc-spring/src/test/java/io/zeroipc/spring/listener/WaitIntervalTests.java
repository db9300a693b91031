package io.zeroipc.spring.listener;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import io.zeroipc.wait.WaitStrategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** How often it is looked for listeners whom nobody wakes. */
class WaitIntervalTests {

    private final ListenerSettings settings = new ListenerSettings();

    @Test
    void waitStrategyWhenNothingIsSaidIsThatOfTheEngine() {
        assertThat(settings.getWaitStrategy()).isEqualTo(ListenerWaitStrategy.BLOCK);
        assertThat(settings.getWaitStrategy().guarded()).isEqualTo(WaitStrategy.block());
    }

    @Test
    void waitStrategyWhenIntervalsAreSetHasThem() {
        settings.setForeignPollInterval(Duration.ofMillis(2));
        assertThat(settings.getWaitStrategy().guarded())
                .isEqualTo(WaitStrategy.block(Duration.ofMillis(2), Duration.ofMillis(2)));
        settings.setMaxIdleDelay(Duration.ofMillis(20));
        assertThat(settings.getWaitStrategy().guarded())
                .isEqualTo(WaitStrategy.block(Duration.ofMillis(2), Duration.ofMillis(20)));
        assertThat(settings.getWaitStrategy().name()).isEqualTo("block");
        assertThat(settings.getWaitStrategy().suitsVirtualThreads()).isTrue();
    }

    @Test
    void waitStrategyWhenItIsAnotherHasNoIntervals() {
        settings.setForeignPollInterval(Duration.ofMillis(2)).setWaitStrategy(ListenerWaitStrategy.ofName("park"));
        assertThat(settings.getWaitStrategy()).isEqualTo(ListenerWaitStrategy.ofName("park"));
    }

    @Test
    void setWhenAnIntervalCannotWorkSaysWhich() {
        for (Duration wrong : new Duration[] {Duration.ZERO, Duration.ofMillis(-1), Duration.ofMillis(1001)}) {
            assertThatExceptionOfType(InvalidSettingException.class)
                    .isThrownBy(() -> settings.setForeignPollInterval(wrong))
                    .withMessageContaining("foreignPollInterval=" + wrong + " (expected: more than 0s, at most 1s)");
            assertThatExceptionOfType(InvalidSettingException.class).isThrownBy(() -> settings.setMaxIdleDelay(wrong))
                    .withMessageContaining("maxIdleDelay=" + wrong);
        }
    }

    @Test
    void getWhenTheLongestDelayIsLessThanTheIntervalSaysBoth() {
        settings.setForeignPollInterval(Duration.ofMillis(20)).setMaxIdleDelay(Duration.ofMillis(10));
        assertThatExceptionOfType(InvalidSettingException.class).isThrownBy(settings::getWaitStrategy)
                .withMessageContaining("maxIdleDelay=PT0.01S (expected: at least foreignPollInterval=PT0.02S)");
    }
}
