package io.zeroipc.spring.boot.autoconfigure;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnThreading;
import org.springframework.boot.thread.Threading;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.validation.Validator;

import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.config.ChannelListenerAnnotationBeanPostProcessor;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.config.ContainerCustomizer;
import io.zeroipc.spring.config.DefaultChannelListenerContainerFactory;
import io.zeroipc.spring.config.EnableZeroIpc;
import io.zeroipc.spring.config.ListenerOverrides;
import io.zeroipc.spring.config.ZeroIpcBootstrapConfiguration;
import io.zeroipc.spring.converter.PayloadConverters;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.listener.ChannelMessageRecoverer;
import io.zeroipc.spring.listener.ListenerInterceptor;

/** Configuration of methods that are annotated with {@link ChannelListener}. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty(name = "zeroipc.listener.enabled", matchIfMissing = true)
class ZeroIpcAnnotationDrivenConfiguration {

    private final ZeroIpcProperties properties;
    private final BeanFactory beanFactory;
    private final ObjectProvider<ChannelMessageRecoverer> recoverer;
    private final ObjectProvider<Validator> validator;
    private final PayloadConverters payloadConverters;

    ZeroIpcAnnotationDrivenConfiguration(ZeroIpcProperties properties, BeanFactory beanFactory,
            ObjectProvider<ChannelMessageRecoverer> recoverer, ObjectProvider<Validator> validator,
            PayloadConverters payloadConverters) {
        this.properties = properties;
        this.beanFactory = beanFactory;
        this.recoverer = recoverer;
        this.validator = validator;
        this.payloadConverters = payloadConverters;
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnThreading(Threading.PLATFORM)
    ChannelListenerContainerFactoryConfigurer channelListenerContainerFactoryConfigurer() {
        return configurer(false);
    }

    @Bean(name = "channelListenerContainerFactoryConfigurer")
    @ConditionalOnMissingBean
    @ConditionalOnThreading(Threading.VIRTUAL)
    ChannelListenerContainerFactoryConfigurer channelListenerContainerFactoryConfigurerVirtualThreads() {
        return configurer(true);
    }

    @Bean
    @ConditionalOnThreading(Threading.VIRTUAL)
    KeepAliveWarning channelListenerKeepAliveWarning(ChannelListenerEndpointRegistry registry) {
        return new KeepAliveWarning(registry);
    }

    private ChannelListenerContainerFactoryConfigurer configurer(boolean virtualThreads) {
        return new ChannelListenerContainerFactoryConfigurer(properties.listener(), beanFactory, virtualThreads,
                recoverer.getIfUnique(), validator.getIfUnique(), payloadConverters);
    }

    @Bean
    @ConditionalOnMissingBean(ListenerOverrides.class)
    PropertiesListenerOverrides listenerOverrides() {
        return new PropertiesListenerOverrides(properties.listener().endpoints(), beanFactory);
    }

    @Bean
    @ConditionalOnMissingBean(name = ChannelListenerAnnotationBeanPostProcessor.DEFAULT_CONTAINER_FACTORY)
    DefaultChannelListenerContainerFactory channelListenerContainerFactory(
            ChannelListenerContainerFactoryConfigurer configurer, SegmentRegistry registry,
            ObjectProvider<ContainerCustomizer> customizers, ObjectProvider<ListenerInterceptor> interceptors) {
        DefaultChannelListenerContainerFactory factory = new DefaultChannelListenerContainerFactory(registry);
        configurer.configure(factory);
        customizers.orderedStream().forEach(factory::addCustomizer);
        interceptors.orderedStream().forEach(factory::addInterceptor);
        return factory;
    }

    @Configuration(proxyBeanMethods = false)
    @EnableZeroIpc
    @ConditionalOnMissingBean(name = ZeroIpcBootstrapConfiguration.LISTENER_PROCESSOR)
    static class EnableZeroIpcConfiguration {}
}
