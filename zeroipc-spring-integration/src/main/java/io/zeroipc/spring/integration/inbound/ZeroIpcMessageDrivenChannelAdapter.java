package io.zeroipc.spring.integration.inbound;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.integration.endpoint.MessageProducerSupport;
import org.springframework.integration.mapping.HeaderMapper;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.core.MessagePostProcessor;

import io.zeroipc.spring.config.ChannelListenerContainerFactory;
import io.zeroipc.spring.integration.ElementMessages;
import io.zeroipc.spring.integration.EnvelopeHeaderMapper;
import io.zeroipc.spring.integration.FlowListener;
import io.zeroipc.spring.integration.ListeningComponent;
import io.zeroipc.spring.listener.ChannelListenerContainer;
import io.zeroipc.spring.listener.ElementMessage;
import io.zeroipc.spring.listener.ListenerExecutionFailedException;
import io.zeroipc.spring.listener.ListenerSettings;

/**
 * Sends the elements of a channel into a flow as they arrive. A listener like any other: it waits, retries, sends dead letters,
 * acknowledges, is observed and counted in the same way, is configured by the same properties under its id, and stands beside
 * the others in endpoints, health and meters. The adapter starts and stops it.
 *
 * <p>
 * A message has the headers of a listener's message, those of the envelope that the element came in, and with manual
 * acknowledgment an {@code acknowledgmentCallback}. What the flow throws is a failure of the listener: it is called again where
 * attempts are left, and then the error goes to the error channel, once. Where there is none, or where it fails as well, comes
 * what the listener's settings say: discarded, a dead letter, or the end.
 */
public final class ZeroIpcMessageDrivenChannelAdapter extends MessageProducerSupport implements ListeningComponent {

    private final FlowListener listener;
    private final int defaultPhase = getPhase();
    /** While the flow is called: whether its failure is the last one is not known then. */
    private final ScopedValue<Boolean> attempting = ScopedValue.newInstance();
    private ElementMessages messages = new ElementMessages(new EnvelopeHeaderMapper());
    private MessagePostProcessor postProcessor = message -> message;

    /**
     * An adapter whose listener is made by the context's factory.
     *
     * @param channel {@code segment/structure}, or a structure of the primary segment
     */
    public ZeroIpcMessageDrivenChannelAdapter(String channel) {
        this.listener = new FlowListener(channel);
    }

    /** As {@link #ZeroIpcMessageDrivenChannelAdapter(String)}, with another factory. */
    public ZeroIpcMessageDrivenChannelAdapter(ChannelListenerContainerFactory factory, String channel) {
        this(channel);
        listener.setFactory(factory);
    }

    /** What is made of elements, as for the parameter of a listener method; by default they are payloads as they are. */
    public void setPayloadType(Class<?> type) {
        listener.setPayloadType(type);
    }

    /** As {@link #setPayloadType(Class)}, for a type with type arguments. */
    public void setPayloadType(ParameterizedTypeReference<?> type) {
        listener.setPayloadType(type.getType());
    }

    /** What the listener is called; the name of the adapter's bean by default, and where it has none {@code flow.} and the channel. */
    public void setListenerId(String id) {
        listener.setId(id);
    }

    /** Maps the headers of envelopes; an {@link EnvelopeHeaderMapper} by default. */
    public void setHeaderMapper(HeaderMapper<Map<String, String>> mapper) {
        this.messages = new ElementMessages(mapper);
    }

    /** Changes each message before the flow sees it; what it throws is a failure of the flow. None by default. */
    public void setMessagePostProcessor(MessagePostProcessor processor) {
        this.postProcessor = processor;
    }

    /** Everything else that can be said about a listener, to be changed before the adapter is initialised. */
    public ListenerSettings getListenerSettings() {
        return listener.getSettings();
    }

    @Override
    public ChannelListenerContainer getContainer() {
        return listener.getContainer();
    }

    @Override
    public String getComponentType() {
        return "zeroipc:message-driven-channel-adapter";
    }

    @Override
    protected void onInit() {
        super.onInit();
        listener.createFor(this, defaultPhase, getBeanFactory(), "message-driven channel adapter", new FlowReceiver());
    }

    @Override
    protected void doStart() {
        listener.getContainer().start();
    }

    @Override
    protected void doStop() {
        listener.getContainer().stop();
    }

    @Override
    public void destroy() {
        super.destroy();
        listener.destroy();
    }

    /** None for whom sends a message into the flow: the failure is not the last one, perhaps. */
    @Override
    public @Nullable MessageChannel getErrorChannel() {
        return attempting.isBound() ? null : super.getErrorChannel();
    }

    private final class FlowReceiver implements FlowListener.Receiver {

        @Override
        public void onMessage(ElementMessage element) {
            Message<?> message = message(element);
            ScopedValue.where(attempting, true).run(() -> sendMessage(message));
        }

        private Message<?> message(ElementMessage element) {
            return postProcessor.postProcessMessage(messages.toMessage(element, getMessageBuilderFactory()));
        }

        @Override
        public boolean recover(ListenerExecutionFailedException failure) {
            ElementMessage element = failure.elementMessage();
            if (element == null || failure.attempts() == 0) {
                // The flow has never seen it, and cannot.
                return sendErrorMessageIfNecessary(null, failure);
            }
            return sendErrorMessageIfNecessary(message(element),
                    failure.getCause() instanceof Exception thrown ? thrown : failure);
        }
    }
}
