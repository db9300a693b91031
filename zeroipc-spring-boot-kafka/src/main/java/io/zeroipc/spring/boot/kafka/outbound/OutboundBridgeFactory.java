package io.zeroipc.spring.boot.kafka.outbound;

import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationListener;
import tools.jackson.databind.json.JsonMapper;

import io.zeroipc.codec.Codec;
import io.zeroipc.flow.SharedTopic;
import io.zeroipc.segment.Structure;
import io.zeroipc.spring.boot.kafka.Bridge;
import io.zeroipc.spring.boot.kafka.BridgeDefinition;
import io.zeroipc.spring.boot.kafka.BridgeDirection;
import io.zeroipc.spring.boot.kafka.BridgeFactory;
import io.zeroipc.spring.config.ChannelListenerContainerFactory;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.ElementTypes;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.event.ChannelListenerStoppedEvent;
import io.zeroipc.spring.listener.ChannelListenerContainer;

/** Makes bridges to topics: each registers a listener, and gives its producer back when that has stopped. */
public final class OutboundBridgeFactory implements BridgeFactory, ApplicationListener<ChannelListenerStoppedEvent> {

    /** Bytes of elements that are on their way, where the definition does not say how many elements. */
    private static final int IN_FLIGHT_BYTES = 8 * 1024 * 1024;
    private static final int IN_FLIGHT = 10_000;
    /** Of messages of a topic that is not there yet. */
    private static final int UNKNOWN_MESSAGE_BYTES = 64 * 1024;

    private final SegmentRegistry segments;
    private final ChannelListenerEndpointRegistry listeners;
    private final ChannelListenerContainerFactory containers;
    private final Producers producers;
    private final @Nullable JsonMapper mapper;
    private final Map<String, TopicListener> byId = new ConcurrentHashMap<>();

    /** @param mapper null where elements cannot be JSON */
    public OutboundBridgeFactory(SegmentRegistry segments, ChannelListenerEndpointRegistry listeners,
            ChannelListenerContainerFactory containers, Producers producers, @Nullable JsonMapper mapper) {
        this.segments = segments;
        this.listeners = listeners;
        this.containers = containers;
        this.producers = producers;
        this.mapper = mapper;
    }

    @Override
    public BridgeDirection direction() {
        return BridgeDirection.OUT;
    }

    @Override
    public Bridge create(BridgeDefinition definition) {
        FreightForms forms = new FreightForms(definition, segments, mapper);
        TopicListener listener = new TopicListener(definition, forms,
                new BridgeProducer(producers.of(definition.name())));
        byId.put(BridgeEndpoint.id(definition), listener);
        ChannelListenerContainer container = listeners
                .register(new BridgeEndpoint(definition, batchSize(definition), listener), containers);
        return new OutboundBridge(definition, listener, container);
    }

    /**
     * Whether elements with this origin were sent from this machine: by a bridge of this application, or of any that has its
     * structure in this directory.
     */
    public boolean isOwn(Path directory, UUID origin) {
        return byId.values().stream().anyMatch(listener -> listener.isFrom(origin)) || isKeptIn(directory, origin);
    }

    /** As {@link #isOwn}, for an application without bridges to topics. */
    public static boolean isKeptIn(Path directory, UUID origin) {
        return OriginMark.isKeptIn(directory, origin);
    }

    private int batchSize(BridgeDefinition definition) {
        Integer wanted = definition.maxInFlight();
        if (wanted != null) {
            return wanted;
        }
        long size = segments.findStructure(definition.channel())
                .map(OutboundBridgeFactory::elementSize)
                .orElseGet(() -> declaredSize(definition.channel()));
        return Math.clamp(IN_FLIGHT_BYTES / Math.max(1, size), 1, IN_FLIGHT);
    }

    private static long elementSize(Structure structure) {
        return structure instanceof SharedTopic topic ? topic.chunkSize() : structure.elementSize();
    }

    private long declaredSize(ChannelName channel) {
        Codec<?> codec = ElementTypes.declaredCodec(segments, channel);
        return codec != null
                ? codec.byteSize()
                : segments.kindOf(channel).equals(SharedTopic.KIND.label()) ? UNKNOWN_MESSAGE_BYTES
                : 1;
    }

    @Override
    public void onApplicationEvent(ChannelListenerStoppedEvent event) {
        TopicListener listener = byId.get(event.getListenerId());
        if (listener != null) {
            listener.ended();
        }
    }
}
