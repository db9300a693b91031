package io.zeroipc.spring.integration;

import java.lang.reflect.Type;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.integration.endpoint.AbstractEndpoint;
import org.springframework.messaging.handler.annotation.support.MessageHandlerMethodFactory;

import io.zeroipc.spring.annotation.Internal;
import io.zeroipc.spring.config.ChannelListenerAnnotationBeanPostProcessor;
import io.zeroipc.spring.config.ChannelListenerContainerFactory;
import io.zeroipc.spring.config.ChannelListenerEndpoint;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.converter.PayloadConverters;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.listener.ChannelListenerContainer;
import io.zeroipc.spring.listener.ElementListener;
import io.zeroipc.spring.listener.ElementMessage;
import io.zeroipc.spring.listener.ListenerExecutionFailedException;
import io.zeroipc.spring.listener.ListenerSettings;
import io.zeroipc.spring.listener.PayloadForm;
import io.zeroipc.spring.listener.adapter.DeclaredPayload;

/**
 * A listener that hands its elements to a component of a flow, which starts and stops it. Where the context has a registry of
 * listeners it stands there, like any other; its id is free again when the component is destroyed. To be configured before it is
 * made; not thread-safe.
 */
@Internal
public final class FlowListener {

    /** The component that gets the elements. */
    public interface Receiver {

        /** Processes an element or a batch. */
        void onMessage(ElementMessage message);

        /** Deals with an element when there are no attempts left; false to leave it to the listener's own settings. */
        default boolean recover(ListenerExecutionFailedException failure) {
            return false;
        }
    }

    private final String channel;
    private final ListenerSettings settings = new ListenerSettings();
    private @Nullable ChannelListenerContainerFactory factory;
    private @Nullable String id;
    private Type payloadType = Object.class;
    private @Nullable ChannelListenerEndpointRegistry registry;
    private @Nullable ChannelListenerContainer container;

    /** @param channel {@code segment/structure}, or a structure of the primary segment */
    public FlowListener(String channel) {
        this.channel = channel;
    }

    public String getChannel() {
        return channel;
    }

    /** What is said about this listener; its factory and properties for its id say the rest. */
    public ListenerSettings getSettings() {
        return settings;
    }

    /** Makes the container; the one of the context by default. */
    public void setFactory(ChannelListenerContainerFactory containerFactory) {
        this.factory = containerFactory;
    }

    /** What it is called in the registry; by default what its component is called. */
    public void setId(String listenerId) {
        this.id = listenerId;
    }

    /** What is made of elements; they stay as they are by default. */
    public void setPayloadType(Type type) {
        this.payloadType = type;
    }

    /**
     * Makes the container and registers it, and does not start it.
     *
     * @param beanName of the component
     * @param kind of the component, for messages
     */
    public ChannelListenerContainer create(BeanFactory beans, @Nullable String beanName, String kind,
            Receiver receiver) {
        ChannelListenerEndpointRegistry known = beans.getBeanProvider(ChannelListenerEndpointRegistry.class)
                .getIfUnique();
        Endpoint endpoint = new Endpoint(idOf(beanName, known), kind, receiver);
        ChannelListenerContainerFactory present = factory != null ? factory : factoryOf(beans, endpoint);
        ChannelListenerContainer made;
        if (known == null) {
            made = present.createContainer(endpoint);
            made.setStartedByOwner(true);
            beans.getBeanProvider(ApplicationEventPublisher.class).ifUnique(made::setApplicationEventPublisher);
        } else {
            made = known.register(endpoint, present);
        }
        this.registry = known;
        this.container = made;
        return made;
    }

    /**
     * As {@link #create}, for an endpoint: what was said about its start counts for the listener, unless properties for the listener's
     * id say something else, which counts for the endpoint then.
     *
     * @param defaultPhase of the endpoint, where nobody has said one
     */
    public void createFor(AbstractEndpoint endpoint, int defaultPhase, BeanFactory beans, String kind,
            Receiver receiver) {
        if (endpoint.getPhase() != defaultPhase) {
            settings.setPhase(endpoint.getPhase());
        }
        if (!endpoint.isAutoStartup()) {
            settings.setAutoStartup(false);
        }
        ChannelListenerContainer made = create(beans, endpoint.getBeanName(), kind, receiver);
        endpoint.setPhase(made.getPhase());
        endpoint.setAutoStartup(made.getSettings().isAutoStartup());
    }

    /** Stops the container, and frees its id. */
    public void destroy() {
        ChannelListenerContainer last = container;
        if (last == null) {
            return;
        }
        container = null;
        if (registry == null || !registry.unregister(last.getId())) {
            last.stop();
        }
    }

    /** The container. */
    public ChannelListenerContainer getContainer() {
        ChannelListenerContainer made = container;
        if (made == null) {
            throw new IllegalStateException("component has no listener: channel=" + channel
                    + " (expected: a bean of an application context, which initialises it)");
        }
        return made;
    }

    public boolean isCreated() {
        return container != null;
    }

    /** Names that nobody has given are long, and say nothing of the channel. */
    private String idOf(@Nullable String beanName, @Nullable ChannelListenerEndpointRegistry known) {
        String given = id;
        if (given != null) {
            return given;
        }
        if (beanName != null && beanName.indexOf('#') < 0) {
            return beanName;
        }
        String base = "flow." + channel.replace('/', '.');
        String free = base;
        for (int i = 2; known != null && known.findContainer(free).isPresent(); i++) {
            free = base + "." + i;
        }
        return free;
    }

    private static ChannelListenerContainerFactory factoryOf(BeanFactory beans, Endpoint endpoint) {
        String name = ChannelListenerAnnotationBeanPostProcessor.DEFAULT_CONTAINER_FACTORY;
        if (!beans.containsBean(name)) {
            throw new IllegalStateException("there is nothing to make a listener with: component=" + endpoint.describe()
                    + " (expected: @EnableZeroIpc, Spring Boot's auto-configuration with zeroipc.listener.enabled, or a"
                    + " ChannelListenerContainerFactory given to the component)");
        }
        return beans.getBean(name, ChannelListenerContainerFactory.class);
    }

    private final class Endpoint implements ChannelListenerEndpoint {

        private final String listenerId;
        private final String kind;
        private final Receiver receiver;

        Endpoint(String listenerId, String kind, Receiver receiver) {
            this.listenerId = listenerId;
            this.kind = kind;
            this.receiver = receiver;
        }

        @Override
        public String getId() {
            return listenerId;
        }

        @Override
        public List<String> getChannels() {
            return List.of(channel);
        }

        @Override
        public ListenerSettings getSettings() {
            return settings;
        }

        @Override
        public boolean isStartedByOwner() {
            return true;
        }

        @Override
        public ElementListener createListener(MessageHandlerMethodFactory methodFactory, ListenerSettings merged) {
            DeclaredPayload payload = new DeclaredPayload(payloadType, Boolean.TRUE.equals(merged.getBatch()),
                    describe());
            return new ReceivingListener(payload, merged.getPayloadConverters(), receiver);
        }

        @Override
        public String describe() {
            return kind + " " + listenerId;
        }
    }

    private record ReceivingListener(DeclaredPayload payload, PayloadConverters converters, Receiver receiver)
            implements ElementListener {

        @Override
        public boolean isBatch() {
            return payload.list();
        }

        @Override
        public PayloadForm formOf(ChannelName name, String elementTypeName, @Nullable Class<?> elementType) {
            return payload.formOf(name, elementTypeName, elementType, converters);
        }

        @Override
        public void onMessage(ElementMessage message) {
            receiver.onMessage(message);
        }

        @Override
        public boolean recover(ListenerExecutionFailedException failure) {
            return receiver.recover(failure);
        }

        @Override
        public String toString() {
            return payload.declaredBy();
        }
    }
}
