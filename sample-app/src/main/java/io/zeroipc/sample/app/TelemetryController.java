package io.zeroipc.sample.app;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import io.zeroipc.sample.Telemetry;

/** The newest sample as JSON. */
@RestController
class TelemetryController {

    private final TelemetryFeed feed;

    TelemetryController(TelemetryFeed feed) {
        this.feed = feed;
    }

    /** What the readers in C++ and Python print with {@code --json}, and how old it is. */
    record Answer(long version, boolean stale, long ageMillis, @Nullable Telemetry sample) {}

    @GetMapping("/telemetry")
    Answer newest() {
        TelemetryFeed.Latest latest = feed.latest();
        return new Answer(latest.version(), latest.stale(), latest.age().toMillis(), latest.sample());
    }
}
