package io.zeroipc.sample.publisher;

import org.jspecify.annotations.Nullable;

import io.zeroipc.sample.Alert;
import io.zeroipc.sample.Alert.Metric;
import io.zeroipc.sample.Telemetry;

/**
 * Raises an alert when a share reaches its limit, and clears it when the share has come back by a margin, so that a
 * figure that hovers around the limit does not raise one alert after the other.
 */
final class Threshold {

    private static final double MARGIN = 0.1;

    private final Metric metric;
    private final double limit;
    private final double clearBelow;
    private boolean raised;

    /**
     * @param limit a share of 0 to 1; one above 1 is never reached
     */
    Threshold(Metric metric, double limit) {
        this.metric = metric;
        this.limit = limit;
        this.clearBelow = Math.max(limit - MARGIN, limit / 2);
    }

    /** The alert that this sample calls for, if any; an unknown figure (NaN) calls for none. */
    @Nullable
    Alert judge(Telemetry sample) {
        double value = switch (metric) {
            case CPU -> sample.cpu();
            case MEMORY -> sample.memory().usedShare();
        };
        boolean crossed = raised ? value < clearBelow : value >= limit;
        if (!crossed) {
            return null;
        }
        raised = !raised;
        return new Alert(sample.takenAt(), metric, raised, value, limit);
    }
}
