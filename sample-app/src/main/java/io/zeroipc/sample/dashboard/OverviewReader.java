package io.zeroipc.sample.dashboard;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.inspect.Inspector;
import io.zeroipc.inspect.SegmentReport;
import io.zeroipc.inspect.StructureReport;
import io.zeroipc.sample.Instance;
import io.zeroipc.sample.Telemetry;
import io.zeroipc.sample.app.MainInstance;
import io.zeroipc.sample.app.StatisticsListener;
import io.zeroipc.sample.app.TelemetryFeed;
import io.zeroipc.sample.dashboard.Overview.Application;
import io.zeroipc.sample.dashboard.Overview.ListenerView;
import io.zeroipc.sample.dashboard.Overview.ProcessView;
import io.zeroipc.sample.dashboard.Overview.Publisher;
import io.zeroipc.sample.dashboard.Overview.SegmentView;
import io.zeroipc.sample.dashboard.Overview.StructureView;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.listener.ChannelListenerContainer;
import io.zeroipc.spring.listener.ChannelStatistics;

/** Looks at segments and listeners as the actuator does, without waiting and without touching an element. */
@Component
class OverviewReader {

    /** What the reports of some kinds call the number of elements that arrived, or of what they count. */
    private static final List<String> TOTALS = List.of("version", "written", "tail", "value");
    /** Structures that are always full, or hold one value. */
    private static final List<String> NOT_FILLING = List.of("state", "array");

    private static final int DEAD_SHOWN = 3;

    private final SegmentRegistry segments;
    private final ChannelListenerEndpointRegistry listeners;
    private final TelemetryFeed feed;
    private final MainInstance instance;
    private final StatisticsListener statistics;
    private final Broadcast broadcast;

    OverviewReader(SegmentRegistry segments, ChannelListenerEndpointRegistry listeners, TelemetryFeed feed,
            MainInstance instance, StatisticsListener statistics, Broadcast broadcast) {
        this.segments = segments;
        this.listeners = listeners;
        this.feed = feed;
        this.instance = instance;
        this.statistics = statistics;
        this.broadcast = broadcast;
    }

    Overview read() {
        return new Overview(System.nanoTime() / 1_000_000, application(), publisher(),
                segments.names().stream().map(this::segment).toList(),
                listeners.getContainers().stream().map(OverviewReader::listener).toList(), statistics.minute(),
                broadcast.browsers(), broadcast.dropped());
    }

    private Application application() {
        boolean main = instance.isMain();
        Instance current = main ? null : instance.current();
        return new Application(ProcessHandle.current().pid(), main, current == null ? 0 : current.port());
    }

    private Publisher publisher() {
        TelemetryFeed.Latest latest = feed.latest();
        Telemetry sample = latest.sample();
        long process = sample == null ? 0 : sample.publisher();
        boolean alive = process > 0 && ProcessHandle.of(process).filter(ProcessHandle::isAlive).isPresent();
        return new Publisher(process, alive, latest.stale(), latest.age().toMillis(), latest.number());
    }

    private SegmentView segment(String name) {
        Segment segment = segments.find(name).orElse(null);
        if (segment != null && !segments.isDetached(name)) {
            try {
                SegmentReport report = Inspector.report(segment);
                return new SegmentView(name, report.path().toString(), true, report.bytes().used(),
                        report.bytes().capacity(), report.entries().used(), report.entries().capacity(),
                        report.structures().values().stream().map(OverviewReader::structure).toList(),
                        segment.participants()
                                .stream()
                                .filter(each -> !each.dead())
                                .map(each -> new ProcessView(each.pid(), each.name()))
                                .toList(),
                        segment.deaths()
                                .reversed()
                                .stream()
                                .limit(DEAD_SHOWN)
                                .map(each -> new ProcessView(each.pid(), each.name()))
                                .toList());
            } catch (ZeroIpcException | IllegalStateException e) {
                // Replaced or closed since the look above.
            }
        }
        String path = segment == null ? "" : segment.path().toString();
        return new SegmentView(name, path, false, 0, 0, 0, 0, List.of(), List.of(), List.of());
    }

    private static StructureView structure(StructureReport report) {
        Map<String, Object> details = report.details();
        boolean filling = !NOT_FILLING.contains(report.kind());
        long count = details.get("value") instanceof Number value ? value.longValue() : report.occupancy().used();
        return new StructureView(report.name(), report.kind(), report.elementType(), report.bytes(), count,
                filling ? report.occupancy().capacity() : 0, total(details));
    }

    private static @Nullable Long total(Map<String, Object> details) {
        for (String name : TOTALS) {
            if (details.get(name) instanceof Number number) {
                return number.longValue();
            }
        }
        return null;
    }

    private static ListenerView listener(ChannelListenerContainer container) {
        long succeeded = 0;
        long failed = 0;
        long lost = 0;
        for (ChannelStatistics statistics : container.getStatistics().values()) {
            succeeded += statistics.succeeded();
            failed += statistics.failed();
            lost += statistics.lost();
        }
        return new ListenerView(container.getId(), container.getChannels().stream().map(Object::toString).toList(),
                container.getState(), succeeded + failed, failed, lost);
    }
}
