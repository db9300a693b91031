package io.zeroipc.spring.integration.outbound;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.Expression;
import org.springframework.integration.MessageTimeoutException;
import org.springframework.integration.expression.ExpressionUtils;
import org.springframework.integration.expression.FunctionExpression;
import org.springframework.integration.handler.AbstractMessageHandler;
import org.springframework.integration.mapping.HeaderMapper;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageDeliveryException;
import org.springframework.messaging.MessageHeaders;

import io.zeroipc.spring.core.ChannelClosedException;
import io.zeroipc.spring.core.ChannelFullException;
import io.zeroipc.spring.core.FullAction;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.SendTargets;
import io.zeroipc.spring.core.UnknownChannelException;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.integration.EnvelopeHeaderMapper;

/**
 * Sends the payloads of messages to a channel, as a template does: as elements, or as what a converter makes of them. The headers
 * go along in an envelope where that is wanted and the channel can hold one.
 *
 * <p>
 * When the channel is full the handler waits as long as its send timeout says, and then does what its full action says: fails
 * with a {@link MessageTimeoutException}, goes on waiting, or drops the message. By default both are the template's, which are
 * not to wait and to fail. A channel that was closed is a {@link MessageDeliveryException}.
 */
public final class ZeroIpcMessageHandler extends AbstractMessageHandler {

    private @Nullable ZeroIpcOperations given;
    private @Nullable Expression channelExpression;
    private @Nullable String channel;
    private @Nullable Duration sendTimeout;
    private @Nullable FullAction fullAction;
    private @Nullable Boolean envelopeEnabled;
    private HeaderMapper<Map<String, String>> headerMapper = new EnvelopeHeaderMapper();
    private @Nullable EvaluationContext evaluationContext;
    private @Nullable ZeroIpcOperations sender;
    private @Nullable ZeroIpcTemplate own;
    private boolean enveloping;

    /** Sends with the context's template to the channels that an expression or a function yields. */
    public ZeroIpcMessageHandler() {
        // To be told more.
    }

    /**
     * Sends with the context's template.
     *
     * @param channel {@code segment/structure}, or a structure of the primary segment
     */
    public ZeroIpcMessageHandler(String channel) {
        this.channel = channel;
    }

    /** Sends with this template to the channels that an expression or a function yields. */
    public ZeroIpcMessageHandler(ZeroIpcOperations template) {
        this.given = template;
    }

    /** Sends with this template to one channel. */
    public ZeroIpcMessageHandler(ZeroIpcOperations template, String channel) {
        this.given = template;
        this.channel = channel;
    }

    /** Sends to one channel. */
    public void setChannel(String name) {
        this.channel = name;
        this.channelExpression = null;
    }

    /** Sends to the channel whose name the expression yields for a message. */
    public void setChannelExpression(Expression expression) {
        this.channelExpression = expression;
        this.channel = null;
    }

    /** As {@link #setChannelExpression}, for {@code headers['to']} for example. */
    public void setChannelExpressionString(String expression) {
        setChannelExpression(EXPRESSION_PARSER.parseExpression(expression));
    }

    /** Sends to the channel whose name the function yields for a message. */
    public void setChannelFunction(Function<Message<?>, String> function) {
        setChannelExpression(new FunctionExpression<>(function));
    }

    /** How long a message waits for room; the template's by default. */
    public void setSendTimeout(Duration timeout) {
        this.sendTimeout = timeout;
    }

    /** What happens when no room has come in time; the template's by default. */
    public void setFullAction(FullAction action) {
        this.fullAction = action;
    }

    /**
     * Whether headers go along in an envelope, on channels of {@code frame(n)} and {@code bytes(n)}; the template's by default.
     * Other channels have no room for headers, and carry payloads alone.
     */
    public void setEnvelopeEnabled(boolean enabled) {
        this.envelopeEnabled = enabled;
    }

    /** Maps the headers that go along; an {@link EnvelopeHeaderMapper} by default. */
    public void setHeaderMapper(HeaderMapper<Map<String, String>> mapper) {
        this.headerMapper = mapper;
    }

    @Override
    public String getComponentType() {
        return "zeroipc:outbound-channel-adapter";
    }

    @Override
    protected void onInit() {
        super.onInit();
        if (channel == null && channelExpression == null) {
            throw new IllegalStateException("handler has no channel: handler=" + this
                    + " (expected: a name, setChannelExpression or setChannelFunction)");
        }
        check();
        evaluationContext = ExpressionUtils.createStandardEvaluationContext(getBeanFactory());
        ZeroIpcOperations template = given != null ? given : getBeanFactory().getBean(ZeroIpcOperations.class);
        sender = sendTimeout == null && fullAction == null && envelopeEnabled == null ? template : configured(template);
        enveloping = sender instanceof ZeroIpcTemplate known && known.isEnvelopeEnabled();
    }

    /** Finds what can be found out before there is a message. */
    private void check() {
        SegmentRegistry registry = getBeanFactory().getBeanProvider(SegmentRegistry.class).getIfUnique();
        String name = channel;
        if (registry == null || name == null) {
            return;
        }
        String sender = "outbound channel adapter " + getComponentName();
        try {
            SendTargets.check(registry, registry.channel(name), sender);
        } catch (UnknownChannelException e) {
            throw e.requestedBy(sender);
        }
    }

    private ZeroIpcTemplate configured(ZeroIpcOperations template) {
        if (!(template instanceof ZeroIpcTemplate known)) {
            throw new IllegalStateException("handler cannot have settings of its own: handler=" + this + ", template="
                    + template.getClass().getName()
                    + " (expected: a ZeroIpcTemplate, or no send timeout, full action and envelopes)");
        }
        ZeroIpcTemplate copy = known.copy();
        if (sendTimeout != null) {
            copy.setSendTimeout(sendTimeout);
        }
        if (fullAction != null) {
            copy.setFullAction(fullAction);
        }
        if (envelopeEnabled != null) {
            copy.setEnvelopeEnabled(envelopeEnabled);
        }
        own = copy;
        return copy;
    }

    @Override
    protected void handleMessageInternal(Message<?> message) {
        ZeroIpcOperations present = sender;
        if (present == null) {
            throw new IllegalStateException("handler is not initialised: handler=" + this
                    + " (expected: a bean, or a call of afterPropertiesSet)");
        }
        String target = channelOf(message);
        try {
            present.send(target, enveloping ? withHeaders(message) : message.getPayload());
        } catch (ChannelFullException e) {
            throw new MessageTimeoutException(message, "channel has no room for the message: channel=" + target, e);
        } catch (ChannelClosedException e) {
            throw new MessageDeliveryException(message, "channel takes no message any more: channel=" + target, e);
        }
    }

    private String channelOf(Message<?> message) {
        String name = channel;
        Expression expression = channelExpression;
        if (name == null && expression != null && evaluationContext != null) {
            name = expression.getValue(evaluationContext, message, String.class);
        }
        if (name == null || name.isEmpty()) {
            throw new MessageDeliveryException(message, "message has no channel to go to: expression="
                    + (expression == null ? "none" : expression.getExpressionString())
                    + " (expected: segment/structure, or a structure of the primary segment)");
        }
        return name;
    }

    private Message<?> withHeaders(Message<?> message) {
        Map<String, String> headers = new HashMap<>();
        headerMapper.fromHeaders(message.getHeaders(), headers);
        return new Outgoing(message.getPayload(), new OutgoingHeaders(headers));
    }

    @Override
    public void destroy() {
        super.destroy();
        if (own != null) {
            own.close();
        }
    }

    private record Outgoing(Object payload, MessageHeaders headers) implements Message<Object> {

        @Override
        public Object getPayload() {
            return payload;
        }

        @Override
        public MessageHeaders getHeaders() {
            return headers;
        }
    }

    /** Without the id and the time of a message: those do not travel. */
    private static final class OutgoingHeaders extends MessageHeaders {

        private static final long serialVersionUID = 1L;

        OutgoingHeaders(Map<String, String> values) {
            super(new HashMap<>(values), ID_VALUE_NONE, -1L);
        }
    }
}
