package io.zeroipc.spring.boot.kafka.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.ConsumerFactory;
import tools.jackson.databind.json.JsonMapper;

import io.zeroipc.spring.boot.kafka.inbound.Consumers;
import io.zeroipc.spring.boot.kafka.inbound.InboundBridgeFactory;
import io.zeroipc.spring.boot.kafka.outbound.OutboundBridgeFactory;
import io.zeroipc.spring.core.SegmentRegistry;

/** What bridges from topics need. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBean(ConsumerFactory.class)
class InboundBridgesConfiguration {

    @Bean
    InboundBridgeFactory inboundBridgeFactory(SegmentRegistry segments, ObjectProvider<ConsumerFactory<?, ?>> consumers,
            ObjectProvider<JsonMapper> mapper, ApplicationEventPublisher events,
            ObjectProvider<OutboundBridgeFactory> outbound) {
        return new InboundBridgeFactory(segments, new Consumers(consumers::getObject),
                mapper.getIfUnique(() -> JsonMapper.builder().build()), events, (directory, origin) -> {
                    OutboundBridgeFactory senders = outbound.getIfUnique();
                    return senders == null
                            ? OutboundBridgeFactory.isKeptIn(directory, origin)
                            : senders.isOwn(directory, origin);
                });
    }
}
