package io.zeroipc.spring.boot.kafka.actuate;

import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;

import io.zeroipc.spring.boot.kafka.Bridge;
import io.zeroipc.spring.boot.kafka.BridgeFigures;
import io.zeroipc.spring.boot.kafka.BridgeRegistry;
import io.zeroipc.spring.boot.kafka.BridgeState;

/**
 * {@link HealthContributor} with one component for each bridge: up while it is as its operator wants it, which includes paused and
 * stopped, and down while it cannot carry: it failed, or waits, for a broker for example. Asks no broker.
 */
public class BridgesHealthContributor implements CompositeHealthContributor {

    private final BridgeRegistry bridges;

    public BridgesHealthContributor(BridgeRegistry bridges) {
        this.bridges = bridges;
    }

    @Override
    public @Nullable HealthContributor getContributor(String name) {
        return bridges.find(name).map(BridgesHealthContributor::indicator).orElse(null);
    }

    @Override
    public Stream<HealthContributors.Entry> stream() {
        return bridges.bridges().stream().map(bridge -> new HealthContributors.Entry(bridge.name(), indicator(bridge)));
    }

    private static HealthIndicator indicator(Bridge bridge) {
        return () -> health(bridge);
    }

    private static Health health(Bridge bridge) {
        BridgeState state = bridge.state();
        BridgeFigures figures = bridge.figures();
        boolean down = state == BridgeState.FAILED || state == BridgeState.WAITING;
        Health.Builder health = down ? Health.down() : Health.up();
        health.withDetail("state", state.name());
        if (figures.lag() >= 0) {
            health.withDetail("lag", figures.lag());
        }
        if (down && figures.lastError() != null) {
            health.withDetail("error", figures.lastError());
        }
        return health.build();
    }
}
