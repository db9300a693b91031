package io.zeroipc.spring.integration.dsl;

import java.util.Map;
import java.util.function.Consumer;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.integration.dsl.MessageChannelSpec;
import org.springframework.integration.mapping.HeaderMapper;

import io.zeroipc.spring.integration.channel.SubscribableZeroIpcChannel;
import io.zeroipc.spring.listener.ListenerSettings;

/** Describes a {@link SubscribableZeroIpcChannel}. */
public final class ZeroIpcSubscribableChannelSpec
        extends
        MessageChannelSpec<ZeroIpcSubscribableChannelSpec, SubscribableZeroIpcChannel> {

    ZeroIpcSubscribableChannelSpec(SubscribableZeroIpcChannel made) {
        this.channel = made;
    }

    @Override
    public ZeroIpcSubscribableChannelSpec id(String beanName) {
        return super.id(beanName);
    }

    /** What is made of elements; they are payloads as they are by default. */
    public ZeroIpcSubscribableChannelSpec payloadType(Class<?> type) {
        channel.setPayloadType(type);
        return this;
    }

    /** As {@link #payloadType(Class)}, for a type with type arguments. */
    public ZeroIpcSubscribableChannelSpec payloadType(ParameterizedTypeReference<?> type) {
        channel.setPayloadType(type);
        return this;
    }

    /** What the listener is called, in properties and endpoints; the name of the bean by default. */
    public ZeroIpcSubscribableChannelSpec listenerId(String id) {
        channel.setListenerId(id);
        return this;
    }

    /** Says anything else about the listener: concurrency, retries, dead letters. */
    public ZeroIpcSubscribableChannelSpec listener(Consumer<ListenerSettings> settings) {
        settings.accept(channel.getListenerSettings());
        return this;
    }

    /** Maps the headers that travel. */
    public ZeroIpcSubscribableChannelSpec headerMapper(HeaderMapper<Map<String, String>> mapper) {
        channel.setHeaderMapper(mapper);
        return this;
    }
}
