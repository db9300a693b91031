package io.zeroipc.spring.cloud.stream.binder.config;

import java.util.Map;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.cloud.stream.config.BindingHandlerAdvise.MappingsProvider;
import org.springframework.context.annotation.Bean;

import io.zeroipc.spring.cloud.stream.binder.properties.ZeroIpcExtendedBindingProperties;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the defaults of bindings: what stands under
 * {@code spring.cloud.stream.zeroipc.default} holds for all that say nothing else.
 */
@AutoConfiguration
@ConditionalOnClass(MappingsProvider.class)
public final class ZeroIpcBindingDefaultsAutoConfiguration {

    ZeroIpcBindingDefaultsAutoConfiguration() {
    }

    @Bean
    MappingsProvider zeroIpcExtendedPropertiesDefaultMappingsProvider() {
        return () -> Map.of(ConfigurationPropertyName.of("spring.cloud.stream.zeroipc.bindings"),
                ConfigurationPropertyName.of(ZeroIpcExtendedBindingProperties.DEFAULTS_PREFIX));
    }
}
