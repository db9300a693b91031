package io.zeroipc.spring.boot.autoconfigure.info;

import java.util.Collection;
import java.util.List;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.info.ConditionalOnEnabledInfoContributor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

import io.zeroipc.spring.boot.actuate.info.ZeroIpcInfoContributor;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.core.SegmentRegistry;

/** {@link EnableAutoConfiguration Auto-configuration} of the {@link ZeroIpcInfoContributor}. */
@AutoConfiguration(after = ZeroIpcAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnEnabledInfoContributor.class)
@ConditionalOnBean(SegmentRegistry.class)
@ConditionalOnEnabledInfoContributor("zeroipc")
public final class ZeroIpcInfoContributorAutoConfiguration {

    ZeroIpcInfoContributorAutoConfiguration() {
    }

    @Bean
    @ConditionalOnMissingBean
    ZeroIpcInfoContributor zeroIpcInfoContributor(SegmentRegistry registry,
            ObjectProvider<ChannelListenerEndpointRegistry> listeners) {
        return new ZeroIpcInfoContributor(registry, () -> ids(listeners));
    }

    private static Collection<String> ids(ObjectProvider<ChannelListenerEndpointRegistry> listeners) {
        ChannelListenerEndpointRegistry present = listeners.getIfAvailable();
        return present == null ? List.of() : present.getIds();
    }
}
