package io.zeroipc.spring.config;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;

import io.zeroipc.spring.annotation.Internal;
import io.zeroipc.spring.core.SegmentRegistry;

/** The infrastructure behind {@link EnableZeroIpc}: what is the same in every context, and defaults for the rest. */
@Internal
@Configuration(proxyBeanMethods = false)
@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
public class ZeroIpcBootstrapConfiguration {

    /** The bean name of the post-processor that finds listeners. */
    public static final String LISTENER_PROCESSOR = "io.zeroipc.spring.config.internalChannelListenerProcessor";
    /** The bean name of the post-processor that registers segments. */
    public static final String SEGMENT_PROCESSOR = "io.zeroipc.spring.config.internalSegmentProcessor";
    /** The bean name of what adds the beans that nobody has declared. */
    public static final String DEFAULTS = "io.zeroipc.spring.config.internalZeroIpcDefaults";

    @Bean(LISTENER_PROCESSOR)
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static ChannelListenerAnnotationBeanPostProcessor channelListenerProcessor() {
        return new ChannelListenerAnnotationBeanPostProcessor();
    }

    @Bean(SEGMENT_PROCESSOR)
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static SegmentBeanPostProcessor segmentProcessor(ObjectProvider<SegmentRegistry> registry) {
        return new SegmentBeanPostProcessor(registry);
    }

    @Bean(DEFAULTS)
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static ZeroIpcDefaults defaults() {
        return new ZeroIpcDefaults();
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    ChannelListenerEndpointRegistry channelListenerEndpointRegistry() {
        return new ChannelListenerEndpointRegistry();
    }
}
