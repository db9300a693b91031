package io.zeroipc.spring.boot.autoconfigure.health;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.spring.boot.health.ChannelListenersHealthContributor;
import io.zeroipc.spring.boot.health.SegmentsHealthContributor;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;

import static org.assertj.core.api.Assertions.assertThat;

class HealthContributorAutoConfigurationTests {

    private static final String ORDERS = "zeroipc.segments.market.structures.orders.";

    @TempDir
    private Path directory;

    private ApplicationContextRunner runner() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(ZeroIpcAutoConfiguration.class,
                        ZeroIpcHealthContributorAutoConfiguration.class,
                        ChannelListenersHealthContributorAutoConfiguration.class))
                .withPropertyValues("zeroipc.base-directory=" + directory, ORDERS + "type=queue",
                        ORDERS + "element-type=int32", ORDERS + "capacity=16");
    }

    @Test
    void segmentsWhenDeclaredHaveAComponentEach() {
        runner().run(context -> {
            SegmentsHealthContributor contributor = context.getBean("zeroipcHealthContributor",
                    SegmentsHealthContributor.class);
            Health health = health(contributor.getContributor("market"));
            assertThat(health.getStatus()).isEqualTo(Status.UP);
            assertThat(health.getDetails()).containsKeys("path", "size", "used", "usage", "entries");
        });
    }

    @Test
    void thresholdWhenReachedIsDown() {
        runner().withPropertyValues("zeroipc.health.segment-usage-threshold=0.01").run(context -> {
            SegmentsHealthContributor contributor = context.getBean(SegmentsHealthContributor.class);
            assertThat(health(contributor.getContributor("market")).getStatus()).isEqualTo(Status.DOWN);
        });
    }

    @Test
    void listenersWhenStoppedOnPurposeAreUp() {
        runner().withUserConfiguration(Listening.class).run(context -> {
            ChannelListenersHealthContributor contributor = context.getBean(ChannelListenersHealthContributor.class);
            assertThat(health(contributor.getContributor("orders-listener")).getStatus()).isEqualTo(Status.UP);
            context.getBean(ChannelListenerEndpointRegistry.class).getContainer("orders-listener").stop();
            Health stopped = health(contributor.getContributor("orders-listener"));
            assertThat(stopped.getStatus()).isEqualTo(Status.UP);
            assertThat(stopped.getDetails()).containsEntry("state", "STOPPED");
            assertThat(contributor.getContributor("nothing")).isNull();
            assertThat(contributor.stream()).hasSize(1);
        });
    }

    @Test
    void contributorsWhenSwitchedOffAreAbsent() {
        runner().withPropertyValues("management.health.zeroipc.enabled=false",
                "management.health.channellisteners.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(HealthContributor.class));
    }

    @Test
    void contributorsWhenZeroIpcIsDisabledAreAbsent() {
        runner().withPropertyValues("zeroipc.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(HealthContributor.class));
    }

    @Test
    void listenersWhenListenersAreDisabledHaveNoHealth() {
        runner().withPropertyValues("zeroipc.listener.enabled=false")
                .run(context -> assertThat(context).hasSingleBean(SegmentsHealthContributor.class)
                        .doesNotHaveBean(ChannelListenersHealthContributor.class));
    }

    @Test
    void contributorsWhenHealthIsAbsentAreAbsent() {
        runner().withClassLoader(new FilteredClassLoader(HealthContributor.class))
                .run(context -> assertThat(context).hasNotFailed()
                        .doesNotHaveBean("zeroipcHealthContributor")
                        .doesNotHaveBean("channellistenersHealthContributor"));
    }

    @Test
    void contributorsWhenHealthAutoConfigurationIsAbsentAreAbsent() {
        runner().withClassLoader(new FilteredClassLoader(ConditionalOnEnabledHealthIndicator.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("zeroipcHealthContributor"));
    }

    @Test
    void contributorWhenOfTheUserIsKept() {
        HealthIndicator mine = () -> Health.up().build();
        runner().withBean("zeroipcHealthIndicator", HealthIndicator.class, () -> mine)
                .run(context -> assertThat(context).doesNotHaveBean(SegmentsHealthContributor.class));
    }

    private static Health health(HealthContributor contributor) {
        Health health = ((HealthIndicator) contributor).health(true);
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
