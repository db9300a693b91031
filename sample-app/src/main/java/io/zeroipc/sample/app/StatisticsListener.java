package io.zeroipc.sample.app;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

import org.springframework.stereotype.Component;

import io.zeroipc.sample.Telemetry;
import io.zeroipc.spring.annotation.ChannelListener;

/**
 * Takes every sample for the statistics of the last minute. Paused, it falls behind: the samples wait in their queue.
 */
@Component
public class StatisticsListener {

    static final String ID = "statistics";

    private static final long MINUTE_NANOS = 60_000_000_000L;

    private final Deque<Sample> samples = new ArrayDeque<>();

    private record Sample(long takenAt, double cpu) {}

    /**
     * Processor load over the minute before the last sample that was taken; NaN when it is not known.
     *
     * @param samples how many there are
     * @param mean busy share of all cores, 0 to 1
     * @param p95 what 95 % of the samples do not exceed
     * @param peak the highest
     */
    public record Minute(int samples, double mean, double p95, double peak) {}

    @ChannelListener(id = ID, channels = "telemetry/samples", autoStartup = "false")
    synchronized void onSample(Telemetry sample) {
        samples.addLast(new Sample(sample.takenAt(), sample.cpu()));
        samples.removeIf(old -> sample.takenAt() - old.takenAt() >= MINUTE_NANOS);
    }

    /** The statistics by now. */
    public synchronized Minute minute() {
        double[] known = samples.stream().mapToDouble(Sample::cpu).filter(cpu -> !Double.isNaN(cpu)).sorted().toArray();
        if (known.length == 0) {
            return new Minute(samples.size(), Double.NaN, Double.NaN, Double.NaN);
        }
        int rank = (int) Math.ceil(0.95 * known.length);
        return new Minute(samples.size(), Arrays.stream(known).sum() / known.length, known[rank - 1],
                known[known.length - 1]);
    }
}
