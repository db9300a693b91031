package io.zeroipc.spring.boot.autoconfigure.metrics;

import java.nio.file.Path;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.spring.boot.metrics.ListenerMetrics;
import io.zeroipc.spring.boot.metrics.SegmentMetrics;

import static org.assertj.core.api.Assertions.assertThat;

class ZeroIpcMetricsAutoConfigurationTests {

    private static final String ORDERS = "zeroipc.segments.market.structures.orders.";

    @TempDir
    private Path directory;

    private ApplicationContextRunner runner() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(MetricsAutoConfiguration.class,
                        CompositeMeterRegistryAutoConfiguration.class, ZeroIpcAutoConfiguration.class,
                        ZeroIpcMetricsAutoConfiguration.class))
                .withPropertyValues("zeroipc.base-directory=" + directory, ORDERS + "type=queue",
                        ORDERS + "element-type=int32", ORDERS + "capacity=16")
                .withBean(SimpleMeterRegistry.class);
    }

    @Test
    void metersWhenThereIsARegistryAreBound() {
        runner().withUserConfiguration(Listening.class).run(context -> {
            MeterRegistry meters = context.getBean(MeterRegistry.class);
            assertThat(meters.get("zeroipc.segment.size").tag("segment", "market").gauge().value()).isPositive();
            assertThat(meters.get("zeroipc.structure.capacity").tag("structure", "orders").gauge().value()).isEqualTo(
                    16);
            assertThat(meters.get("zeroipc.listener.messages").tag("id", "orders-listener").functionCounters())
                    .extracting(counter -> counter.getId().getTag("outcome"))
                    .containsExactlyInAnyOrder("success", "failure", "filtered");
            assertThat(meters.get("zeroipc.listener.lost").tag("id", "orders-listener").functionCounters()).hasSize(1);
        });
    }

    @Test
    void structureMetersWhenSwitchedOffAreAbsent() {
        runner().withPropertyValues("zeroipc.metrics.structures=false").run(context -> {
            MeterRegistry meters = context.getBean(MeterRegistry.class);
            assertThat(meters.find("zeroipc.segment.size").gauges()).hasSize(1);
            assertThat(meters.find("zeroipc.structure.size").gauges()).isEmpty();
        });
    }

    @Test
    void metersWhenSwitchedOffAreAbsent() {
        runner().withPropertyValues("zeroipc.metrics.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(SegmentMetrics.class)
                        .doesNotHaveBean(ListenerMetrics.class));
    }

    @Test
    void metersWhenDeniedByPrefixAreAbsent() {
        runner().withPropertyValues("management.metrics.enable.zeroipc=false")
                .run(context -> assertThat(context.getBean(MeterRegistry.class).find("zeroipc.segment.size").gauges())
                        .isEmpty());
    }

    @Test
    void metersWhenZeroIpcIsDisabledAreAbsent() {
        runner().withPropertyValues("zeroipc.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(SegmentMetrics.class));
    }

    @Test
    void listenerMetersWhenListenersAreDisabledAreAbsent() {
        runner().withPropertyValues("zeroipc.listener.enabled=false")
                .run(context -> assertThat(context).hasSingleBean(SegmentMetrics.class)
                        .doesNotHaveBean(ListenerMetrics.class));
    }

    @Test
    void metersWhenThereIsNoRegistryAreAbsent() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(ZeroIpcAutoConfiguration.class,
                        ZeroIpcMetricsAutoConfiguration.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(SegmentMetrics.class));
    }

    @Test
    void metersWhenMicrometerIsAbsentAreAbsent() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(ZeroIpcAutoConfiguration.class,
                        ZeroIpcMetricsAutoConfiguration.class))
                .withClassLoader(new FilteredClassLoader("io.micrometer.core"))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("segmentMetrics"));
    }

    @Test
    void metersWhenBootsMetricsAreAbsentCanBeBoundByHand() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(ZeroIpcAutoConfiguration.class,
                        ZeroIpcMetricsAutoConfiguration.class))
                .withClassLoader(new FilteredClassLoader("org.springframework.boot.micrometer"))
                .withBean(SimpleMeterRegistry.class)
                .run(context -> assertThat(context).hasNotFailed()
                        .hasSingleBean(SegmentMetrics.class)
                        .hasSingleBean(ListenerMetrics.class));
    }

    @Configuration(proxyBeanMethods = false)
    static class Listening {

        @ChannelListener(id = "orders-listener", channels = "market/orders")
        void on(int order) {
        }
    }
}
