package io.zeroipc.spring.boot.health;

import java.util.Collection;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;

import io.zeroipc.spring.listener.ChannelListenerContainer;
import io.zeroipc.spring.listener.ListenerError;

/**
 * {@link HealthContributor} with one component for each listener: up while it is as its operator wants it, which
 * includes paused and stopped on purpose, and down when it failed. Looks at no shared memory.
 */
public class ChannelListenersHealthContributor implements CompositeHealthContributor {

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
                .map(ChannelListenersHealthContributor::indicator)
                .orElse(null);
    }

    @Override
    public Stream<HealthContributors.Entry> stream() {
        return containers.get()
                .stream()
                .map(container -> new HealthContributors.Entry(container.getId(), indicator(container)));
    }

    private static HealthIndicator indicator(ChannelListenerContainer container) {
        return () -> health(container);
    }

    private static Health health(ChannelListenerContainer container) {
        boolean expected = container.isInExpectedState();
        Health.Builder health = expected ? Health.up() : Health.down();
        health.withDetail("state", container.getState().name());
        if (container.isPauseRequested()) {
            health.withDetail("pauseRequested", true);
        }
        ListenerError error = container.getLastError();
        if (!expected && error != null) {
            health.withDetail("error", error.type() + (error.message() == null ? "" : ": " + error.message()));
        }
        return health.build();
    }
}
