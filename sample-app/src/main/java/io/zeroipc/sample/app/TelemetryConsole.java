package io.zeroipc.sample.app;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

import io.zeroipc.collection.SharedRing;
import io.zeroipc.sample.Telemetry;

/** Logs one line a second. */
@Component
class TelemetryConsole {

    private static final Logger log = LoggerFactory.getLogger("sample.telemetry");

    private final TelemetryFeed feed;
    private final RecentPeak peak;
    private final Cores cores;

    TelemetryConsole(TelemetryFeed feed, ObjectProvider<SharedRing<Telemetry>> history,
            Cores cores) {
        this.feed = feed;
        this.peak = new RecentPeak(history);
        this.cores = cores;
    }

    @Scheduled(fixedRate = 1000, initialDelay = 1000)
    void log() {
        TelemetryFeed.Latest latest = feed.latest();
        Telemetry sample = latest.sample();
        if (sample == null) {
            log.info("no sample yet");
            return;
        }
        String age = latest.stale() ? "stale for %.1f s: ".formatted(latest.age().toMillis() / 1000.0) : "";
        log.info("{}{}", age, TelemetryLine.of(sample, cores.busy(sample.cores()), peak.next(sample.cpu())));
    }
}
