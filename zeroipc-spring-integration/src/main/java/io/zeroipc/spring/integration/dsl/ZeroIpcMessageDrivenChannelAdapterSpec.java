package io.zeroipc.spring.integration.dsl;

import java.util.Map;
import java.util.function.Consumer;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.integration.dsl.MessageProducerSpec;
import org.springframework.integration.mapping.HeaderMapper;

import io.zeroipc.spring.integration.inbound.ZeroIpcMessageDrivenChannelAdapter;
import io.zeroipc.spring.listener.AckMode;
import io.zeroipc.spring.listener.ListenerSettings;

/** Describes a {@link ZeroIpcMessageDrivenChannelAdapter}. */
public final class ZeroIpcMessageDrivenChannelAdapterSpec
        extends
        MessageProducerSpec<ZeroIpcMessageDrivenChannelAdapterSpec, ZeroIpcMessageDrivenChannelAdapter> {

    private final ZeroIpcMessageDrivenChannelAdapter adapter;

    ZeroIpcMessageDrivenChannelAdapterSpec(ZeroIpcMessageDrivenChannelAdapter adapter) {
        super(adapter);
        this.adapter = adapter;
    }

    /** What is made of elements; they are payloads as they are by default. */
    public ZeroIpcMessageDrivenChannelAdapterSpec payloadType(Class<?> type) {
        adapter.setPayloadType(type);
        return this;
    }

    /** As {@link #payloadType(Class)}, for a type with type arguments. */
    public ZeroIpcMessageDrivenChannelAdapterSpec payloadType(ParameterizedTypeReference<?> type) {
        adapter.setPayloadType(type);
        return this;
    }

    /** What the listener is called, in properties and endpoints; the name of the bean by default. */
    public ZeroIpcMessageDrivenChannelAdapterSpec listenerId(String id) {
        adapter.setListenerId(id);
        return this;
    }

    /** Threads that take elements; 1 by default. */
    public ZeroIpcMessageDrivenChannelAdapterSpec concurrency(int threads) {
        return listener(settings -> settings.setConcurrency(threads));
    }

    /** Whether payloads are lists of what is there; single elements by default. */
    public ZeroIpcMessageDrivenChannelAdapterSpec batch(boolean lists) {
        return listener(settings -> settings.setBatch(lists));
    }

    /** When an element is removed from a structure that can keep it; when the flow has returned, by default. */
    public ZeroIpcMessageDrivenChannelAdapterSpec ackMode(AckMode mode) {
        return listener(settings -> settings.setAckMode(mode));
    }

    /** Says anything else about the listener: retries, dead letters, waiting. */
    public ZeroIpcMessageDrivenChannelAdapterSpec listener(Consumer<ListenerSettings> settings) {
        settings.accept(adapter.getListenerSettings());
        return this;
    }

    /** Maps the headers of envelopes. */
    public ZeroIpcMessageDrivenChannelAdapterSpec headerMapper(HeaderMapper<Map<String, String>> mapper) {
        adapter.setHeaderMapper(mapper);
        return this;
    }
}
