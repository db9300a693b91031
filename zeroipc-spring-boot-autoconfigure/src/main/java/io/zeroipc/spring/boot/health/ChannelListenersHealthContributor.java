package io.zeroipc.spring.boot.health;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;

import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.listener.ChannelListenerContainer;
import io.zeroipc.spring.listener.ConsumerReport;
import io.zeroipc.spring.listener.ListenerError;
import io.zeroipc.spring.listener.RoomWait;

/**
 * {@link HealthContributor} with one component for each listener: up while it is as its operator wants it, which
 * includes paused and stopped on purpose, and down when it failed, or waits for room in a channel where there will never be
 * any because all of its consumers wait like this. Looks at no shared memory.
 */
public class ChannelListenersHealthContributor implements CompositeHealthContributor {

    /** What two listeners that work do to each other now and then is over by then. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Supplier<Collection<ChannelListenerContainer>> containers;

    /** @param containers those there are at the time of asking */
    public ChannelListenersHealthContributor(Supplier<Collection<ChannelListenerContainer>> containers) {
        this.containers = containers;
    }

    @Override
    public @Nullable HealthContributor getContributor(String name) {
        return containers.get()
                .stream()
                .filter(container -> container.getId().equals(name))
                .findFirst()
                .map(this::indicator)
                .orElse(null);
    }

    @Override
    public Stream<HealthContributors.Entry> stream() {
        return containers.get()
                .stream()
                .map(container -> new HealthContributors.Entry(container.getId(), indicator(container)));
    }

    private HealthIndicator indicator(ChannelListenerContainer container) {
        return () -> health(container);
    }

    private Health health(ChannelListenerContainer container) {
        Map<String, RoomWait> waits = waits(container);
        Set<ChannelName> stuck = waits.isEmpty() ? Set.of() : stuck();
        boolean waitsForEver = waits.values().stream().map(RoomWait::channel).anyMatch(stuck::contains);
        boolean expected = container.isInExpectedState();
        Health.Builder health = expected && !waitsForEver ? Health.up() : Health.down();
        health.withDetail("state", container.getState().name());
        if (container.isPauseRequested()) {
            health.withDetail("pauseRequested", true);
        }
        if (!waits.isEmpty()) {
            health.withDetail("waitsForRoom", waits.entrySet()
                    .stream()
                    .map(wait -> wait.getKey() + " in " + wait.getValue().channel() + " since "
                            + wait.getValue().since())
                    .toList());
        }
        if (waitsForEver) {
            health.withDetail("stuck", "all consumers of " + stuck.stream().sorted().toList()
                    + " wait for room there (expected: somebody else takes elements, or one of the listeners is stopped)");
        }
        ListenerError error = container.getLastError();
        if (!expected && error != null) {
            health.withDetail("error", error.type() + (error.message() == null ? "" : ": " + error.message()));
        }
        return health.build();
    }

    /** By the name of the thread. */
    private static Map<String, RoomWait> waits(ChannelListenerContainer container) {
        Map<String, RoomWait> waits = new LinkedHashMap<>();
        for (ConsumerReport consumer : container.getConsumers()) {
            RoomWait wait = consumer.roomWait();
            if (wait != null) {
                waits.put(consumer.thread(), wait);
            }
        }
        return waits;
    }

    private Set<ChannelName> stuck() {
        return RoomWait.stuck(containers.get()
                .stream()
                .filter(ChannelListenerContainer::isRunning)
                .flatMap(container -> container.getConsumers().stream())
                .toList(), PATIENCE);
    }
}
