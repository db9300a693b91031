package io.zeroipc.sample.app;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

import io.zeroipc.segment.Segment;

/** Runs the publisher while this is the main instance. */
@Component
class PublisherProcess {

    private final SampleProperties.Publisher properties;
    private final ObjectProvider<Segment> segment;
    private final TelemetryFeed feed;
    private @Nullable PublisherSupervisor supervisor;

    PublisherProcess(SampleProperties properties, ObjectProvider<Segment> segment, TelemetryFeed feed) {
        this.properties = properties.publisher();
        this.segment = segment;
        this.feed = feed;
    }

    @EventListener
    synchronized void onRole(MainInstance.RoleChanged role) {
        stop();
        if (role.main() && properties.enabled()) {
            Path file = segment.getObject().path();
            supervisor = new PublisherSupervisor(() -> PublisherCommand.of(file, properties.arguments()),
                    new Backoff(properties.restartDelay(), properties.restartDelayMax()), feed::isStale);
            supervisor.start();
        }
    }

    /** Before the beans go, so that a Ctrl-C that reached both processes is not taken for a crash. */
    @EventListener(ContextClosedEvent.class)
    synchronized void stop() {
        if (supervisor != null) {
            supervisor.close();
            supervisor = null;
        }
    }
}
