package io.zeroipc.benchmarks.pair;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

import io.zeroipc.benchmarks.pair.Statistics.Quartiles;
import io.zeroipc.benchmarks.pair.Statistics.Regime;
import io.zeroipc.benchmarks.pair.Task.Workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class StatisticsTest {

    private static final Task ROUND_TRIP = new Task(Workload.ROUND_TRIP, false, 1_000, 0);
    private static final Task THROUGHPUT = new Task(Workload.THROUGHPUT, false, 1_000, 0);

    @Test
    void shouldInterpolateQuartilesWhenTheyLieBetweenValues() {
        assertThat(Quartiles.of(4, 1, 3, 2)).isEqualTo(new Quartiles(1.75, 2.5, 3.25, 4));
        assertThat(Quartiles.of(5, 1, 4, 2, 3)).isEqualTo(new Quartiles(2, 3, 4, 5));
        assertThat(Quartiles.of(7)).isEqualTo(new Quartiles(7, 7, 7, 1));
    }

    @Test
    void shouldHaveNoQuartilesWhenThereAreNoValues() {
        assertThat(Quartiles.of().count()).isZero();
        assertThat(Quartiles.of().median()).isNaN();
    }

    @Test
    void shouldSplitRegimesWhenTheyLieApart() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        double[] values = new double[100];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 3 == 0 ? random.nextDouble(600, 1200) : random.nextDouble(150, 250);
        }
        double limit = Statistics.regimeLimit(values);
        assertThat(limit).isBetween(250.0, 650.0);
        assertThat(Statistics.regime(200, limit)).isEqualTo(Regime.FAST);
        assertThat(Statistics.regime(800, limit)).isEqualTo(Regime.SLOW);
    }

    @Test
    void shouldKnowOneRegimeWhenValuesAreNearEachOther() {
        double limit = Statistics.regimeLimit(200, 210, 190, 205, 250, 240, 195, 260);
        assertThat(limit).isInfinite();
        assertThat(Statistics.regime(5_000, limit)).isEqualTo(Regime.ONLY);
    }

    @Test
    void shouldKnowOneRegimeWhenOneValueIsFarFromTheOthers() {
        assertThat(Statistics.regimeLimit(200, 210, 190, 205, 200, 195, 210, 40_000)).isInfinite();
        assertThat(Statistics.regimeLimit()).isInfinite();
    }

    @Test
    void shouldCompareSlicesOfTheSameRoundWhenRatiosAreTaken() {
        List<Slice> base = new ArrayList<>();
        List<Slice> mine = new ArrayList<>();
        // The machine is four times as slow in the second fork, and one slice has no partner.
        base.add(throughput(1, 1, 100));
        mine.add(throughput(1, 1, 200));
        base.add(throughput(1, 2, 110));
        mine.add(throughput(1, 2, 220));
        base.add(throughput(2, 1, 25));
        mine.add(throughput(2, 1, 50));
        mine.add(throughput(2, 2, 7_000));
        Quartiles ratios = Statistics.ratios(mine, base, Slice::value);
        assertThat(ratios.count()).isEqualTo(3);
        assertThat(ratios.first()).isCloseTo(2, within(1e-9));
        assertThat(ratios.third()).isCloseTo(2, within(1e-9));
    }

    @Test
    void shouldCompareSlicesOfOneKindOnlyWhenRatiosAreTaken() {
        Slice other = new Slice(1, 1, Transport.RING, 64, THROUGHPUT, 200, outcome(1, 1), outcome(1, 1));
        assertThat(Statistics.ratios(List.of(throughput(1, 1, 1)), List.of(other), Slice::value).count()).isZero();
    }

    @Test
    void shouldPutTimesTogetherWhenPercentilesAreOfAllSlices() {
        Outcome fast = outcome(99, 1);
        Outcome slow = outcome(1, 1);
        for (int i = 0; i < 99; i++) {
            Outcome.add(fast.times(), 100);
        }
        Outcome.add(slow.times(), 10_000);
        var times = Statistics.times(List.of(new Slice(1, 1, Transport.RING, 8, ROUND_TRIP, 200, fast, fast),
                new Slice(1, 2, Transport.RING, 8, ROUND_TRIP, 200, slow, slow)));
        assertThat(times.getTotalCount()).isEqualTo(100);
        assertThat(times.getValueAtPercentile(50)).isEqualTo(100);
        assertThat(times.getValueAtPercentile(99.9)).isBetween(9_990L, 10_010L);
    }

    @Test
    void shouldBeTheSameWhenAnOutcomeIsReadBack() {
        Outcome outcome = new Outcome(12, 34, 5, 6, Outcome.histogram());
        Outcome.add(outcome.times(), 789);
        assertThat(Outcome.parse(outcome.toLine())).isEqualTo(outcome);
    }

    @Test
    void shouldCountWhatIsMissingAsWrongWhenASliceIsRead() {
        assertThat(new Slice(1, 1, Transport.RING, 8, THROUGHPUT, 200, outcome(10, 1), outcome(10, 1)).wrong())
                .isZero();
        assertThat(new Slice(1, 1, Transport.RING, 8, THROUGHPUT, 200, outcome(10, 1), outcome(8, 1)).wrong())
                .isEqualTo(2);
    }

    private static Slice throughput(int fork, int round, long messages) {
        return new Slice(fork, round, Transport.RING, 8, THROUGHPUT, 200, outcome(messages, 1_000),
                outcome(messages, 1_000));
    }

    private static Outcome outcome(long messages, long nanos) {
        return new Outcome(messages, nanos, 0, 0, Outcome.histogram());
    }
}
