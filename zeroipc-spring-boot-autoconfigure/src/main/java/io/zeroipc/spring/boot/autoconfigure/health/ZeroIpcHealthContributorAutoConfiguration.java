package io.zeroipc.spring.boot.autoconfigure.health;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.context.annotation.Bean;

import io.zeroipc.spring.boot.autoconfigure.DeclaredSegments;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcProperties;
import io.zeroipc.spring.boot.health.HealthThresholds;
import io.zeroipc.spring.boot.health.SegmentsHealthContributor;
import io.zeroipc.spring.core.ArenaRegistry;
import io.zeroipc.spring.core.SegmentRegistry;

/** {@link EnableAutoConfiguration Auto-configuration} of the health of segments. */
@AutoConfiguration(after = ZeroIpcAutoConfiguration.class)
@ConditionalOnClass({ConditionalOnEnabledHealthIndicator.class, HealthContributor.class})
@ConditionalOnBean(SegmentRegistry.class)
@ConditionalOnEnabledHealthIndicator("zeroipc")
public final class ZeroIpcHealthContributorAutoConfiguration {

    ZeroIpcHealthContributorAutoConfiguration() {
    }

    @Bean
    @ConditionalOnMissingBean(name = {"zeroipcHealthIndicator", "zeroipcHealthContributor"})
    SegmentsHealthContributor zeroipcHealthContributor(SegmentRegistry registry,
            ObjectProvider<DeclaredSegments> declared, ZeroIpcProperties properties,
            ObjectProvider<ArenaRegistry> arenas) {
        Map<String, Path> paths = new LinkedHashMap<>();
        declared.ifAvailable(segments -> segments.names()
                .forEach(name -> segments.path(name).ifPresent(path -> paths.put(name, path))));
        return new SegmentsHealthContributor(registry, paths, new HealthThresholds(
                properties.health().segmentUsageThreshold(), properties.health().structureUsageThreshold()),
                arenas.getIfAvailable(() -> new ArenaRegistry(List.of())));
    }
}
