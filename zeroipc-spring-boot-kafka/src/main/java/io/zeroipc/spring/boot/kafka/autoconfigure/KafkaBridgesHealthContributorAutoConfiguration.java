package io.zeroipc.spring.boot.kafka.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.context.annotation.Bean;

import io.zeroipc.spring.boot.kafka.BridgeRegistry;
import io.zeroipc.spring.boot.kafka.actuate.BridgesHealthContributor;

/** {@link EnableAutoConfiguration Auto-configuration} of the health of bridges. */
@AutoConfiguration(after = KafkaBridgesAutoConfiguration.class)
@ConditionalOnClass({ConditionalOnEnabledHealthIndicator.class, HealthContributor.class})
@ConditionalOnBean(BridgeRegistry.class)
@ConditionalOnEnabledHealthIndicator("bridges")
public final class KafkaBridgesHealthContributorAutoConfiguration {

    KafkaBridgesHealthContributorAutoConfiguration() {
    }

    @Bean
    @ConditionalOnMissingBean(name = {"bridgesHealthIndicator", "bridgesHealthContributor"})
    BridgesHealthContributor bridgesHealthContributor(BridgeRegistry bridges) {
        return new BridgesHealthContributor(bridges);
    }
}
