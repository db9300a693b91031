package io.zeroipc.spring.boot.autoconfigure.health;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.context.annotation.Bean;

import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.spring.boot.health.ChannelListenersHealthContributor;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;

/** {@link EnableAutoConfiguration Auto-configuration} of the health of listeners. */
@AutoConfiguration(after = ZeroIpcAutoConfiguration.class)
@ConditionalOnClass({ConditionalOnEnabledHealthIndicator.class, HealthContributor.class})
@ConditionalOnBean(ChannelListenerEndpointRegistry.class)
@ConditionalOnEnabledHealthIndicator("channellisteners")
public final class ChannelListenersHealthContributorAutoConfiguration {

    ChannelListenersHealthContributorAutoConfiguration() {
    }

    @Bean
    @ConditionalOnMissingBean(name = {"channellistenersHealthIndicator", "channellistenersHealthContributor"})
    ChannelListenersHealthContributor channellistenersHealthContributor(ChannelListenerEndpointRegistry registry) {
        return new ChannelListenersHealthContributor(registry::getContainers);
    }
}
