package io.zeroipc.benchmarks.pair;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

import org.HdrHistogram.Histogram;

/** What slices say together. */
final class Statistics {

    /** Regimes whose medians differ less are one. */
    private static final double APART = 1.8;
    private static final int LEAST_OF_A_REGIME = 3;

    private Statistics() {
    }

    /** The speed of the machine itself, which changes for whole forks. */
    enum Regime {
        FAST,
        SLOW,
        /** There was one only. */
        ONLY;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Of values in any order, by linear interpolation; NaN without values. */
    record Quartiles(double first, double median, double third, int count) {

        static Quartiles of(double... values) {
            double[] sorted = values.clone();
            Arrays.sort(sorted);
            return new Quartiles(at(sorted, 0.25), at(sorted, 0.5), at(sorted, 0.75), sorted.length);
        }

        private static double at(double[] sorted, double part) {
            if (sorted.length == 0) {
                return Double.NaN;
            }
            double position = part * (sorted.length - 1);
            int below = (int) position;
            int above = Math.min(below + 1, sorted.length - 1);
            return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
        }
    }

    static Quartiles quartiles(List<Slice> slices, ToDoubleFunction<Slice> value) {
        return Quartiles.of(slices.stream().mapToDouble(value).toArray());
    }

    /**
     * Where the slow regime begins: the value that splits the logarithms into the two groups with the least variance within them.
     *
     * @param values round trips of raw cache lines
     * @return the least value of the slow one; positive infinity when there is one regime only
     */
    static double regimeLimit(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int count = sorted.length;
        double[] sums = new double[count + 1];
        double[] squares = new double[count + 1];
        for (int i = 0; i < count; i++) {
            double log = Math.log(Math.max(1, sorted[i]));
            sums[i + 1] = sums[i] + log;
            squares[i + 1] = squares[i] + log * log;
        }
        int split = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int i = LEAST_OF_A_REGIME; i <= count - LEAST_OF_A_REGIME; i++) {
            double within = spread(sums, squares, 0, i) + spread(sums, squares, i, count);
            if (within < least) {
                least = within;
                split = i;
            }
        }
        if (split == 0) {
            return Double.POSITIVE_INFINITY;
        }
        double fast = Quartiles.of(Arrays.copyOfRange(sorted, 0, split)).median();
        double slow = Quartiles.of(Arrays.copyOfRange(sorted, split, count)).median();
        return slow >= APART * fast ? sorted[split] : Double.POSITIVE_INFINITY;
    }

    private static double spread(double[] sums, double[] squares, int from, int to) {
        double sum = sums[to] - sums[from];
        return squares[to] - squares[from] - sum * sum / (to - from);
    }

    static Regime regime(double rawNanos, double limit) {
        if (limit == Double.POSITIVE_INFINITY) {
            return Regime.ONLY;
        }
        return rawNanos < limit ? Regime.FAST : Regime.SLOW;
    }

    /**
     * Slice by slice, what a transport has in relation to another one in the same round of the same fork; rounds that one of the two
     * lacks are left out.
     */
    static Quartiles ratios(List<Slice> slices, List<Slice> base, ToDoubleFunction<Slice> value) {
        List<Double> ratios = new ArrayList<>();
        for (Slice slice : slices) {
            for (Slice other : base) {
                if (slice.fork() == other.fork() && slice.round() == other.round()
                        && slice.kind().equals(other.kind()) && value.applyAsDouble(other) > 0) {
                    ratios.add(value.applyAsDouble(slice) / value.applyAsDouble(other));
                }
            }
        }
        return Quartiles.of(ratios.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** All times of these slices. */
    static Histogram times(List<Slice> slices) {
        Histogram all = Outcome.histogram();
        slices.forEach(slice -> all.add(slice.active().times()));
        return all;
    }
}
