package io.zeroipc.spring.integration.channel;

import java.util.Map;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.integration.IntegrationPatternType;
import org.springframework.integration.channel.AbstractMessageChannel;
import org.springframework.integration.dispatcher.AbstractDispatcher;
import org.springframework.integration.dispatcher.BroadcastingDispatcher;
import org.springframework.integration.dispatcher.RoundRobinLoadBalancingStrategy;
import org.springframework.integration.dispatcher.UnicastingDispatcher;
import org.springframework.integration.mapping.HeaderMapper;
import org.springframework.integration.support.management.ManageableSmartLifecycle;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageDeliveryException;
import org.springframework.messaging.MessageHandler;
import org.springframework.messaging.SubscribableChannel;

import io.zeroipc.spring.config.ChannelListenerContainerFactory;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.spring.integration.ElementMessages;
import io.zeroipc.spring.integration.EnvelopeHeaderMapper;
import io.zeroipc.spring.integration.FlowListener;
import io.zeroipc.spring.integration.ListeningComponent;
import io.zeroipc.spring.listener.ChannelListenerContainer;
import io.zeroipc.spring.listener.ElementMessage;
import io.zeroipc.spring.listener.ListenerSettings;

/**
 * A channel whose messages go through a structure to subscribers that a listener calls: those of this process, or of another that has
 * the same channel. One subscriber gets a message, in turn, and another one when it fails; or all of them, where the channel
 * broadcasts. A message that was sent outlives this process.
 *
 * <p>
 * On {@code frame(n)} and {@code bytes(n)} messages travel with their headers, in envelopes; elsewhere payloads travel alone. What
 * subscribers throw never reaches the sender: it is a failure of the listener, with its retries and dead letters.
 */
public final class SubscribableZeroIpcChannel extends AbstractMessageChannel
        implements SubscribableChannel, ManageableSmartLifecycle, ListeningComponent {

    private final FlowListener listener;
    private final MessageSender sender;
    private final AbstractDispatcher dispatcher;
    private ElementMessages messages = new ElementMessages(new EnvelopeHeaderMapper());

    /**
     * A channel in the segments of the context.
     *
     * @param structure {@code segment/structure}, or a structure of the primary segment
     * @param broadcasting whether each subscriber of this process gets each message
     */
    public SubscribableZeroIpcChannel(String structure, boolean broadcasting) {
        this(new FlowListener(structure), new MessageSender(null, structure), broadcasting);
    }

    /** As {@link #SubscribableZeroIpcChannel(String, boolean)}, with another factory and another template. */
    public SubscribableZeroIpcChannel(ChannelListenerContainerFactory factory, ZeroIpcOperations template,
            String structure, boolean broadcasting) {
        this(new FlowListener(structure), new MessageSender(template, structure), broadcasting);
        listener.setFactory(factory);
    }

    private SubscribableZeroIpcChannel(FlowListener listener, MessageSender sender, boolean broadcasting) {
        this.listener = listener;
        this.sender = sender;
        this.dispatcher = broadcasting ? new BroadcastingDispatcher(true) : unicasting();
    }

    private static UnicastingDispatcher unicasting() {
        UnicastingDispatcher unicasting = new UnicastingDispatcher();
        unicasting.setLoadBalancingStrategy(new RoundRobinLoadBalancingStrategy());
        return unicasting;
    }

    /** What is made of elements; they are payloads as they are by default. */
    public void setPayloadType(Class<?> type) {
        listener.setPayloadType(type);
    }

    /** As {@link #setPayloadType(Class)}, for a type with type arguments. */
    public void setPayloadType(ParameterizedTypeReference<?> type) {
        listener.setPayloadType(type.getType());
    }

    /** What the listener is called; the name of the channel's bean by default, and where it has none {@code flow.} and the structure. */
    public void setListenerId(String id) {
        listener.setId(id);
    }

    /** Maps the headers that travel; an {@link EnvelopeHeaderMapper} by default. */
    public void setHeaderMapper(HeaderMapper<Map<String, String>> mapper) {
        this.messages = new ElementMessages(mapper);
        sender.setHeaderMapper(mapper);
    }

    /** Everything else that can be said about a listener, to be changed before the channel is initialised. */
    public ListenerSettings getListenerSettings() {
        return listener.getSettings();
    }

    @Override
    public ChannelListenerContainer getContainer() {
        return listener.getContainer();
    }

    @Override
    public String getComponentType() {
        return "zeroipc:channel";
    }

    @Override
    public IntegrationPatternType getIntegrationPatternType() {
        return dispatcher instanceof BroadcastingDispatcher
                ? IntegrationPatternType.publish_subscribe_channel
                : super.getIntegrationPatternType();
    }

    @Override
    protected void onInit() {
        super.onInit();
        if (dispatcher instanceof BroadcastingDispatcher broadcasting) {
            broadcasting.setBeanFactory(getBeanFactory());
        }
        sender.open(getBeanFactory(), "subscribable channel " + getComponentName());
        // Subscribers get messages one by one, as from any channel.
        listener.getSettings().setBatch(false);
        listener.create(getBeanFactory(), getBeanName(), "subscribable channel", this::dispatch);
    }

    private void dispatch(ElementMessage element) {
        Message<?> message = messages.toMessage(element, getMessageBuilderFactory());
        if (!dispatcher.dispatch(message)) {
            throw new MessageDeliveryException(message, "channel has no subscriber: channel=" + getComponentName());
        }
    }

    @Override
    protected boolean doSend(Message<?> message, long timeout) {
        return sender.send(message, timeout);
    }

    @Override
    public boolean subscribe(MessageHandler handler) {
        return dispatcher.addHandler(handler);
    }

    @Override
    public boolean unsubscribe(MessageHandler handler) {
        return dispatcher.removeHandler(handler);
    }

    @Override
    public void start() {
        listener.getContainer().start();
    }

    @Override
    public void stop() {
        if (listener.isCreated()) {
            listener.getContainer().stop();
        }
    }

    @Override
    public void stop(Runnable callback) {
        if (listener.isCreated()) {
            listener.getContainer().stop(callback);
        } else {
            callback.run();
        }
    }

    @Override
    public boolean isRunning() {
        return listener.isCreated() && listener.getContainer().isRunning();
    }

    /** As the settings of its listener say. */
    @Override
    public boolean isAutoStartup() {
        return listener.isCreated() && listener.getContainer().getSettings().isAutoStartup();
    }

    /** As the settings of its listener say. */
    @Override
    public int getPhase() {
        return listener.isCreated() ? listener.getContainer().getPhase() : DEFAULT_PHASE;
    }

    @Override
    public void destroy() {
        super.destroy();
        listener.destroy();
        sender.close();
    }
}
