package io.zeroipc.sample.app;

import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.zeroipc.sample.Telemetry;
import io.zeroipc.sample.Telemetry.Load;
import io.zeroipc.sample.Telemetry.Memory;
import io.zeroipc.sample.Telemetry.Traffic;

import static org.assertj.core.api.Assertions.assertThat;

class TelemetryLineTest {

    private static final long GIB = 1L << 30;

    @Test
    void lineShowsAllFigures() {
        Telemetry sample = new Telemetry(1234, 0, 4711, 2, 0.123, new Load(2.094, 1, 0.5),
                new Memory(16 * GIB, 4 * GIB), new Traffic(12_345, 999_949), new Traffic(0, 2_500_000_000.0));

        assertThat(TelemetryLine.of(sample, List.of(0.05, 1.0), 0.34)).isEqualTo(
                "cpu  12 % peak  34 % [  5 100]  mem 12.0 of 16.0 GiB  load 2.09  net  12.3 kB/s in 999.9 kB/s out"
                        + "  disk   0.0 kB/s rd   2.5 GB/s wr");
    }

    @Test
    void lineShowsAQuestionMarkForEachFigureThatTheMachineDoesNotTell() {
        Traffic unknown = new Traffic(Double.NaN, Double.NaN);
        Telemetry sample = new Telemetry(1, 0, 1, 0, Double.NaN, new Load(Double.NaN, Double.NaN, Double.NaN),
                new Memory(-1, -1), unknown, unknown);

        assertThat(TelemetryLine.of(sample, List.of(), Double.NaN)).isEqualTo(
                "cpu   ? % peak   ? % []  mem ?  load ?  net     ? kB/s in     ? kB/s out"
                        + "  disk     ? kB/s rd     ? kB/s wr");
    }

    @Test
    void lineOfALargeMachineShowsTheFirstCores() {
        Traffic none = new Traffic(0, 0);
        Telemetry sample = new Telemetry(1, 0, 1, 64, 0, new Load(0, 0, 0), new Memory(1, 1), none, none);

        assertThat(TelemetryLine.of(sample, Collections.nCopies(64, 0.5), 0.5))
                .contains("[ 50  50  50  50  50  50  50  50 and 56 more]");
    }

    @Test
    void rateStaysInItsColumn() {
        for (double rate : new double[] {0, 1, 999_949, 999_950, 999_949_000, 1e9, 1e12, Double.NaN}) {
            assertThat(TelemetryLine.rate(rate)).as("rate=%s", rate).hasSizeBetween(10, 11);
        }
        assertThat(TelemetryLine.rate(999_950)).isEqualTo("  1.0 MB/s");
    }
}
