package io.zeroipc.spring.boot.health;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

import io.zeroipc.RoleTakenException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.listener.ChannelListenerContainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ChannelListenersHealthContributorTests {

    private static final String ORDERS = "zeroipc.segments.market.structures.orders.";

    @TempDir
    private Path directory;

    private ApplicationContextRunner runner() {
        return new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(ZeroIpcAutoConfiguration.class))
                .withUserConfiguration(Listening.class)
                .withPropertyValues("zeroipc.base-directory=" + directory, "zeroipc.listener.auto-startup=false",
                        ORDERS + "type=ring", ORDERS + "element-type=int32", ORDERS + "capacity=8");
    }

    @Test
    void healthWhenListenerCannotStartIsDownWithTheError() {
        try (Segment peer = Segment.at(directory.resolve("market")).size(1 << 16).create()) {
            var reader = SharedRing.create(peer, "orders", Codecs.int32(), 8).reader();
            runner().run(context -> {
                ChannelListenerEndpointRegistry registry = context.getBean(ChannelListenerEndpointRegistry.class);
                ChannelListenerContainer container = registry.getContainer("orders-listener");
                assertThat(health(registry).getStatus()).isEqualTo(Status.UP);
                assertThatExceptionOfType(RoleTakenException.class).isThrownBy(container::start);
                Health health = health(registry);
                assertThat(health.getStatus()).isEqualTo(Status.DOWN);
                assertThat(health.getDetails()).containsEntry("state", "FAILED");
                assertThat(health.getDetails().get("error")).asString().contains("RoleTakenException");
            });
            assertThat(reader).isNotNull();
        }
    }

    @Test
    void healthWhenListenerIsPausedIsUpAndSaysSo() {
        runner().run(context -> {
            ChannelListenerEndpointRegistry registry = context.getBean(ChannelListenerEndpointRegistry.class);
            registry.getContainer("orders-listener").start();
            registry.getContainer("orders-listener").pause();
            Health health = health(registry);
            assertThat(health.getStatus()).isEqualTo(Status.UP);
            assertThat(health.getDetails()).containsEntry("pauseRequested", true);
        });
    }

    @Test
    void healthWhenListenerIsStoppedOnPurposeIsUp() {
        runner().run(context -> {
            ChannelListenerEndpointRegistry registry = context.getBean(ChannelListenerEndpointRegistry.class);
            registry.start("orders-listener");
            registry.stop("orders-listener");
            assertThat(health(registry).getStatus()).isEqualTo(Status.UP);
            assertThat(health(registry).getDetails()).containsEntry("state", "STOPPED");
        });
    }

    private static Health health(ChannelListenerEndpointRegistry registry) {
        HealthIndicator indicator = (HealthIndicator) new ChannelListenersHealthContributor(registry::getContainers)
                .getContributor("orders-listener");
        assertThat(indicator).isNotNull();
        Health health = indicator.health(true);
        assertThat(health).isNotNull();
        return health;
    }

    @Configuration(proxyBeanMethods = false)
    static class Listening {

        @ChannelListener(id = "orders-listener", channels = "market/orders")
        void on(int order) {
        }
    }
}
