package io.zeroipc.spring.boot.metrics;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.boot.actuate.endpoint.ChannelListenersEndpoint;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.spring.boot.autoconfigure.observation.ZeroIpcObservationAutoConfiguration;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.listener.ChannelListenerContainer;
import io.zeroipc.spring.listener.ContainerState;

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
                    assertThat(List.of("retries", "dead.letters", "discarded"))
                            .map(name -> meters.get("zeroipc.listener." + name)
                                    .tags("id", "orders-listener", "channel", "market/orders")
                                    .functionCounter()
                                    .count())
                            .containsExactly(0.0, 0.0, 1.0);
                    assertThat(meters.find("zeroipc.listener.messages").functionCounters())
                            .allSatisfy(counter -> assertThat(counter.getId().getTags()).extracting(Tag::getKey)
                                    .containsExactly("channel", "id", "outcome"));
                    context.getBean(ChannelListenerEndpointRegistry.class).unregister("orders-listener");
                    Awaitility.await().untilAsserted(() -> assertThat(meters.getMeters()).isEmpty());
                });
    }

    @Test
    void timersWhenNothingIsConfiguredHaveTheNameAndKeysOfTheObservation(@TempDir Path directory) {
        MeteredApplication.runner(directory, meters).run(context -> {
            MeteredApplication.use(context);
            Awaitility.await()
                    .untilAsserted(() -> assertThat(meters.find("zeroipc.listener").timers())
                            .extracting(timer -> timer.getId().getTag("zeroipc.listener.id") + " "
                                    + timer.getId().getTag("messaging.source.name") + " "
                                    + timer.getId().getTag("messaging.source.kind") + " "
                                    + timer.getId().getTag("error"))
                            .containsExactlyInAnyOrder("orders-listener market/orders queue none",
                                    "orders-listener market/orders queue IllegalArgumentException",
                                    "ticks-listener market/ticks ring none",
                                    "ticks-listener market/fills channel none",
                                    "price-listener market/price state none"));
            assertThat(meters.find("zeroipc.listener").timers()).allSatisfy(timer -> {
                assertThat(timer.count()).isPositive();
                assertThat(timer.totalTime(TimeUnit.NANOSECONDS)).isPositive();
            });
            context.getBean(ChannelListenerEndpointRegistry.class).unregister("orders-listener");
            assertThat(meters.find("zeroipc.listener").tag("zeroipc.listener.id", "orders-listener").timers())
                    .isEmpty();
        });
    }

    @Test
    void timersWhenTheyAreSwitchedOffOrTheListenerIsObservedAreNotThere(@TempDir Path directory) {
        MeteredApplication.runner(directory, meters)
                .withPropertyValues("zeroipc.metrics.listener-timers=false")
                .run(context -> {
                    MeteredApplication.use(context);
                    assertThat(meters.find("zeroipc.listener").timers()).isEmpty();
                });
        MeteredApplication.runner(directory, meters)
                .withConfiguration(AutoConfigurations.of(ZeroIpcObservationAutoConfiguration.class))
                .withBean(ObservationRegistry.class, ObservationRegistry::create)
                .withPropertyValues("zeroipc.listener.endpoints.orders-listener.observation-enabled=true")
                .run(context -> {
                    MeteredApplication.use(context);
                    Awaitility.await().until(() -> meters.find("zeroipc.listener").timers().size() == 3);
                    assertThat(meters.find("zeroipc.listener").tag("zeroipc.listener.id", "orders-listener").timers())
                            .isEmpty();
                });
    }

    @Test
    void countersWhenComparedWithTheEndpointAreTheSame(@TempDir Path directory) {
        MeteredApplication.runner(directory, meters).run(context -> {
            MeteredApplication.use(context);
            ChannelListenersEndpoint endpoint = new ChannelListenersEndpoint(
                    context.getBean(ChannelListenerEndpointRegistry.class));
            Awaitility.await()
                    .untilAsserted(() -> endpoint.listeners()
                            .listeners()
                            .forEach((id, listener) -> listener.channels().forEach((channel, figures) -> {
                                assertThat(figures.processed()).as(id + " " + channel)
                                        .isEqualTo(channel.equals("market/price")
                                                ? (long) count(id, channel, "success")
                                                : MeteredApplication.SENT)
                                        .isEqualTo(
                                                (long) (count(id, channel, "success") + count(id, channel, "failure")));
                                assertThat(figures.failed()).isEqualTo((long) count(id, channel, "failure"));
                            })));
            assertThat(count("failure")).isEqualTo(1);
        });
    }

    @Test
    void countersWhenTheFilterDoesNotWantElementsTellHowMany(@TempDir Path directory) {
        new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(ZeroIpcAutoConfiguration.class))
                .withUserConfiguration(Listening.class)
                .withBean("small", Predicate.class, () -> order -> (Integer) order < 10)
                .withPropertyValues("zeroipc.base-directory=" + directory,
                        "zeroipc.segments.market.structures.orders.type=queue",
                        "zeroipc.segments.market.structures.orders.element-type=int32",
                        "zeroipc.segments.market.structures.orders.capacity=16",
                        "zeroipc.listener.endpoints.orders-listener.filter=small")
                .run(context -> {
                    context.getBean(ListenerMetrics.class).bindTo(meters);
                    ZeroIpcTemplate template = context.getBean(ZeroIpcTemplate.class);
                    List.of(1, 20, 30, 2).forEach(order -> template.send("market/orders", order));
                    Awaitility.await().until(() -> count("success") == 2);
                    assertThat(count("filtered")).isEqualTo(2);
                    assertThat(count("failure")).isZero();
                });
    }

    @Test
    void stateWhenListenerIsPausedIsOneForPausedAlone(@TempDir Path directory) {
        MeteredApplication.runner(directory, meters).run(context -> {
            MeteredApplication.use(context);
            assertThat(state("running")).isEqualTo(1);
            assertThat(state("paused")).isZero();
            ChannelListenerContainer container = context.getBean("orders-listener", ChannelListenerContainer.class);
            container.pause();
            Awaitility.await().until(() -> state("paused") == 1 && state("running") == 0);
            container.stop();
            assertThat(state("stopped")).isEqualTo(1);
            assertThat(meters.get("zeroipc.listener.state").tag("id", "orders-listener").gauges()).hasSize(
                    ContainerState.values().length);
        });
    }

    @Test
    void lagWhenListenersArePausedIsWhatWaitsForEach(@TempDir Path directory) {
        MeteredApplication.runner(directory, meters).run(context -> {
            MeteredApplication.use(context);
            ChannelListenerEndpointRegistry listeners = context.getBean(ChannelListenerEndpointRegistry.class);
            listeners.getContainers().forEach(ChannelListenerContainer::pause);
            Awaitility.await()
                    .until(() -> listeners.getContainers().stream().allMatch(ChannelListenerContainer::isPaused));
            ZeroIpcTemplate template = context.getBean(ZeroIpcTemplate.class);
            template.sendAll("orders", List.of(1, 2, 3));
            // More than the ring holds: those that were overwritten waited, too.
            template.sendAll("ticks", IntStream.range(0, 20).boxed().toList());
            template.sendAll("price", List.of(1, 2, 3, 4));
            assertThat(lag("orders-listener", "orders")).isEqualTo(3);
            assertThat(lag("ticks-listener", "ticks")).isEqualTo(20);
            assertThat(lag("ticks-listener", "fills")).isZero();
            assertThat(lag("price-listener", "price")).isEqualTo(4);
            listeners.getContainers().forEach(ChannelListenerContainer::resume);
            Awaitility.await()
                    .until(() -> lag("orders-listener", "orders") == 0 && lag("ticks-listener", "ticks") == 0
                            && lag("price-listener", "price") == 0);
            listeners.getContainers().forEach(ChannelListenerContainer::stop);
            assertThat(lag("ticks-listener", "ticks")).isNaN();
        });
    }

    @Test
    void batchSizeWhenListenerTakesListsIsRecordedForItAlone(@TempDir Path directory) {
        MeteredApplication.runner(directory, meters).run(context -> {
            MeteredApplication.use(context);
            DistributionSummary sizes = meters.get("zeroipc.listener.batch.size")
                    .tags("id", "ticks-listener", "channel", "market/fills")
                    .summary();
            assertThat(sizes.totalAmount()).isEqualTo(MeteredApplication.SENT);
            assertThat(sizes.count()).isBetween(1L, (long) MeteredApplication.SENT);
            assertThat(sizes.max()).isBetween(1.0, (double) MeteredApplication.SENT);
            assertThat(meters.find("zeroipc.listener.batch.size").summaries()).hasSize(2);
        });
    }

    @Test
    void operationsWhenListenersTakeElementsCountThem(@TempDir Path directory) {
        MeteredApplication.runner(directory, meters).run(context -> {
            MeteredApplication.use(context);
            for (String structure : List.of("orders", "ticks", "fills")) {
                Awaitility.await()
                        .untilAsserted(() -> assertThat(meters.get("zeroipc.structure.operations")
                                .tags("structure", structure, "operation", "take", "outcome", "success")
                                .functionCounter()
                                .count()).as(structure).isEqualTo(MeteredApplication.SENT));
            }
        });
    }

    private double state(String state) {
        return meters.get("zeroipc.listener.state").tags("id", "orders-listener", "state", state).gauge().value();
    }

    private double lag(String id, String structure) {
        return meters.get("zeroipc.listener.lag").tags("id", id, "channel", "market/" + structure).gauge().value();
    }

    private double count(String outcome) {
        return count("orders-listener", "market/orders", outcome);
    }

    private double count(String id, String channel, String outcome) {
        return meters.get("zeroipc.listener.messages")
                .tags("id", id, "channel", channel, "outcome", outcome)
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
