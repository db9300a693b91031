package io.zeroipc.spring.boot.autoconfigure.endpoint;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

import io.zeroipc.spring.boot.actuate.endpoint.ChannelListenersEndpoint;
import io.zeroipc.spring.boot.actuate.endpoint.ChannelListenersEndpointWebExtension;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;

/** {@link EnableAutoConfiguration Auto-configuration} of the {@link ChannelListenersEndpoint}. */
@AutoConfiguration(after = ZeroIpcAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(ChannelListenerEndpointRegistry.class)
@ConditionalOnAvailableEndpoint(ChannelListenersEndpoint.class)
public final class ChannelListenersEndpointAutoConfiguration {

    ChannelListenersEndpointAutoConfiguration() {
    }

    @Bean
    @ConditionalOnMissingBean
    ChannelListenersEndpoint channelListenersEndpoint(ChannelListenerEndpointRegistry registry) {
        return new ChannelListenersEndpoint(registry);
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(ChannelListenersEndpoint.class)
    @ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
    ChannelListenersEndpointWebExtension channelListenersEndpointWebExtension(ChannelListenersEndpoint endpoint) {
        return new ChannelListenersEndpointWebExtension(endpoint);
    }
}
