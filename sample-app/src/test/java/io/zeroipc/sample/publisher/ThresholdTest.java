package io.zeroipc.sample.publisher;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.zeroipc.sample.Alert;
import io.zeroipc.sample.Alert.Metric;
import io.zeroipc.sample.Telemetry;

import static org.assertj.core.api.Assertions.assertThat;

class ThresholdTest {

    private final Threshold threshold = new Threshold(Metric.CPU, 0.9);

    private @Nullable Alert judge(double cpu) {
        return threshold.judge(sample(7, cpu, 0));
    }

    private static Telemetry sample(long takenAt, double cpu, long available) {
        Telemetry.Traffic none = new Telemetry.Traffic(0, 0);
        return new Telemetry(1, takenAt, 1, 1, cpu, new Telemetry.Load(0, 0, 0), new Telemetry.Memory(100, available),
                none, none);
    }

    @Test
    void judgeWhenTheLimitIsReachedRaisesOneAlert() {
        assertThat(judge(0.89)).isNull();
        assertThat(judge(0.9)).isEqualTo(new Alert(7, Metric.CPU, true, 0.9, 0.9));
        assertThat(judge(1.0)).isNull();
    }

    @Test
    void judgeWhenTheFigureHoversAroundTheLimitStaysQuiet() {
        judge(0.95);

        assertThat(judge(0.85)).isNull();
        assertThat(judge(0.95)).isNull();
    }

    @Test
    void judgeWhenTheFigureComesBackByAMarginClearsTheAlertOnce() {
        judge(0.95);

        assertThat(judge(0.79)).isEqualTo(new Alert(7, Metric.CPU, false, 0.79, 0.9));
        assertThat(judge(0.5)).isNull();
        assertThat(judge(0.95)).isNotNull();
    }

    @Test
    void judgeWhenTheFigureIsUnknownStaysQuiet() {
        assertThat(judge(Double.NaN)).isNull();
        judge(0.95);
        assertThat(judge(Double.NaN)).isNull();
    }

    @Test
    void judgeWhenTheLimitIsSmallCanStillBeCleared() {
        Threshold small = new Threshold(Metric.CPU, 0.05);

        assertThat(small.judge(sample(1, 0.06, 0))).isNotNull();
        assertThat(small.judge(sample(1, 0.03, 0))).isNull();
        assertThat(small.judge(sample(1, 0.02, 0))).isNotNull();
    }

    @Test
    void judgeOfMemoryLooksAtItsUsedShare() {
        Threshold memory = new Threshold(Metric.MEMORY, 0.9);

        assertThat(memory.judge(sample(1, 1.0, 11))).isNull();
        assertThat(memory.judge(sample(1, 0.0, 10))).isEqualTo(new Alert(1, Metric.MEMORY, true, 0.9, 0.9));
    }
}
