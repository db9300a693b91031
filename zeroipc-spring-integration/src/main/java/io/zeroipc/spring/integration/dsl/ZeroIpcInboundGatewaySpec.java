package io.zeroipc.spring.integration.dsl;

import java.util.Map;
import java.util.function.Consumer;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.integration.dsl.MessagingGatewaySpec;
import org.springframework.integration.mapping.HeaderMapper;

import io.zeroipc.spring.integration.inbound.ZeroIpcInboundGateway;
import io.zeroipc.spring.listener.ListenerSettings;

/** Describes a {@link ZeroIpcInboundGateway}. */
public final class ZeroIpcInboundGatewaySpec
        extends
        MessagingGatewaySpec<ZeroIpcInboundGatewaySpec, ZeroIpcInboundGateway> {

    private final ZeroIpcInboundGateway gateway;

    ZeroIpcInboundGatewaySpec(ZeroIpcInboundGateway gateway) {
        super(gateway);
        this.gateway = gateway;
    }

    /** What is made of the bytes of requests; they are payloads as they are by default. */
    public ZeroIpcInboundGatewaySpec payloadType(Class<?> type) {
        gateway.setPayloadType(type);
        return this;
    }

    /** As {@link #payloadType(Class)}, for a type with type arguments. */
    public ZeroIpcInboundGatewaySpec payloadType(ParameterizedTypeReference<?> type) {
        gateway.setPayloadType(type);
        return this;
    }

    /** What the listener is called, in properties and endpoints; the name of the bean by default. */
    public ZeroIpcInboundGatewaySpec listenerId(String id) {
        gateway.setListenerId(id);
        return this;
    }

    /** Says anything else about the listener: concurrency, retries, dead letters. */
    public ZeroIpcInboundGatewaySpec listener(Consumer<ListenerSettings> settings) {
        settings.accept(gateway.getListenerSettings());
        return this;
    }

    /** Maps the headers of requests and replies. */
    public ZeroIpcInboundGatewaySpec headerMapper(HeaderMapper<Map<String, String>> mapper) {
        gateway.setHeaderMapper(mapper);
        return this;
    }
}
