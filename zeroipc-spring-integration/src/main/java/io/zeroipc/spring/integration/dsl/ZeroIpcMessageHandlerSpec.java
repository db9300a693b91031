package io.zeroipc.spring.integration.dsl;

import java.time.Duration;
import java.util.Map;
import java.util.function.Function;

import org.springframework.integration.dsl.MessageHandlerSpec;
import org.springframework.integration.mapping.HeaderMapper;
import org.springframework.messaging.Message;

import io.zeroipc.spring.core.FullAction;
import io.zeroipc.spring.integration.outbound.ZeroIpcMessageHandler;

/** Describes a {@link ZeroIpcMessageHandler}. */
public final class ZeroIpcMessageHandlerSpec
        extends
        MessageHandlerSpec<ZeroIpcMessageHandlerSpec, ZeroIpcMessageHandler> {

    private final ZeroIpcMessageHandler handler;

    ZeroIpcMessageHandlerSpec(ZeroIpcMessageHandler handler) {
        this.handler = handler;
        this.target = handler;
    }

    /** Sends to the channel whose name the expression yields for a message: {@code headers['to']}, for example. */
    public ZeroIpcMessageHandlerSpec channelExpression(String expression) {
        handler.setChannelExpressionString(expression);
        return this;
    }

    /** Sends to the channel whose name the function yields for a message. */
    public ZeroIpcMessageHandlerSpec channelFunction(Function<Message<?>, String> function) {
        handler.setChannelFunction(function);
        return this;
    }

    /** How long a message waits for room; the template's by default. */
    public ZeroIpcMessageHandlerSpec sendTimeout(Duration timeout) {
        handler.setSendTimeout(timeout);
        return this;
    }

    /** What happens when no room has come in time; the template's by default. */
    public ZeroIpcMessageHandlerSpec fullAction(FullAction action) {
        handler.setFullAction(action);
        return this;
    }

    /** Whether headers go along where the channel has room for them; the template's by default. */
    public ZeroIpcMessageHandlerSpec envelopeEnabled(boolean enabled) {
        handler.setEnvelopeEnabled(enabled);
        return this;
    }

    /** Maps the headers that go along. */
    public ZeroIpcMessageHandlerSpec headerMapper(HeaderMapper<Map<String, String>> mapper) {
        handler.setHeaderMapper(mapper);
        return this;
    }
}
