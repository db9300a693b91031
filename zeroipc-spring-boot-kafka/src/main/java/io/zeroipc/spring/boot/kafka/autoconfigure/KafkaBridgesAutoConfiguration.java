package io.zeroipc.spring.boot.kafka.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.spring.boot.kafka.BridgeFactory;
import io.zeroipc.spring.boot.kafka.BridgeRegistry;
import io.zeroipc.spring.core.SegmentRegistry;

/** {@link EnableAutoConfiguration Auto-configuration} of bridges between structures and topics of Kafka. */
@AutoConfiguration(after = {ZeroIpcAutoConfiguration.class, KafkaAutoConfiguration.class})
@ConditionalOnBean(SegmentRegistry.class)
@EnableConfigurationProperties(BridgeProperties.class)
@Import({OutboundBridgesConfiguration.class, InboundBridgesConfiguration.class})
public final class KafkaBridgesAutoConfiguration {

    KafkaBridgesAutoConfiguration() {
    }

    @Bean
    BridgeRegistry bridgeRegistry(BridgeProperties properties, SegmentRegistry segments, Environment environment,
            ObjectProvider<BridgeFactory> factories) {
        return new BridgeRegistry(BridgeDefinitions.read(properties, segments, environment),
                factories.orderedStream().toList());
    }
}
