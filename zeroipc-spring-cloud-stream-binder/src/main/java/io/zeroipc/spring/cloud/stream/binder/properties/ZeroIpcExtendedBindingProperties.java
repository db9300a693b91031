package io.zeroipc.spring.cloud.stream.binder.properties;

import java.util.Map;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.cloud.stream.binder.AbstractExtendedBindingProperties;
import org.springframework.cloud.stream.binder.BinderSpecificPropertiesProvider;

/** What the bindings say, by their names, and what holds for all that say nothing. */
@ConfigurationProperties("spring.cloud.stream.zeroipc")
public class ZeroIpcExtendedBindingProperties extends
        AbstractExtendedBindingProperties<ZeroIpcConsumerProperties, ZeroIpcProducerProperties,
                ZeroIpcBindingProperties> {

    /** Where the properties are that hold for all bindings. */
    public static final String DEFAULTS_PREFIX = "spring.cloud.stream.zeroipc.default";

    @Override
    public Map<String, ZeroIpcBindingProperties> getBindings() {
        return doGetBindings();
    }

    @Override
    public String getDefaultsPrefix() {
        return DEFAULTS_PREFIX;
    }

    @Override
    public Class<? extends BinderSpecificPropertiesProvider> getExtendedPropertiesEntryClass() {
        return ZeroIpcBindingProperties.class;
    }
}
