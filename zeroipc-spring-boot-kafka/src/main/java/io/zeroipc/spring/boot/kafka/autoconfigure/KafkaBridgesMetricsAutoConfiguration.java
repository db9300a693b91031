package io.zeroipc.spring.boot.kafka.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

import io.zeroipc.spring.boot.kafka.BridgeRegistry;
import io.zeroipc.spring.boot.kafka.actuate.BridgeMetrics;

/** {@link EnableAutoConfiguration Auto-configuration} of the meters of bridges. */
@AutoConfiguration(after = KafkaBridgesAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({MeterRegistry.class, BridgeRegistry.class})
@ConditionalOnBooleanProperty(name = "zeroipc.metrics.enabled", matchIfMissing = true)
public final class KafkaBridgesMetricsAutoConfiguration {

    KafkaBridgesMetricsAutoConfiguration() {
    }

    @Bean
    @ConditionalOnMissingBean
    BridgeMetrics bridgeMetrics(BridgeRegistry bridges) {
        return new BridgeMetrics(bridges);
    }
}
