package io.zeroipc.spring.integration.outbound;

import java.time.Duration;
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

import io.zeroipc.spring.core.ChannelClosedException;
import io.zeroipc.spring.core.ChannelFullException;
import io.zeroipc.spring.core.FullAction;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.spring.integration.EnvelopeHeaderMapper;
import io.zeroipc.spring.integration.OutgoingMessages;

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

    private final OutgoingMessages outgoing;
    private @Nullable Expression channelExpression;
    private @Nullable String channel;
    private @Nullable EvaluationContext evaluationContext;

    /** Sends with the context's template to the channels that an expression or a function yields. */
    public ZeroIpcMessageHandler() {
        this.outgoing = new OutgoingMessages(null);
    }

    /**
     * Sends with the context's template.
     *
     * @param channel {@code segment/structure}, or a structure of the primary segment
     */
    public ZeroIpcMessageHandler(String channel) {
        this();
        this.channel = channel;
    }

    /** Sends with this template to the channels that an expression or a function yields. */
    public ZeroIpcMessageHandler(ZeroIpcOperations template) {
        this.outgoing = new OutgoingMessages(template);
    }

    /** Sends with this template to one channel. */
    public ZeroIpcMessageHandler(ZeroIpcOperations template, String channel) {
        this(template);
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
        outgoing.setSendTimeout(timeout);
    }

    /** What happens when no room has come in time; the template's by default. */
    public void setFullAction(FullAction action) {
        outgoing.setFullAction(action);
    }

    /**
     * Whether headers go along in an envelope, on channels of {@code frame(n)} and {@code bytes(n)}; the template's by default.
     * Other channels have no room for headers, and carry payloads alone.
     */
    public void setEnvelopeEnabled(boolean enabled) {
        outgoing.setEnvelopeEnabled(enabled);
    }

    /** Maps the headers that go along; an {@link EnvelopeHeaderMapper} by default. */
    public void setHeaderMapper(HeaderMapper<Map<String, String>> mapper) {
        outgoing.setHeaderMapper(mapper);
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
        outgoing.open(getBeanFactory(), channel, "outbound channel adapter " + getComponentName());
        evaluationContext = ExpressionUtils.createStandardEvaluationContext(getBeanFactory());
    }

    @Override
    protected void handleMessageInternal(Message<?> message) {
        String target = channelOf(message);
        try {
            outgoing.template().send(target, outgoing.of(message));
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

    @Override
    public void destroy() {
        super.destroy();
        outgoing.close();
    }
}
