package io.zeroipc.spring.boot.health;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.handler.annotation.SendTo;

import io.zeroipc.RoleTakenException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.listener.ChannelListenerContainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

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

    @Test
    void healthWhenListenersFillEachOthersChannelsIsDownAndSaysWhoWaitsWhere() {
        new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(ZeroIpcAutoConfiguration.class))
                .withUserConfiguration(PingPong.class)
                .withPropertyValues("zeroipc.base-directory=" + directory, "zeroipc.template.full-action=block",
                        "zeroipc.listener.shutdown-timeout=10m")
                .withPropertyValues(Stream.of("ping", "pong", "full")
                        .map("zeroipc.segments.market.structures."::concat)
                        .flatMap(name -> Stream.of(name + ".type=queue", name + ".element-type=int32",
                                name + ".capacity=4"))
                        .toArray(String[]::new))
                .run(context -> {
                    ChannelListenerEndpointRegistry registry = context.getBean(ChannelListenerEndpointRegistry.class);
                    ZeroIpcTemplate template = context.getBean(ZeroIpcTemplate.class);
                    template.send("market/ping", 1);
                    await().untilAsserted(
                            () -> assertThat(health(registry, "ping-listener").getStatus()).isEqualTo(Status.DOWN));
                    Health health = health(registry, "ping-listener");
                    assertThat(health.getDetails()).containsEntry("state", "RUNNING");
                    assertThat(health.getDetails().get("waitsForRoom")).asString()
                            .matches("\\[ping-listener-0 in market/pong since 20.*Z]");
                    assertThat(health.getDetails().get("stuck")).asString()
                            .contains("[market/ping, market/pong]", "is stopped");
                    assertThat(health(registry, "pong-listener").getStatus()).isEqualTo(Status.DOWN);

                    assertThat(template.receiveAll("market/pong", Integer.class, 1)).hasSize(1);
                    registry.stop("pong-listener");
                    assertThat(health(registry, "pong-listener").getStatus()).isEqualTo(Status.UP);
                });
    }

    @Test
    void healthWhenAListenerWaitsForSomebodyElseIsUpAndSaysSo() {
        new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(ZeroIpcAutoConfiguration.class))
                .withUserConfiguration(Sending.class)
                .withPropertyValues("zeroipc.base-directory=" + directory, "zeroipc.template.full-action=block",
                        ORDERS + "type=queue", ORDERS + "element-type=int32", ORDERS + "capacity=4",
                        "zeroipc.segments.market.structures.full.type=queue",
                        "zeroipc.segments.market.structures.full.element-type=int32",
                        "zeroipc.segments.market.structures.full.capacity=1")
                .run(context -> {
                    ChannelListenerEndpointRegistry registry = context.getBean(ChannelListenerEndpointRegistry.class);
                    ZeroIpcTemplate template = context.getBean(ZeroIpcTemplate.class);
                    while (template.trySend("market/full", 0)) {
                        // Until there is no room.
                    }
                    template.send("market/orders", 1);
                    await().untilAsserted(() -> assertThat(health(registry, "orders-listener").getDetails())
                            .containsKey("waitsForRoom"));
                    Health health = health(registry, "orders-listener");
                    assertThat(health.getStatus()).isEqualTo(Status.UP);
                    assertThat(health.getDetails()).doesNotContainKey("stuck");
                });
    }

    @Configuration(proxyBeanMethods = false)
    static class Sending {

        @ChannelListener(id = "orders-listener", channels = "market/orders")
        @SendTo("market/full")
        int on(int order) {
            return order;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class PingPong {

        @ChannelListener(id = "ping-listener", channels = "market/ping")
        @SendTo("market/pong")
        List<Integer> ping(int number) {
            return List.of(number, number);
        }

        @ChannelListener(id = "pong-listener", channels = "market/pong")
        @SendTo("market/ping")
        List<Integer> pong(int number) {
            return List.of(number, number);
        }
    }

    private static Health health(ChannelListenerEndpointRegistry registry) {
        return health(registry, "orders-listener");
    }

    private static Health health(ChannelListenerEndpointRegistry registry, String id) {
        HealthIndicator indicator = (HealthIndicator) new ChannelListenersHealthContributor(registry::getContainers)
                .getContributor(id);
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
