package io.zeroipc.sample.app;

import java.time.Instant;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

import io.zeroipc.RoleTakenException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.flow.SharedState;
import io.zeroipc.sample.Instance;

/**
 * Decides which of several instances of this application is the main one: the one that holds the writer's role of
 * {@code instance}. The kernel takes the role back when a process ends, however it ends, and another instance gets it.
 */
@Component
class MainInstance {

    private static final Logger log = LoggerFactory.getLogger("sample.instance");

    private final ObjectProvider<SharedState<Instance>> state;
    private final ApplicationEventPublisher events;
    private SharedState.@Nullable Writer<Instance> writer;
    private Instance self = new Instance(ProcessHandle.current().pid(), 0, nanos(Instant.now()));
    private boolean ready;

    /** Whether this is the main instance has been found out, or has changed. */
    record RoleChanged(boolean main) {}

    MainInstance(ObjectProvider<SharedState<Instance>> state, ApplicationEventPublisher events) {
        this.state = state;
        this.events = events;
        claim();
    }

    synchronized boolean isMain() {
        return writer != null;
    }

    /** The main instance as it has introduced itself; null when none ever has. */
    @Nullable
    Instance main() {
        return state.getObject().get();
    }

    @EventListener
    synchronized void onPort(WebServerInitializedEvent event) {
        self = new Instance(self.process(), event.getWebServer().getPort(), self.since());
    }

    @EventListener(ApplicationReadyEvent.class)
    synchronized void onReady() {
        ready = true;
        introduce();
        announce();
    }

    /** Looks whether the main instance is gone, or whether this one has lost the role with a replaced segment. */
    @Scheduled(fixedRate = 1000)
    synchronized void look() {
        if (!ready) {
            return;
        }
        boolean was = isMain();
        if (was) {
            introduce();
        } else {
            claim();
        }
        if (was != isMain()) {
            introduce();
            announce();
        }
    }

    private void claim() {
        try {
            writer = state.getObject().writer();
        } catch (RoleTakenException e) {
            writer = null;
        } catch (ZeroIpcException e) {
            log.warn("{}", e.getMessage());
        }
    }

    private void introduce() {
        try {
            if (writer != null) {
                writer.set(self);
            }
        } catch (ZeroIpcException e) {
            log.warn("{}", e.getMessage());
            claim();
        }
    }

    private void announce() {
        String here = "http://localhost:" + self.port();
        if (isMain()) {
            log.info("main instance, at {}/actuator/zeroipc and {}/telemetry", here, here);
        } else {
            Instance main = main();
            log.warn("second instance, at {}/actuator/zeroipc: process {} is the main one, at http://localhost:{}. This"
                    + " one reads the figures as any process may; it starts no publisher and takes no alerts until the"
                    + " main one ends.", here, main == null ? 0 : main.process(), main == null ? 0 : main.port());
        }
        events.publishEvent(new RoleChanged(isMain()));
    }

    private static long nanos(Instant instant) {
        return instant.getEpochSecond() * 1_000_000_000 + instant.getNano();
    }
}
