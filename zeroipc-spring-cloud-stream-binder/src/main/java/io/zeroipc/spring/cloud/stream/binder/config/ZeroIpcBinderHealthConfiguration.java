package io.zeroipc.spring.cloud.stream.binder.config;

import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.zeroipc.spring.cloud.stream.binder.provisioning.StreamSegments;

/** The health of a binder, where health is on the class path. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnEnabledHealthIndicator("binders")
class ZeroIpcBinderHealthConfiguration {

    @Bean
    ZeroIpcBinderHealthIndicator zeroIpcBinderHealthIndicator(StreamSegments segments) {
        return new ZeroIpcBinderHealthIndicator(segments);
    }
}
