package io.zeroipc.spring.cloud.stream.binder.properties;

import org.springframework.cloud.stream.binder.BinderSpecificPropertiesProvider;

/** What one binding says beyond what all binders know. Not thread-safe. */
public class ZeroIpcBindingProperties implements BinderSpecificPropertiesProvider {

    /** As a consumer. */
    private ZeroIpcConsumerProperties consumer = new ZeroIpcConsumerProperties();

    /** As a producer. */
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
