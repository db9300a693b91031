package io.zeroipc.sample.app;

import org.junit.jupiter.api.Test;

import io.zeroipc.sample.Telemetry;
import io.zeroipc.sample.app.StatisticsListener.Minute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class StatisticsListenerTest {

    private final StatisticsListener statistics = new StatisticsListener();

    private void take(int second, double cpu) {
        Telemetry.Traffic none = new Telemetry.Traffic(0, 0);
        statistics.onSample(new Telemetry(second, second * 1_000_000_000L, 1, 1, cpu, new Telemetry.Load(0, 0, 0),
                new Telemetry.Memory(1, 1), none, none));
    }

    @Test
    void minuteWhenNothingWasTakenIsUnknown() {
        assertThat(statistics.minute()).isEqualTo(new Minute(0, Double.NaN, Double.NaN, Double.NaN));
    }

    @Test
    void minuteHasMeanPercentileAndPeakOfTheLastSixtySeconds() {
        take(0, 1.0);
        for (int second = 41; second <= 60; second++) {
            take(second, second == 50 ? 0.9 : 0.1);
        }

        assertThat(statistics.minute().samples()).as("the first one is a minute old").isEqualTo(20);
        assertThat(statistics.minute().mean()).isCloseTo(0.14, within(1e-9));
        assertThat(statistics.minute().p95()).isEqualTo(0.1);
        assertThat(statistics.minute().peak()).isEqualTo(0.9);
    }

    @Test
    void minuteWhenTheMachineDoesNotTellItsLoadCountsTheSamples() {
        take(1, Double.NaN);
        take(2, 0.5);

        assertThat(statistics.minute()).isEqualTo(new Minute(2, 0.5, 0.5, 0.5));
    }
}
