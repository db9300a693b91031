package io.zeroipc.spring.boot.autoconfigure.endpoint;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

import io.zeroipc.spring.boot.actuate.endpoint.DeclaredSegmentInfo;
import io.zeroipc.spring.boot.actuate.endpoint.ZeroIpcEndpoint;
import io.zeroipc.spring.boot.actuate.endpoint.ZeroIpcEndpointWebExtension;
import io.zeroipc.spring.boot.autoconfigure.DeclaredSegments;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.spring.core.ArenaRegistry;
import io.zeroipc.spring.core.SegmentRegistry;

/** {@link EnableAutoConfiguration Auto-configuration} of the {@link ZeroIpcEndpoint}. */
@AutoConfiguration(after = ZeroIpcAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(SegmentRegistry.class)
@ConditionalOnAvailableEndpoint(ZeroIpcEndpoint.class)
@EnableConfigurationProperties(ZeroIpcEndpointProperties.class)
public final class ZeroIpcEndpointAutoConfiguration {

    ZeroIpcEndpointAutoConfiguration() {
    }

    @Bean
    @ConditionalOnMissingBean
    ZeroIpcEndpoint zeroIpcEndpoint(SegmentRegistry registry, ObjectProvider<DeclaredSegments> declared,
            ObjectProvider<SanitizingFunction> sanitizingFunctions, ZeroIpcEndpointProperties properties,
            ObjectProvider<ArenaRegistry> arenas) {
        Map<String, DeclaredSegmentInfo> infos = new LinkedHashMap<>();
        declared.ifAvailable(segments -> segments.names().forEach(name -> infos.put(name, describe(segments, name))));
        return new ZeroIpcEndpoint(registry, infos, sanitizingFunctions.orderedStream().toList(),
                properties.showValues(), arenas.getIfAvailable(() -> new ArenaRegistry(List.of())));
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(ZeroIpcEndpoint.class)
    @ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
    ZeroIpcEndpointWebExtension zeroIpcEndpointWebExtension(ZeroIpcEndpoint endpoint,
            ZeroIpcEndpointProperties properties) {
        return new ZeroIpcEndpointWebExtension(endpoint, properties.showValues(), properties.roles());
    }

    private static DeclaredSegmentInfo describe(DeclaredSegments segments, String name) {
        return new DeclaredSegmentInfo(segments.path(name).orElse(null),
                segments.mode(name).map(Enum::name).orElse(null), segments.beanName(name),
                segments.structureBeanNames(name));
    }
}
