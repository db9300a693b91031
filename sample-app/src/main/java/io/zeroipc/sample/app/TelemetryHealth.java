package io.zeroipc.sample.app;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Down while the figures are stale. */
@Component("telemetry")
class TelemetryHealth implements HealthIndicator {

    private final TelemetryFeed feed;

    TelemetryHealth(TelemetryFeed feed) {
        this.feed = feed;
    }

    @Override
    public Health health() {
        TelemetryFeed.Latest latest = feed.latest();
        return (latest.stale() ? Health.down() : Health.up()).withDetail("version", latest.version())
                .withDetail("ageMillis", latest.age().toMillis())
                .build();
    }
}
