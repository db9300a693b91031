package io.zeroipc.spring.integration.outbound;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.integration.MessageTimeoutException;
import org.springframework.integration.handler.AbstractReplyProducingMessageHandler;
import org.springframework.integration.mapping.HeaderMapper;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageDeliveryException;
import org.springframework.messaging.MessageHandlingException;

import io.zeroipc.spring.converter.ElementType;
import io.zeroipc.spring.converter.PayloadConversion;
import io.zeroipc.spring.converter.PayloadConverters;
import io.zeroipc.spring.core.ChannelClosedException;
import io.zeroipc.spring.core.ChannelFullException;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.spring.core.envelope.Envelope;
import io.zeroipc.spring.core.envelope.EnvelopeHeaders;
import io.zeroipc.spring.integration.ElementMessages;
import io.zeroipc.spring.integration.ElementPayloads;
import io.zeroipc.spring.integration.EnvelopeHeaderMapper;
import io.zeroipc.spring.integration.OutgoingMessages;

/**
 * Sends the payload of a message as a request and waits for the reply, as {@link ZeroIpcOperations#sendAndReceive} does: both travel
 * in envelopes, with the headers that are mapped, and the template needs a channel for replies.
 *
 * <p>
 * A reply that does not come in time is no reply: a {@link org.springframework.integration.handler.ReplyRequiredException}, unless
 * the gateway was told that it requires none. The request may have been processed all the same. A channel that has no room for the
 * request in that time is a {@link MessageTimeoutException}, and nothing was sent then.
 */
public final class ZeroIpcOutboundGateway extends AbstractReplyProducingMessageHandler {

    private static final Duration REPLY_TIMEOUT = Duration.ofSeconds(30);

    private final String channel;
    private final OutgoingMessages outgoing;
    private ElementMessages messages = new ElementMessages(new EnvelopeHeaderMapper());
    private Duration replyTimeout = REPLY_TIMEOUT;
    private Type replyType = byte[].class;
    private @Nullable PayloadConversion conversion;

    /**
     * Sends with the context's template.
     *
     * @param channel {@code segment/structure}, or a structure of the primary segment, of {@code frame(n)} or {@code bytes(n)}
     */
    public ZeroIpcOutboundGateway(String channel) {
        this(channel, new OutgoingMessages(null));
    }

    /** Sends with this template. */
    public ZeroIpcOutboundGateway(ZeroIpcOperations template, String channel) {
        this(channel, new OutgoingMessages(template));
    }

    private ZeroIpcOutboundGateway(String channel, OutgoingMessages outgoing) {
        this.channel = channel;
        this.outgoing = outgoing;
        setRequiresReply(true);
    }

    /** How long it waits for room for the request, and for the reply; 30 seconds by default. */
    public void setReplyTimeout(Duration timeout) {
        this.replyTimeout = timeout;
    }

    /** What is made of the reply's bytes; {@code byte[]} by default. */
    public void setReplyType(Class<?> type) {
        this.replyType = type;
    }

    /** As {@link #setReplyType(Class)}, for a type with type arguments. */
    public void setReplyType(ParameterizedTypeReference<?> type) {
        this.replyType = type.getType();
    }

    /** Maps the headers of requests and replies; an {@link EnvelopeHeaderMapper} by default. */
    public void setHeaderMapper(HeaderMapper<Map<String, String>> mapper) {
        this.outgoing.setHeaderMapper(mapper);
        this.messages = new ElementMessages(mapper);
    }

    @Override
    public String getComponentType() {
        return "zeroipc:outbound-gateway";
    }

    @Override
    protected void doInit() {
        String self = "outbound gateway " + getComponentName();
        outgoing.open(getBeanFactory(), channel, self);
        if (replyType == byte[].class || replyType == Envelope.class) {
            return;
        }
        PayloadConverters converters = ElementPayloads.convertersOf(getBeanFactory());
        conversion = converters.find("replies to " + channel, replyType, ElementType.BYTES);
        if (conversion == null) {
            throw new IllegalStateException("gateway cannot read its replies: gateway=" + self + ", type="
                    + replyType.getTypeName() + " (expected: byte[]; " + converters.describeMissing(ElementType.BYTES)
                    + ")");
        }
    }

    @Override
    protected @Nullable Object handleRequestMessage(Message<?> request) {
        Envelope reply;
        try {
            reply = outgoing.template()
                    .sendAndReceive(channel, outgoing.withHeaders(request), Envelope.class, replyTimeout);
        } catch (ChannelFullException e) {
            throw new MessageTimeoutException(request, "channel has no room for the request: channel=" + channel, e);
        } catch (ChannelClosedException e) {
            throw new MessageDeliveryException(request, "channel takes no request any more: channel=" + channel, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MessageHandlingException(request, "interrupted while waiting for the reply: channel=" + channel,
                    e);
        }
        return reply == null ? null : message(reply);
    }

    private Object message(Envelope reply) {
        Map<String, Object> headers = new HashMap<>();
        byte[] bytes = reply.payload();
        Map<String, String> travelled = new HashMap<>(reply.headers());
        // It joins the reply to this request, and says nothing to the flow, which has a correlation of its own.
        travelled.remove(EnvelopeHeaders.CORRELATION_ID);
        headers.putAll(messages.fromEnvelope(travelled));
        Object payload = replyType == Envelope.class ? reply : conversion == null ? bytes : conversion.toPayload(bytes);
        return getMessageBuilderFactory().withPayload(payload).copyHeaders(headers);
    }

    @Override
    public void destroy() {
        super.destroy();
        outgoing.close();
    }
}
