package io.zeroipc.spring.boot.kafka.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.ProducerFactory;
import tools.jackson.databind.json.JsonMapper;

import io.zeroipc.spring.boot.kafka.outbound.OutboundBridgeFactory;
import io.zeroipc.spring.boot.kafka.outbound.Producers;
import io.zeroipc.spring.config.ChannelListenerAnnotationBeanPostProcessor;
import io.zeroipc.spring.config.ChannelListenerContainerFactory;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.core.SegmentRegistry;

/** What bridges to topics need. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBean({ChannelListenerEndpointRegistry.class, ProducerFactory.class})
class OutboundBridgesConfiguration {

    @Bean
    OutboundBridgeFactory outboundBridgeFactory(SegmentRegistry segments, ChannelListenerEndpointRegistry listeners,
            @Qualifier(ChannelListenerAnnotationBeanPostProcessor.DEFAULT_CONTAINER_FACTORY) ChannelListenerContainerFactory containers,
            ObjectProvider<ProducerFactory<?, ?>> producers, ObjectProvider<JsonMapper> mapper) {
        return new OutboundBridgeFactory(segments, listeners, containers, new Producers(producers::getObject),
                mapper.getIfUnique(() -> JsonMapper.builder().build()));
    }
}
