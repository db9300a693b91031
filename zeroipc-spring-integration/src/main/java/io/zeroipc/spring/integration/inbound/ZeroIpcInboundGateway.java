package io.zeroipc.spring.integration.inbound;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.integration.gateway.MessagingGatewaySupport;
import org.springframework.integration.mapping.HeaderMapper;
import org.springframework.messaging.Message;
import org.springframework.messaging.converter.MessageConversionException;

import io.zeroipc.spring.config.ChannelListenerContainerFactory;
import io.zeroipc.spring.core.UserCode;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.spring.core.envelope.Envelope;
import io.zeroipc.spring.core.envelope.EnvelopeHeaders;
import io.zeroipc.spring.integration.ElementMessages;
import io.zeroipc.spring.integration.EnvelopeHeaderMapper;
import io.zeroipc.spring.integration.FlowListener;
import io.zeroipc.spring.integration.ListeningComponent;
import io.zeroipc.spring.integration.OutgoingMessages;
import io.zeroipc.spring.listener.ChannelListenerContainer;
import io.zeroipc.spring.listener.ElementMessage;
import io.zeroipc.spring.listener.ListenerSettings;
import io.zeroipc.spring.listener.ReplyNotSentException;

/**
 * Answers requests that arrive in envelopes: sends each into a flow, and what the flow replies to where the request expects it. A
 * listener like any other, as {@link ZeroIpcMessageDrivenChannelAdapter} is.
 *
 * <p>
 * What the flow throws goes to the error channel, whose flow may reply in its place. Without one, and where that fails too, it is a
 * failure of the listener: nobody is told but the requester's clock. A flow that does not reply in time leaves the request without a
 * reply. An element that asks for no reply is a failure as well.
 */
public final class ZeroIpcInboundGateway extends MessagingGatewaySupport implements ListeningComponent {

    private final FlowListener listener;
    private final int defaultPhase = getPhase();
    private OutgoingMessages outgoing = new OutgoingMessages(null);
    private @Nullable HeaderMapper<Map<String, String>> headerMapper;
    private ElementMessages messages = new ElementMessages(new EnvelopeHeaderMapper());

    /**
     * A gateway whose listener is made by the context's factory, and whose replies are sent by the context's template.
     *
     * @param channel {@code segment/structure}, or a structure of the primary segment, of {@code frame(n)} or {@code bytes(n)}
     */
    public ZeroIpcInboundGateway(String channel) {
        this.listener = new FlowListener(channel);
    }

    /** As {@link #ZeroIpcInboundGateway(String)}, with another factory and another template. */
    public ZeroIpcInboundGateway(ChannelListenerContainerFactory factory, ZeroIpcOperations template,
            String channel) {
        this(channel);
        listener.setFactory(factory);
        this.outgoing = new OutgoingMessages(template);
    }

    /** What is made of the bytes of requests; they are payloads as they are by default. */
    public void setPayloadType(Class<?> type) {
        listener.setPayloadType(type);
    }

    /** As {@link #setPayloadType(Class)}, for a type with type arguments. */
    public void setPayloadType(ParameterizedTypeReference<?> type) {
        listener.setPayloadType(type.getType());
    }

    /** What the listener is called; the name of the gateway's bean by default, and where it has none {@code flow.} and the channel. */
    public void setListenerId(String id) {
        listener.setId(id);
    }

    /** Maps the headers of requests and replies; an {@link EnvelopeHeaderMapper} by default. */
    public void setHeaderMapper(HeaderMapper<Map<String, String>> mapper) {
        this.headerMapper = mapper;
        this.messages = new ElementMessages(mapper);
    }

    /** Everything else that can be said about a listener, to be changed before the gateway is initialised. */
    public ListenerSettings getListenerSettings() {
        return listener.getSettings();
    }

    @Override
    public ChannelListenerContainer getContainer() {
        return listener.getContainer();
    }

    @Override
    public String getComponentType() {
        return "zeroipc:inbound-gateway";
    }

    @Override
    protected void onInit() {
        super.onInit();
        if (headerMapper != null) {
            outgoing.setHeaderMapper(headerMapper);
        }
        outgoing.open(getBeanFactory(), null, "inbound gateway " + getComponentName());
        // One request, one reply.
        listener.getSettings().setBatch(false);
        listener.createFor(this, defaultPhase, getBeanFactory(), "inbound gateway", this::answer);
    }

    private void answer(ElementMessage element) {
        Envelope request = requestOf(element);
        Message<?> reply = sendAndReceiveMessage(messages.toMessage(element, getMessageBuilderFactory()));
        if (reply == null) {
            logger.debug(() -> "request gets no reply: gateway=" + this + ", request=" + element);
            return;
        }
        Throwable thrown = UserCode.run(() -> outgoing.template().reply(request, outgoing.withHeaders(reply)));
        if (thrown != null) {
            throw new ReplyNotSentException(getContainer().getId(),
                    request.header(EnvelopeHeaders.REPLY_CHANNEL).orElse(""), thrown);
        }
    }

    private static Envelope requestOf(ElementMessage element) {
        if (element.element() instanceof byte[] bytes && Envelope.isEnvelope(bytes)) {
            Envelope request = Envelope.parse(bytes);
            if (request.header(EnvelopeHeaders.REPLY_CHANNEL).isPresent()) {
                return request;
            }
        }
        throw new MessageConversionException("element asks for no reply: channel=" + element.channel()
                + " (expected: an envelope with the header " + EnvelopeHeaders.REPLY_CHANNEL
                + ", as the template's sendAndReceive sends)");
    }

    @Override
    protected void doStart() {
        super.doStart();
        listener.getContainer().start();
    }

    @Override
    protected void doStop() {
        listener.getContainer().stop();
        super.doStop();
    }

    @Override
    public void destroy() {
        super.destroy();
        listener.destroy();
        outgoing.close();
    }
}
