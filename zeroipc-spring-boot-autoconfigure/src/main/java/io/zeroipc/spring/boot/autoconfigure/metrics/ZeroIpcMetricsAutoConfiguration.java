package io.zeroipc.spring.boot.autoconfigure.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcProperties;
import io.zeroipc.spring.boot.metrics.ArenaMetrics;
import io.zeroipc.spring.boot.metrics.ListenerMetrics;
import io.zeroipc.spring.boot.metrics.SegmentMetrics;
import io.zeroipc.spring.boot.metrics.TemplateMetrics;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.core.ArenaRegistry;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.observation.DefaultZeroIpcListenerObservationConvention;
import io.zeroipc.spring.observation.ZeroIpcListenerObservationConvention;

/** {@link EnableAutoConfiguration Auto-configuration} of the meters of segments, structures, arenas and listeners. */
@AutoConfiguration(after = ZeroIpcAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({MeterRegistry.class, SegmentRegistry.class})
@ConditionalOnBooleanProperty(name = "zeroipc.metrics.enabled", matchIfMissing = true)
public final class ZeroIpcMetricsAutoConfiguration {

    ZeroIpcMetricsAutoConfiguration() {
    }

    @Bean
    @ConditionalOnMissingBean
    SegmentMetrics segmentMetrics(SegmentRegistry registry, ZeroIpcProperties properties) {
        return new SegmentMetrics(registry, properties.metrics().structures());
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(ArenaRegistry.class)
    ArenaMetrics arenaMetrics(ArenaRegistry registry) {
        return new ArenaMetrics(registry);
    }

    @Bean
    @ConditionalOnMissingBean
    TemplateMetrics templateMetrics(ObjectProvider<ZeroIpcTemplate> templates) {
        return new TemplateMetrics(templates.orderedStream().toList());
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(ChannelListenerEndpointRegistry.class)
    ListenerMetrics listenerMetrics(ChannelListenerEndpointRegistry registry, ZeroIpcProperties properties,
            ObjectProvider<ZeroIpcListenerObservationConvention> conventions) {
        return new ListenerMetrics(registry::getContainers, properties.metrics().listenerTimers()
                ? conventions.getIfUnique(DefaultZeroIpcListenerObservationConvention::new)
                : null);
    }
}
