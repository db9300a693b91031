package io.zeroipc.spring.boot.console;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The console.
 *
 * @param enabled Whether to serve the console under the management path.
 * @param refreshInterval How often the page asks the endpoints, unless its reader chooses otherwise. Between 250ms and 1h.
 */
@ConfigurationProperties("zeroipc.console")
public record ConsoleProperties(@DefaultValue("false") boolean enabled, @DefaultValue("1s") Duration refreshInterval) {

    private static final Duration REFRESH_MIN = Duration.ofMillis(250);
    private static final Duration REFRESH_MAX = Duration.ofHours(1);

    public ConsoleProperties {
        if (refreshInterval.compareTo(REFRESH_MIN) < 0 || refreshInterval.compareTo(REFRESH_MAX) > 0) {
            throw new IllegalArgumentException("refresh interval is out of range: zeroipc.console.refresh-interval="
                    + refreshInterval + " (expected: 250ms to 1h)");
        }
    }
}
