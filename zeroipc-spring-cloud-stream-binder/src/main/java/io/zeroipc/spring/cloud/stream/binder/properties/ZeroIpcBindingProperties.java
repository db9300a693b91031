package io.zeroipc.spring.cloud.stream.binder.properties;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.cloud.stream.binder.BinderSpecificPropertiesProvider;

/** What one binding says beyond what all binders know, and the defaults of those that say nothing. Not thread-safe. */
@ConfigurationProperties(ZeroIpcExtendedBindingProperties.DEFAULTS_PREFIX)
public class ZeroIpcBindingProperties implements BinderSpecificPropertiesProvider {

    /** As a consumer. */
    @NestedConfigurationProperty
    private ZeroIpcConsumerProperties consumer = new ZeroIpcConsumerProperties();

    /** As a producer. */
    @NestedConfigurationProperty
    private ZeroIpcProducerProperties producer = new ZeroIpcProducerProperties();

    @Override
    public ZeroIpcConsumerProperties getConsumer() {
        return consumer;
    }

    public void setConsumer(ZeroIpcConsumerProperties consumer) {
        this.consumer = consumer;
    }

    @Override
    public ZeroIpcProducerProperties getProducer() {
        return producer;
    }

    public void setProducer(ZeroIpcProducerProperties producer) {
        this.producer = producer;
    }
}
