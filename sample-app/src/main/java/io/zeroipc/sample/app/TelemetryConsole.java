package io.zeroipc.sample.app;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.collection.RingCursor;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.sample.Telemetry;
import io.zeroipc.segment.Source.Start;

/** Logs one line a second. */
@Component
class TelemetryConsole {

    private static final Logger log = LoggerFactory.getLogger("sample.telemetry");

    private final TelemetryFeed feed;
    private final ObjectProvider<SharedRing<Telemetry>> history;
    private final Cores cores;
    private @Nullable RingCursor<Telemetry> cursor;

    TelemetryConsole(TelemetryFeed feed, ObjectProvider<SharedRing<Telemetry>> history,
            Cores cores) {
        this.feed = feed;
        this.history = history;
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
        log.info("{}{}", age, TelemetryLine.of(sample, cores.busy(sample.cores()), peak(sample.cpu())));
    }

    /** The highest processor load among the samples since the last call. */
    private double peak(double least) {
        double peak = least;
        try {
            if (cursor == null) {
                cursor = history.getObject().cursor(Start.LATEST);
            }
            for (Telemetry sample = cursor.poll(); sample != null; sample = cursor.poll()) {
                peak = sample.cpu() > peak ? sample.cpu() : peak; // An unknown figure is greater than none.
            }
        } catch (BeansException | ZeroIpcException e) {
            log.debug("no history", e);
            cursor = null;
        }
        return peak;
    }
}
