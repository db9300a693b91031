package io.zeroipc.spring.boot.kafka.outbound;

import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import io.zeroipc.codec.Codec;
import io.zeroipc.flow.SharedTopic;
import io.zeroipc.segment.Source;
import io.zeroipc.segment.Structure;
import io.zeroipc.spring.boot.autoconfigure.InvalidZeroIpcPropertyException;
import io.zeroipc.spring.boot.kafka.BridgeDefinition;
import io.zeroipc.spring.boot.kafka.BridgeFormat;
import io.zeroipc.spring.boot.kafka.Delivery;
import io.zeroipc.spring.boot.kafka.ElementFormat;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.ElementTypes;
import io.zeroipc.spring.core.SegmentRegistry;

/** What the structure of a bridge says about its records, and whether it can do what the bridge promises. Thread-safe. */
final class FreightForms {

    private static final Log LOG = LogFactory.getLog(FreightForms.class);

    private final BridgeDefinition definition;
    private final SegmentRegistry segments;
    private final @Nullable JsonMapper mapper;
    private final AtomicBoolean warned = new AtomicBoolean();

    FreightForms(BridgeDefinition definition, SegmentRegistry segments, @Nullable JsonMapper mapper) {
        this.definition = definition;
        this.segments = segments;
        this.mapper = mapper;
    }

    /**
     * For elements of a type.
     *
     * @throws InvalidZeroIpcPropertyException when they have no such key, or cannot be JSON
     */
    Freight of(String typeName) {
        ChannelName channel = definition.channel();
        Codec<?> codec = ElementTypes.codecOf(segments, channel);
        int size = codec != null
                ? codec.byteSize()
                : segments.findStructure(channel).map(Structure::elementSize).orElse(0);
        ElementFormat format = format(typeName, size, codec);
        String key = definition.key();
        if (key == null) {
            return Freight.of(definition, format, null, null);
        }
        if (codec == null) {
            throw new InvalidZeroIpcPropertyException(definition.property("key"), key,
                    "nobody knows the components of the elements: type=" + typeName,
                    "Declare the structure with an 'element-type' that is a record.");
        }
        return Freight.of(definition, format, ElementKey.of(definition, key, codec.schema()), null);
    }

    private ElementFormat format(String typeName, int size, @Nullable Codec<?> codec) {
        if (definition.format() == BridgeFormat.JSON && (codec == null || mapper == null)) {
            throw new InvalidZeroIpcPropertyException(definition.property("format"), "json",
                    "elements cannot be JSON: type=" + typeName, codec == null
                            ? "Declare the structure with an 'element-type', or write format: bytes."
                            : "Put Jackson on the class path, or write format: bytes.");
        }
        return new ElementFormat(definition.format(), typeName, size, codec, mapper);
    }

    /** Whether elements of a channel are byte arrays by themselves, each with its own length. */
    boolean isWhole(ChannelName channel) {
        return segments.findStructure(channel).filter(SharedTopic.class::isInstance).isPresent();
    }

    /**
     * Looks whether elements stay in the structure until they have arrived.
     *
     * @throws InvalidZeroIpcPropertyException when they do not, and the definition says that they must
     */
    void checkDelivery(Source<?> source) {
        if (definition.delivery() == Delivery.AT_MOST_ONCE || source.canCommit() || source.canContinue()) {
            return;
        }
        String kind = source.kind().label();
        if (definition.delivery() == Delivery.AT_LEAST_ONCE) {
            throw new InvalidZeroIpcPropertyException(definition.property("delivery"), "at-least-once",
                    "elements do not stay in the structure until they have arrived: type=" + kind, remedy(source));
        }
        if (warned.compareAndSet(false, true)) {
            LOG.warn("bridge loses what is on its way when this application dies: " + definition.describe() + ", type="
                    + kind + " (" + remedy(source) + ")");
        }
    }

    private String remedy(Source<?> source) {
        return source.isBroadcast()
                ? "Write delivery: at-most-once, or use a type that keeps its elements, such as ring or stream."
                : "Write options.on-consumer-death: redeliver for the structure, where its type has that option, or"
                        + " delivery: at-most-once for the bridge.";
    }
}
