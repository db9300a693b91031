package io.zeroipc.spring.cloud.stream.binder;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.cloud.stream.binder.AbstractMessageChannelBinder;
import org.springframework.cloud.stream.binder.BinderException;
import org.springframework.cloud.stream.binder.BinderSpecificPropertiesProvider;
import org.springframework.cloud.stream.binder.ExtendedConsumerProperties;
import org.springframework.cloud.stream.binder.ExtendedProducerProperties;
import org.springframework.cloud.stream.binder.ExtendedPropertiesBinder;
import org.springframework.cloud.stream.binder.HeaderMode;
import org.springframework.cloud.stream.config.ListenerContainerCustomizer;
import org.springframework.cloud.stream.provisioning.ConsumerDestination;
import org.springframework.cloud.stream.provisioning.ProducerDestination;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.integration.core.MessageProducer;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHandler;
import org.springframework.util.StringUtils;

import io.zeroipc.spring.cloud.stream.binder.properties.ZeroIpcConsumerProperties;
import io.zeroipc.spring.cloud.stream.binder.properties.ZeroIpcExtendedBindingProperties;
import io.zeroipc.spring.cloud.stream.binder.properties.ZeroIpcProducerProperties;
import io.zeroipc.spring.cloud.stream.binder.provisioning.StreamSegments;
import io.zeroipc.spring.cloud.stream.binder.provisioning.ZeroIpcConsumerDestination;
import io.zeroipc.spring.cloud.stream.binder.provisioning.ZeroIpcProducerDestination;
import io.zeroipc.spring.cloud.stream.binder.provisioning.ZeroIpcProvisioner;
import io.zeroipc.spring.config.ChannelListenerContainerFactory;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.integration.inbound.ZeroIpcMessageDrivenChannelAdapter;
import io.zeroipc.spring.integration.inbound.ZeroIpcMessageSource;
import io.zeroipc.spring.listener.ChannelListenerContainer;
import io.zeroipc.spring.listener.FailureAction;
import io.zeroipc.spring.listener.FailureSettings;
import io.zeroipc.spring.listener.ListenerSettings;

/**
 * Binds channels to destinations in shared memory: a destination is a segment, and each group a queue in it. Producers send to the queues
 * of all groups that there are; the instances of a group compete for its queue.
 */
public final class ZeroIpcMessageChannelBinder extends
        AbstractMessageChannelBinder<ExtendedConsumerProperties<ZeroIpcConsumerProperties>,
                ExtendedProducerProperties<ZeroIpcProducerProperties>, ZeroIpcProvisioner>
        implements ExtendedPropertiesBinder<MessageChannel, ZeroIpcConsumerProperties, ZeroIpcProducerProperties> {

    private final StreamSegments segments;
    private final ChannelListenerContainerFactory containers;
    private final ZeroIpcExtendedBindingProperties extendedProperties;
    private final ZeroIpcTemplate template;
    /** What consumes, by the destination itself: bindings of one group have equal ones. Guarded by itself. */
    private final IdentityHashMap<ConsumerDestination, Consuming> consumers = new IdentityHashMap<>();

    /**
     * A consumer, from the first attempt to bind it until it is unbound.
     *
     * @param properties which are the same object when the binding is tried again
     */
    private record Consuming(String listenerId, ZeroIpcMessageDrivenChannelAdapter adapter,
            ExtendedConsumerProperties<ZeroIpcConsumerProperties> properties) {}

    /**
     * @param containers make listeners for the registry of the segments
     * @param customizer is called with each listener; null for none
     */
    public ZeroIpcMessageChannelBinder(StreamSegments segments, ChannelListenerContainerFactory containers,
            ZeroIpcExtendedBindingProperties extendedProperties,
            @Nullable ListenerContainerCustomizer<ChannelListenerContainer> customizer) {
        super(new String[0], new ZeroIpcProvisioner(segments), customizer, null);
        this.segments = segments;
        this.containers = containers;
        this.template = new ZeroIpcTemplate(segments.registry());
        this.extendedProperties = extendedProperties;
    }

    /** The segments that its bindings use. */
    public StreamSegments getSegments() {
        return segments;
    }

    @Override
    public ZeroIpcConsumerProperties getExtendedConsumerProperties(String channelName) {
        return extendedProperties.getExtendedConsumerProperties(channelName);
    }

    @Override
    public ZeroIpcProducerProperties getExtendedProducerProperties(String channelName) {
        return extendedProperties.getExtendedProducerProperties(channelName);
    }

    @Override
    public String getDefaultsPrefix() {
        return extendedProperties.getDefaultsPrefix();
    }

    @Override
    public Class<? extends BinderSpecificPropertiesProvider> getExtendedPropertiesEntryClass() {
        return extendedProperties.getExtendedPropertiesEntryClass();
    }

    @Override
    public String getBinderIdentity() {
        return "zeroipc-" + super.getBinderIdentity();
    }

    @Override
    protected MessageHandler createProducerMessageHandler(ProducerDestination destination,
            ExtendedProducerProperties<ZeroIpcProducerProperties> properties, @Nullable MessageChannel errorChannel) {
        requireHeaderMode(properties.getHeaderMode(), destination.getName());
        ZeroIpcProducerDestination to = (ZeroIpcProducerDestination) destination;
        ZeroIpcProducerProperties extension = properties.getExtension();
        ZeroIpcProducerMessageHandler handler = new ZeroIpcProducerMessageHandler(destination.getName(),
                new GroupSender(to.segment(), segments.registry(), extension.getFullAction(),
                        extension.getSendTimeout()),
                properties.isUseNativeEncoding(), properties.isPartitioned(),
                properties.getHeaderMode() != HeaderMode.none, errorChannel, getErrorMessageStrategy());
        handler.setBeanFactory(getBeanFactory());
        handler.setBeanName("outbound." + destination.getName());
        return handler;
    }

    @Override
    protected MessageProducer createConsumerEndpoint(ConsumerDestination destination, @Nullable String group,
            ExtendedConsumerProperties<ZeroIpcConsumerProperties> properties) {
        return attempt(destination, properties, from -> adapter(from, group, properties));
    }

    /** What was bound to consume is given back where it cannot. */
    private <T> T attempt(ConsumerDestination destination,
            ExtendedConsumerProperties<ZeroIpcConsumerProperties> properties,
            Function<ZeroIpcConsumerDestination, T> consuming) {
        try {
            requireHeaderMode(properties.getHeaderMode(), destination.getName());
            return consuming.apply((ZeroIpcConsumerDestination) destination);
        } catch (RuntimeException e) {
            endAttempt(destination);
            throw e;
        }
    }

    private ZeroIpcMessageDrivenChannelAdapter adapter(ZeroIpcConsumerDestination from, @Nullable String group,
            ExtendedConsumerProperties<ZeroIpcConsumerProperties> properties) {
        ZeroIpcMessageDrivenChannelAdapter adapter = new ZeroIpcMessageDrivenChannelAdapter(containers,
                from.queue().channel().toString());
        adapter.setBeanFactory(getBeanFactory());
        adapter.setBeanName("inbound." + from.queue().channel());
        endFormerAttempts(from, properties);
        adapter.setListenerId(register(from, adapter, properties));
        adapter.setMessagePostProcessor(new InboundMessages());
        configure(adapter.getListenerSettings(), from.deadLetters(), properties);
        adapter.setErrorChannel(registerErrorInfrastructure(from, group, properties).getErrorChannel());
        return adapter;
    }

    @Override
    protected PolledConsumerResources createPolledConsumerResources(String name, @Nullable String group,
            ConsumerDestination destination, ExtendedConsumerProperties<ZeroIpcConsumerProperties> properties) {
        return attempt(destination, properties, from -> polled(from, group, properties));
    }

    private PolledConsumerResources polled(ZeroIpcConsumerDestination from, @Nullable String group,
            ExtendedConsumerProperties<ZeroIpcConsumerProperties> properties) {
        ZeroIpcMessageSource source = new ZeroIpcMessageSource(segments.registry(),
                from.queue().channel().toString());
        source.setBeanFactory(getBeanFactory());
        source.setBeanName("polled." + from.queue().channel());
        initialize(source);
        return new PolledConsumerResources(new PolledQueue(source),
                registerErrorInfrastructure(from, group, properties, true));
    }

    private static void initialize(InitializingBean bean) {
        try {
            bean.afterPropertiesSet();
        } catch (Exception e) {
            throw new BinderException("source of a polled consumer cannot be made: " + e.getMessage(), e);
        }
    }

    /** Null, for the error to be thrown, where nobody takes dead letters. */
    @Override
    protected @Nullable MessageHandler getPolledConsumerErrorMessageHandler(ConsumerDestination destination,
            @Nullable String group, ExtendedConsumerProperties<ZeroIpcConsumerProperties> properties) {
        ZeroIpcConsumerDestination from = (ZeroIpcConsumerDestination) destination;
        ChannelName letters = from.deadLetters();
        return letters == null ? null : new PolledDeadLetters(template, letters, from.queue());
    }

    private void configure(ListenerSettings settings, @Nullable ChannelName deadLetters,
            ExtendedConsumerProperties<ZeroIpcConsumerProperties> properties) {
        ZeroIpcConsumerProperties extension = properties.getExtension();
        settings.setAutoStartup(properties.isAutoStartup())
                .setConcurrency(Math.max(properties.getConcurrency(), 1))
                .setBatch(properties.isBatchMode())
                .setMaxBatchSize(extension.getMaxBatchSize())
                .setBatchReceiveTimeout(extension.getBatchReceiveTimeout())
                .setAckMode(extension.getAckMode())
                .setShutdownTimeout(extension.getShutdownTimeout());
        FailureSettings failures = settings.failures();
        RetryPolicy policy = properties.getMaxAttempts() > 1 ? buildRetryTemplate(properties).getRetryPolicy() : null;
        if (policy != null) {
            failures.setRetryPolicy(policy);
        } else {
            settings.set(FailureSettings.RETRY_ENABLED, false);
        }
        if (deadLetters == null) {
            failures.setFailureAction(FailureAction.DISCARD);
        } else {
            failures.setFailureAction(FailureAction.DEAD_LETTER)
                    .setDeadLetterChannel(deadLetters.toString())
                    .setDeadLetterFullAction(extension.getDlqFullAction());
        }
    }

    /** That of the binding, where it has but one. */
    private String register(ZeroIpcConsumerDestination from, ZeroIpcMessageDrivenChannelAdapter adapter,
            ExtendedConsumerProperties<ZeroIpcConsumerProperties> properties) {
        String wanted = StringUtils.hasText(properties.getBindingName())
                ? properties.getBindingName()
                : from.queue().channel().toString();
        synchronized (consumers) {
            Set<String> taken = consumers.values().stream().map(Consuming::listenerId).collect(Collectors.toSet());
            String id = wanted;
            for (int i = 2; taken.contains(id); i++) {
                id = wanted + "#" + i;
            }
            consumers.put(from, new Consuming(id, adapter, properties));
            return id;
        }
    }

    /**
     * A binding that could not be started is not unbound, and is tried again, every half minute perhaps: it must not leave a consumer
     * without a group behind each time, whose queue everybody would fill and nobody empty.
     */
    @SuppressWarnings("ReferenceEquality") // it is the same binding, and not one that says the same
    private void endFormerAttempts(ZeroIpcConsumerDestination from,
            ExtendedConsumerProperties<ZeroIpcConsumerProperties> properties) {
        List<ConsumerDestination> former = new ArrayList<>();
        synchronized (consumers) {
            consumers.forEach((destination, consuming) -> {
                if (consuming.properties() == properties && properties.isAutoStartup()
                        && !consuming.adapter().isRunning() && destination.getName().equals(from.getName())) {
                    former.add(destination);
                }
            });
        }
        former.forEach(this::endAttempt);
    }

    /** It is not unbound, as it is not bound. */
    private void endAttempt(ConsumerDestination destination) {
        Consuming attempt;
        synchronized (consumers) {
            attempt = consumers.get(destination);
        }
        if (attempt != null) {
            attempt.adapter().destroy();
        }
        end(destination);
    }

    private void end(ConsumerDestination destination) {
        synchronized (consumers) {
            consumers.remove(destination);
        }
        ((ZeroIpcConsumerDestination) destination).release();
    }

    @Override
    protected void afterUnbindConsumer(ConsumerDestination destination, String group,
            ExtendedConsumerProperties<ZeroIpcConsumerProperties> properties) {
        end(destination);
    }

    /** For the endpoint of bindings: where it is. */
    @Override
    protected Map<String, Object> doGetAdditionalConfigurationProperties(String name) {
        Map<String, Object> properties = new LinkedHashMap<>();
        segments.open()
                .stream()
                .filter(segment -> segment.destination().equals(name))
                .forEach(segment -> properties.put("segment", segment.segment().path().toString()));
        return properties;
    }

    private static void requireHeaderMode(@Nullable HeaderMode mode, String destination) {
        if (mode == HeaderMode.embeddedHeaders) {
            throw new IllegalArgumentException("headers cannot be embedded: destination=" + destination
                    + ", header-mode=embeddedHeaders (expected: headers, which travel beside the payload, or none)");
        }
    }
}
