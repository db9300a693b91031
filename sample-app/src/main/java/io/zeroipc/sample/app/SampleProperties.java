package io.zeroipc.sample.app;

import java.time.Duration;
import java.util.List;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What can be set of the sample itself; the segment is set under {@code zeroipc}.
 *
 * @param staleAfter how long the newest sample may stay the newest before it is called stale
 * @param cores whether the load of single cores is there: an array, which does not travel to other machines
 * @param publisher the process that takes the samples
 */
@ConfigurationProperties("sample")
public record SampleProperties(@DefaultValue("500ms") Duration staleAfter, @DefaultValue("true") boolean cores,
        @DefaultValue Publisher publisher) {

    public SampleProperties {
        requirePositive("sample.stale-after", staleAfter);
    }

    /**
     * @param enabled whether this application starts it; otherwise it is started by hand
     * @param arguments what to add to its command line
     * @param restartDelay how long to wait before it is started again, doubled each time it ends soon
     * @param restartDelayMax the longest wait
     */
    public record Publisher(@DefaultValue("true") boolean enabled, @DefaultValue List<String> arguments,
            @DefaultValue("1s") Duration restartDelay, @DefaultValue("30s") Duration restartDelayMax) {

        public Publisher {
            // A publisher that ends at once would be started again without a pause.
            requirePositive("sample.publisher.restart-delay", restartDelay);
            requirePositive("sample.publisher.restart-delay-max", restartDelayMax);
        }
    }

    private static void requirePositive(String property, Duration time) {
        if (!time.isPositive()) {
            throw new IllegalArgumentException(
                    "time is not positive: " + property + "=" + time + " (expected: such as 500ms or 1s)");
        }
    }
}
