package io.zeroipc.spring.integration.dsl;

import java.time.Duration;
import java.util.Map;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.integration.dsl.MessageHandlerSpec;
import org.springframework.integration.mapping.HeaderMapper;

import io.zeroipc.spring.integration.outbound.ZeroIpcOutboundGateway;

/** Describes a {@link ZeroIpcOutboundGateway}. */
public final class ZeroIpcOutboundGatewaySpec
        extends
        MessageHandlerSpec<ZeroIpcOutboundGatewaySpec, ZeroIpcOutboundGateway> {

    private final ZeroIpcOutboundGateway gateway;

    ZeroIpcOutboundGatewaySpec(ZeroIpcOutboundGateway gateway) {
        this.gateway = gateway;
        this.target = gateway;
    }

    /** What is made of the reply's bytes; {@code byte[]} by default. */
    public ZeroIpcOutboundGatewaySpec replyType(Class<?> type) {
        gateway.setReplyType(type);
        return this;
    }

    /** As {@link #replyType(Class)}, for a type with type arguments. */
    public ZeroIpcOutboundGatewaySpec replyType(ParameterizedTypeReference<?> type) {
        gateway.setReplyType(type);
        return this;
    }

    /** How long it waits for room for the request, and for the reply; 30 seconds by default. */
    public ZeroIpcOutboundGatewaySpec replyTimeout(Duration timeout) {
        gateway.setReplyTimeout(timeout);
        return this;
    }

    /** Whether a reply that does not come is a failure; it is by default. */
    public ZeroIpcOutboundGatewaySpec requiresReply(boolean required) {
        gateway.setRequiresReply(required);
        return this;
    }

    /** Maps the headers of requests and replies. */
    public ZeroIpcOutboundGatewaySpec headerMapper(HeaderMapper<Map<String, String>> mapper) {
        gateway.setHeaderMapper(mapper);
        return this;
    }
}
