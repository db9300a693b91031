package io.zeroipc.spring.boot.kafka.autoconfigure;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

import io.zeroipc.spring.boot.kafka.BridgeRegistry;
import io.zeroipc.spring.boot.kafka.actuate.BridgesEndpoint;

/** {@link EnableAutoConfiguration Auto-configuration} of the {@link BridgesEndpoint}. */
@AutoConfiguration(after = KafkaBridgesAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(BridgeRegistry.class)
@ConditionalOnAvailableEndpoint(BridgesEndpoint.class)
public final class KafkaBridgesEndpointAutoConfiguration {

    KafkaBridgesEndpointAutoConfiguration() {
    }

    @Bean
    @ConditionalOnMissingBean
    BridgesEndpoint bridgesEndpoint(BridgeRegistry bridges) {
        return new BridgesEndpoint(bridges);
    }
}
