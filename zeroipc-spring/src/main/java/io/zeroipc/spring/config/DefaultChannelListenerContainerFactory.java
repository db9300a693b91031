package io.zeroipc.spring.config;

import java.util.ArrayList;
import java.util.List;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.messaging.handler.annotation.support.MessageHandlerMethodFactory;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;
import org.springframework.validation.Validator;

import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.UnknownChannelException;
import io.zeroipc.spring.listener.AckMode;
import io.zeroipc.spring.listener.ChannelListenerContainer;
import io.zeroipc.spring.listener.ElementListener;
import io.zeroipc.spring.listener.FailureAction;
import io.zeroipc.spring.listener.FailureSettings;
import io.zeroipc.spring.listener.InterceptedListener;
import io.zeroipc.spring.listener.ListenerInterceptor;
import io.zeroipc.spring.listener.ListenerSettings;
import io.zeroipc.spring.listener.adapter.AcknowledgmentArgumentResolver;
import io.zeroipc.spring.listener.adapter.ListenerMethodFactory;
import io.zeroipc.spring.listener.adapter.ObservedElementListener;
import io.zeroipc.spring.observation.ZeroIpcObservations;

/**
 * The factory that applications configure: defaults of all listeners, interceptors, and customizers. Configured before its
 * first use.
 */
public class DefaultChannelListenerContainerFactory implements ChannelListenerContainerFactory, BeanFactoryAware {

    private static final Log LOG = LogFactory.getLog(DefaultChannelListenerContainerFactory.class);

    private final SegmentRegistry registry;
    private final ListenerSettings defaults = new ListenerSettings();
    private final List<ContainerCustomizer> customizers = new ArrayList<>();
    private final List<ListenerInterceptor> interceptors = new ArrayList<>();
    private List<HandlerMethodArgumentResolver> argumentResolvers = List.of();
    private @Nullable Validator validator;
    private @Nullable ZeroIpcObservations observations;
    private @Nullable BeanFactory beanFactory;
    private @Nullable MessageHandlerMethodFactory methodFactory;

    public DefaultChannelListenerContainerFactory(SegmentRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void setBeanFactory(BeanFactory factory) {
        this.beanFactory = factory;
    }

    /** What listeners inherit that do not say otherwise. */
    public ListenerSettings getDefaults() {
        return defaults;
    }

    /** Adds one that is called after those added before. */
    public void addCustomizer(ContainerCustomizer customizer) {
        customizers.add(customizer);
    }

    /** Adds one that is called within those added before. */
    public void addInterceptor(ListenerInterceptor interceptor) {
        interceptors.add(interceptor);
    }

    /** Validates payloads that are annotated for it; without one, such listeners are refused. */
    public void setValidator(@Nullable Validator payloadValidator) {
        this.validator = payloadValidator;
    }

    /** Observe the listeners whose settings say so; null, the default, observes none. */
    public void setObservations(@Nullable ZeroIpcObservations listenerObservations) {
        this.observations = listenerObservations;
    }

    /** Resolve parameters of listener methods that nobody else does; asked first. */
    public void setCustomArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        this.argumentResolvers = List.copyOf(resolvers);
    }

    /** Replaces the resolution of parameters altogether; validator and resolvers of this factory have no effect then. */
    public void setMessageHandlerMethodFactory(MessageHandlerMethodFactory factory) {
        this.methodFactory = factory;
    }

    @Override
    public ChannelListenerContainer createContainer(ChannelListenerEndpoint endpoint) {
        ListenerSettings settings = endpoint.getSettings().copy();
        if (settings.getBatch() == null && endpoint.takesBatch()) {
            // A list is a batch by itself; the defaults decide only about what the listener leaves open.
            settings.setBatch(true);
        }
        settings.inheritDefaults(defaults);
        try {
            List<ChannelName> channels = endpoint.getChannels()
                    .stream()
                    .map(text -> registry.channel(text, endpoint.getSegment()))
                    .toList();
            yieldDefaults(endpoint, settings, channels);
            ChannelListenerContainer container = new ChannelListenerContainer(endpoint.getId(), channels,
                    observed(endpoint, settings), settings, registry);
            if (beanFactory != null) {
                container.setTemplate(new ListenerTemplate(beanFactory, registry, "dead letters", endpoint.describe()));
            }
            customizers.forEach(customizer -> customizer.customize(container));
            container.check();
            return container;
        } catch (UnknownChannelException e) {
            throw e.requestedBy("listener " + endpoint.describe());
        }
    }

    /** What holds for all listeners is no demand on one that it cannot apply to. */
    private void yieldDefaults(ChannelListenerEndpoint endpoint, ListenerSettings settings,
            List<ChannelName> channels) {
        if (settings.isDefault(ListenerSettings.ACK_MODE) && settings.getAckMode() == AckMode.MANUAL
                && !endpoint.canAcknowledge()) {
            settings.setAckMode(AckMode.AUTO);
            LOG.info("listener cannot acknowledge, and ackMode=manual is only the default: id=" + endpoint.getId()
                    + ", ackMode=auto");
        }
        String deadLetters = settings.find(FailureSettings.DEAD_LETTER_CHANNEL);
        if (deadLetters != null && settings.failures().isDeadLetteringByDefault()
                && channels.equals(List.of(registry.channel(deadLetters)))) {
            settings.unset(FailureSettings.DEAD_LETTER_CHANNEL);
            settings.unset(FailureSettings.RECOVERER);
            settings.failures().setFailureAction(FailureAction.DISCARD);
            LOG.info("listener takes the dead letters, and has none of its own: id=" + endpoint.getId() + ", channel="
                    + deadLetters + ", failureAction=discard (what it cannot process is logged)");
        }
    }

    private ElementListener observed(ChannelListenerEndpoint endpoint, ListenerSettings settings) {
        ElementListener listener = InterceptedListener
                .of(endpoint.createListener(obtainMethodFactory(), settings), interceptors);
        ZeroIpcObservations present = observations;
        if (!settings.isObservationEnabled()) {
            return listener;
        }
        if (present == null) {
            LOG.warn("listener is not observed, because there is no ObservationRegistry: listener="
                    + endpoint.getId());
            return listener;
        }
        return new ObservedElementListener(listener, present, registry::kindOf);
    }

    private MessageHandlerMethodFactory obtainMethodFactory() {
        MessageHandlerMethodFactory present = methodFactory;
        if (present == null) {
            ListenerMethodFactory made = new ListenerMethodFactory(validator);
            List<HandlerMethodArgumentResolver> resolvers = new ArrayList<>(argumentResolvers);
            resolvers.add(new AcknowledgmentArgumentResolver());
            made.setCustomArgumentResolvers(resolvers);
            if (beanFactory != null) {
                made.setBeanFactory(beanFactory);
            }
            made.afterPropertiesSet();
            methodFactory = made;
            present = made;
        }
        return present;
    }
}
