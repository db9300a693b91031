package io.zeroipc.spring.boot.metrics;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.core.ZeroIpcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

class ListenerMetricsTests {

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void countersWhenListenerSucceedsAndFailsTellHowOften(@TempDir Path directory) {
        new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(ZeroIpcAutoConfiguration.class))
                .withUserConfiguration(Listening.class)
                .withPropertyValues("zeroipc.base-directory=" + directory,
                        "zeroipc.segments.market.structures.orders.type=queue",
                        "zeroipc.segments.market.structures.orders.element-type=int32",
                        "zeroipc.segments.market.structures.orders.capacity=16")
                .run(context -> {
                    ListenerMetrics metrics = context.getBean(ListenerMetrics.class);
                    metrics.bindTo(meters);
                    ZeroIpcTemplate template = context.getBean(ZeroIpcTemplate.class);
                    List.of(1, 2, -1).forEach(order -> template.send("market/orders", order));
                    Awaitility.await().until(() -> count("success") == 2 && count("failure") == 1);
                    assertThat(meters.get("zeroipc.listener.lost")
                            .tags("id", "orders-listener", "channel", "market/orders")
                            .functionCounter()
                            .count()).isZero();
                    assertThat(meters.find("zeroipc.listener.messages").functionCounters())
                            .allSatisfy(counter -> assertThat(counter.getId().getTags()).extracting(Tag::getKey)
                                    .containsExactly("channel", "id", "outcome"));
                    context.getBean(ChannelListenerEndpointRegistry.class).unregister("orders-listener");
                    Awaitility.await().untilAsserted(() -> assertThat(meters.getMeters()).isEmpty());
                });
    }

    private double count(String outcome) {
        return meters.get("zeroipc.listener.messages")
                .tags("id", "orders-listener", "channel", "market/orders", "outcome", outcome)
                .functionCounter()
                .count();
    }

    @Configuration(proxyBeanMethods = false)
    static class Listening {

        @Bean
        ListenerMetrics listenerMetrics(ChannelListenerEndpointRegistry registry) {
            return new ListenerMetrics(registry::getContainers);
        }

        @ChannelListener(id = "orders-listener", channels = "market/orders")
        void on(int order) {
            if (order < 0) {
                throw new IllegalArgumentException(Objects.toString(order));
            }
        }
    }
}
