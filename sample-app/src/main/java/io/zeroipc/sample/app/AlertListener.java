package io.zeroipc.sample.app;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

import io.zeroipc.sample.Alert;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;

/**
 * Takes the alerts. A channel gives each element to one consumer, so only the main instance listens; alerts that are
 * raised while there is none wait in the channel.
 */
@Component
class AlertListener {

    private static final Logger log = LoggerFactory.getLogger("sample.alerts");
    private static final String ID = "alert-log";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss")
            .withZone(ZoneId.systemDefault());

    private final ChannelListenerEndpointRegistry listeners;

    AlertListener(ChannelListenerEndpointRegistry listeners) {
        this.listeners = listeners;
    }

    @EventListener
    void onRole(MainInstance.RoleChanged role) {
        if (role.main()) {
            listeners.getContainer(ID).start();
        } else {
            listeners.getContainer(ID).stop();
        }
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
    }
}
