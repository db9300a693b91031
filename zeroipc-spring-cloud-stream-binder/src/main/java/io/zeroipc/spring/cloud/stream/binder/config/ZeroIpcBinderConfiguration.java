package io.zeroipc.spring.cloud.stream.binder.config;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.cloud.stream.binder.Binder;
import org.springframework.cloud.stream.config.ConsumerEndpointCustomizer;
import org.springframework.cloud.stream.config.ListenerContainerCustomizer;
import org.springframework.cloud.stream.config.ProducerMessageHandlerCustomizer;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.messaging.MessageHandler;

import io.zeroipc.spring.cloud.stream.binder.ZeroIpcMessageChannelBinder;
import io.zeroipc.spring.cloud.stream.binder.properties.ZeroIpcBinderProperties;
import io.zeroipc.spring.cloud.stream.binder.properties.ZeroIpcExtendedBindingProperties;
import io.zeroipc.spring.cloud.stream.binder.provisioning.StreamSegments;
import io.zeroipc.spring.integration.inbound.ZeroIpcMessageDrivenChannelAdapter;
import io.zeroipc.spring.listener.ChannelListenerContainer;

/** The context of a binder: Spring Cloud Stream makes one for each that is configured. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnMissingBean(value = Binder.class, search = SearchStrategy.CURRENT)
@EnableConfigurationProperties({ZeroIpcBinderProperties.class, ZeroIpcExtendedBindingProperties.class})
@Import(ZeroIpcBinderHealthConfiguration.class)
public class ZeroIpcBinderConfiguration {

    @Bean
    BinderSegments zeroIpcBinderSegments(ApplicationContext context) {
        return BinderSegments.of(context);
    }

    @Bean
    StreamSegments zeroIpcStreamSegments(BinderSegments segments, ZeroIpcBinderProperties properties,
            Environment environment) {
        return new StreamSegments(segments.registry(), segments.baseDirectory(), segments.filePrefix(),
                environment.getProperty("spring.application.name", ""), properties, segments.loader());
    }

    @Bean
    ZeroIpcMessageChannelBinder zeroIpcMessageChannelBinder(BinderSegments binderSegments, StreamSegments segments,
            ZeroIpcExtendedBindingProperties extendedProperties,
            ObjectProvider<ListenerContainerCustomizer<ChannelListenerContainer>> containerCustomizer,
            ObjectProvider<ProducerMessageHandlerCustomizer<? extends MessageHandler>> handlerCustomizer,
            ObjectProvider<ConsumerEndpointCustomizer<ZeroIpcMessageDrivenChannelAdapter>> endpointCustomizer) {
        ZeroIpcMessageChannelBinder binder = new ZeroIpcMessageChannelBinder(segments, binderSegments.containers(),
                extendedProperties, containerCustomizer.getIfUnique());
        handlerCustomizer.ifUnique(binder::setProducerMessageHandlerCustomizer);
        endpointCustomizer.ifUnique(binder::setConsumerEndpointCustomizer);
        return binder;
    }
}
