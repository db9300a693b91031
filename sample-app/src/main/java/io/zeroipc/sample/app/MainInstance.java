package io.zeroipc.sample.app;

import java.time.Instant;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

import io.zeroipc.RoleTakenException;
import io.zeroipc.SegmentDetachedException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.flow.SharedState;
import io.zeroipc.flow.StateWriter;
import io.zeroipc.sample.Instance;

/**
 * Decides which of several instances of this application is the main one: the one that holds the writer's role of
 * {@code instance}. The kernel takes the role back when a process ends, however it ends, and another instance gets it.
 */
@Component
public class MainInstance {

    private static final Logger log = LoggerFactory.getLogger("sample.instance");

    private final ObjectProvider<SharedState<Instance>> state;
    private final ApplicationEventPublisher events;
    private Instance self = new Instance(ProcessHandle.current().pid(), 0, nanos(Instant.now()));
    private @Nullable StateWriter<Instance> writer;
    private boolean main;
    private boolean ready;

    /** Whether this is the main instance is known, or has changed. */
    record RoleChanged(boolean main) {}

    MainInstance(ObjectProvider<SharedState<Instance>> state, ApplicationEventPublisher events) {
        this.state = state;
        this.events = events;
        this.main = claim();
    }

    /** Whether this is the main one. */
    public synchronized boolean isMain() {
        return main;
    }

    /** The main instance as it has introduced itself; null when none ever has. */
    public @Nullable Instance current() {
        return state.getObject().get();
    }

    @EventListener
    synchronized void onPort(WebServerInitializedEvent event) {
        self = new Instance(self.process(), event.getWebServer().getPort(), self.since());
    }

    @EventListener(ApplicationReadyEvent.class)
    synchronized void onReady() {
        ready = true;
        main = keepOrClaim();
        announce();
    }

    /** Takes over when the main instance is gone. */
    @Scheduled(fixedRate = 1000)
    synchronized void look() {
        boolean was = main;
        main = keepOrClaim();
        if (ready && main != was) {
            announce();
        }
    }

    private boolean keepOrClaim() {
        try {
            if (writer != null) {
                writer.set(self);
                return true;
            }
        } catch (SegmentDetachedException e) {
            // The role went with the file. On the new one it is anybody's.
            writer = null;
        }
        try {
            return claim();
        } catch (BeansException | ZeroIpcException e) {
            // There is no segment at this moment, and so no other main instance.
            log.debug("the role cannot be claimed now", e);
            return main;
        }
    }

    private boolean claim() {
        try {
            writer = state.getObject().writer();
            writer.set(self);
            return true;
        } catch (RoleTakenException e) {
            return false;
        }
    }

    private void announce() {
        String here = "http://localhost:" + self.port();
        if (main) {
            log.info("main instance, at {}/ and, as JSON, at /telemetry and /actuator/zeroipc", here);
        } else {
            Instance other = current();
            log.warn("second instance, at {}/: process {} is the main one, at http://localhost:{}. This"
                    + " one reads the figures as any process may; it starts no publisher and takes no alerts until the"
                    + " main one ends.", here, other == null ? 0 : other.process(), other == null ? 0 : other.port());
        }
        events.publishEvent(new RoleChanged(main));
    }

    private static long nanos(Instant instant) {
        return instant.getEpochSecond() * 1_000_000_000 + instant.getNano();
    }
}
