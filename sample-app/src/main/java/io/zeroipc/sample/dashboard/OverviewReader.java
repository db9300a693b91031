package io.zeroipc.sample.dashboard;

import org.springframework.stereotype.Component;

import io.zeroipc.sample.Instance;
import io.zeroipc.sample.Telemetry;
import io.zeroipc.sample.app.MainInstance;
import io.zeroipc.sample.app.StatisticsListener;
import io.zeroipc.sample.app.TelemetryFeed;
import io.zeroipc.sample.dashboard.Overview.Application;
import io.zeroipc.sample.dashboard.Overview.Publisher;

/** Looks at who publishes and who is the main instance, without waiting. */
@Component
class OverviewReader {

    private final TelemetryFeed feed;
    private final MainInstance instance;
    private final StatisticsListener statistics;
    private final Broadcast broadcast;

    OverviewReader(TelemetryFeed feed, MainInstance instance, StatisticsListener statistics, Broadcast broadcast) {
        this.feed = feed;
        this.instance = instance;
        this.statistics = statistics;
        this.broadcast = broadcast;
    }

    Overview read() {
        return new Overview(application(), publisher(), statistics.minute(), broadcast.browsers(), broadcast.dropped());
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
}
