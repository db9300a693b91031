package io.zeroipc.spring.boot.autoconfigure.observation;

import io.micrometer.observation.ObservationRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.util.function.SingletonSupplier;

import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.observation.ZeroIpcListenerObservationConvention;
import io.zeroipc.spring.observation.ZeroIpcObservations;
import io.zeroipc.spring.observation.ZeroIpcTemplateObservationConvention;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of what listeners and templates are observed with, where their
 * properties say that they are.
 */
@AutoConfiguration(after = ZeroIpcAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnBean({ObservationRegistry.class, SegmentRegistry.class})
public final class ZeroIpcObservationAutoConfiguration {

    ZeroIpcObservationAutoConfiguration() {
    }

    /** The registry is asked for with the first observation: its handlers may need what needs listeners. */
    @Bean
    @ConditionalOnMissingBean
    ZeroIpcObservations zeroIpcObservations(ObjectProvider<ObservationRegistry> registry,
            ObjectProvider<ZeroIpcListenerObservationConvention> listenerConvention,
            ObjectProvider<ZeroIpcTemplateObservationConvention> templateConvention) {
        return new ZeroIpcObservations(SingletonSupplier.of(registry::getObject), listenerConvention.getIfUnique(),
                templateConvention.getIfUnique());
    }
}
