package io.zeroipc.sample.app;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

import io.zeroipc.sample.Alert;
import io.zeroipc.spring.annotation.ChannelListener;

/** Logs the alerts, and tells the rest of the application. */
@Component
class AlertListener {

    private static final Logger log = LoggerFactory.getLogger("sample.alerts");
    static final String ID = "alert-log";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss")
            .withZone(ZoneId.systemDefault());

    private final ApplicationEventPublisher events;

    AlertListener(ApplicationEventPublisher events) {
        this.events = events;
    }

    @ChannelListener(id = ID, channels = "telemetry/alerts", autoStartup = "false")
    void onAlert(Alert alert) {
        String what = alert.metric().name().toLowerCase(Locale.ROOT);
        String value = TelemetryLine.percent(alert.value()).strip();
        String limit = TelemetryLine.percent(alert.limit()).strip();
        String when = TIME.format(Instant.ofEpochSecond(0, alert.takenAt()));
        if (alert.raised()) {
            log.warn("{} at {} since {}, limit {}", what, value, when, limit);
        } else {
            log.info("{} back at {} since {}", what, value, when);
        }
        events.publishEvent(alert);
    }
}
