package io.zeroipc.sample.dashboard;

import java.util.ArrayList;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.collection.RingCursor;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.sample.Alert;
import io.zeroipc.sample.Telemetry;
import io.zeroipc.sample.TelemetrySegment;
import io.zeroipc.sample.app.Cores;
import io.zeroipc.sample.dashboard.Browser.Event;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.spring.annotation.ChannelListener;

/**
 * Feeds the page. A page is told at first what there is: the samples of the last minute, read from the ring by a cursor
 * that removes nothing, and the last alerts. Then what listeners hear, at once, and an overview four times a second.
 */
@RestController
@RegisterReflectionForBinding({Overview.class, Telemetry.class, Alert.class, Dashboard.Figures.class})
class Dashboard {

    private static final Logger log = LoggerFactory.getLogger("sample.dashboard");

    private static final long NEVER = 0;

    private final Broadcast broadcast;
    private final OverviewReader overview;
    private final RecentAlerts alerts;
    private final ObjectProvider<SharedRing<Telemetry>> history;
    private final Cores cores;

    /**
     * @param cores busy share of each core, of the moment the sample was heard of
     */
    record Figures(Telemetry sample, List<Double> cores) {}

    Dashboard(Broadcast broadcast, OverviewReader overview, RecentAlerts alerts,
            ObjectProvider<SharedRing<Telemetry>> history, Cores cores) {
        this.broadcast = broadcast;
        this.overview = overview;
        this.alerts = alerts;
        this.history = history;
        this.cores = cores;
    }

    @GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    SseEmitter events() {
        List<Event> first = List.of(broadcast.event("overview", overview.read()),
                broadcast.event("history", lastMinute()), broadcast.event("alerts", alerts.all()));
        SseEmitter emitter = new SseEmitter(NEVER);
        if (!broadcast.add(emitter, first)) {
            throw new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE,
                    "too many pages are open: most=" + Broadcast.MOST_BROWSERS);
        }
        return emitter;
    }

    @ChannelListener(id = "live-figures", channels = "telemetry/history")
    void onSample(Telemetry sample) {
        broadcast.send("figures", new Figures(sample, cores.busy(sample.cores())));
    }

    @EventListener
    void onAlert(Alert alert) {
        alerts.add(alert);
        broadcast.send("alert", alert);
    }

    @Scheduled(fixedRate = 250)
    void tellOverview() {
        if (broadcast.browsers() > 0) {
            broadcast.send("overview", overview.read());
        }
    }

    private List<Telemetry> lastMinute() {
        List<Telemetry> samples = new ArrayList<>();
        try (RingCursor<Telemetry> cursor = history.getObject().cursor(Start.EARLIEST)) {
            cursor.drainTo(samples::add, TelemetrySegment.HISTORY_CAPACITY);
        } catch (BeansException | ZeroIpcException e) {
            log.debug("no history", e);
        }
        return samples;
    }
}
