package io.zeroipc.spring.boot.kafka.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.flow.SharedState;
import io.zeroipc.flow.SharedStream;
import io.zeroipc.spring.boot.autoconfigure.InvalidZeroIpcPropertyException;
import io.zeroipc.spring.boot.autoconfigure.UnknownProperties;
import io.zeroipc.spring.boot.kafka.BridgeDefinition;
import io.zeroipc.spring.boot.kafka.BridgeDirection;
import io.zeroipc.spring.boot.kafka.KeyFormat;
import io.zeroipc.spring.boot.kafka.OnFailure;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.UnknownChannelException;

/** From properties to bridges: everything that can be checked without a structure and without a broker. */
final class BridgeDefinitions {

    private static final String KAFKA = "kafka:";
    /** The kind of a structure that nobody knows yet. */
    private static final String UNKNOWN = "none";
    /** Kinds that one writer at a time fills. */
    private static final Set<String> ONE_WRITER = Set.of(SharedRing.KIND.label(), SharedState.KIND.label(),
            SharedStream.KIND.label(), SharedMap.KIND.label());
    /** Kinds that are as all of their topic is. */
    private static final Set<String> WHOLE = Set.of(SharedState.KIND.label(), SharedMap.KIND.label());
    private static final int TOPIC_LENGTH_MAX = 249;
    private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9._-]+");

    private final SegmentRegistry segments;
    private final Map<ChannelName, BridgeDefinition> byChannel = new LinkedHashMap<>();

    private BridgeDefinitions(SegmentRegistry segments) {
        this.segments = segments;
    }

    /**
     * Those that are enabled, in the order of declaration.
     *
     * @throws InvalidZeroIpcPropertyException naming the property that cannot work
     */
    static List<BridgeDefinition> read(BridgeProperties properties, SegmentRegistry segments,
            Environment environment) {
        UnknownProperties.checkMap(environment, BridgeDefinition.PROPERTY, BridgeProperties.Bridge.class);
        BridgeDefinitions reader = new BridgeDefinitions(segments);
        List<BridgeDefinition> definitions = new ArrayList<>();
        properties.bridges().forEach((name, bridge) -> {
            if (bridge.enabled()) {
                definitions.add(reader.read(name, bridge));
            }
        });
        return definitions;
    }

    private BridgeDefinition read(String name, BridgeProperties.Bridge bridge) {
        String property = BridgeDefinition.PROPERTY + "." + name;
        String from = required(property + ".from", bridge.from());
        String to = required(property + ".to", bridge.to());
        boolean in = from.startsWith(KAFKA);
        if (in == to.startsWith(KAFKA)) {
            throw new InvalidZeroIpcPropertyException(property + ".to", to, in
                    ? "both ends of the bridge are topics"
                    : "neither end of the bridge is a topic",
                    "Write 'kafka:' and the name of a topic at one end, and 'segment/structure' at the other.");
        }
        String topic = topic(property + (in ? ".from" : ".to"), in ? from : to);
        ChannelName channel = channel(property + (in ? ".to" : ".from"), in ? to : from);
        Integer inFlight = bridge.maxInFlight();
        if (inFlight != null && (inFlight < 1 || inFlight > BridgeDefinition.MAX_IN_FLIGHT_MAX)) {
            throw new InvalidZeroIpcPropertyException(property + ".max-in-flight", inFlight,
                    "so many elements cannot be in flight", "Write 1 to " + BridgeDefinition.MAX_IN_FLIGHT_MAX + ".");
        }
        refuseOther(property, in ? bridge.key() : bridge.group(), in);
        if (in) {
            refuseOut(property, bridge, segments.kindOf(channel));
        } else {
            refuseIn(property, bridge);
        }
        BridgeDefinition definition = new BridgeDefinition(name, in ? BridgeDirection.IN : BridgeDirection.OUT, channel,
                topic, text(bridge.key()), bridge.format(), bridge.delivery(), inFlight,
                text(bridge.group()), bridge.autoStartup(), bridge.keyFormat(), bridge.onFailure());
        refuseNeighbour(property + (in ? ".to" : ".from"), definition);
        return definition;
    }

    private static String required(String property, @Nullable String value) {
        String text = text(value);
        if (text == null) {
            throw new InvalidZeroIpcPropertyException(property, value, "bridge has an open end",
                    "Write 'kafka:' and the name of a topic, or 'segment/structure'.");
        }
        return text;
    }

    private static @Nullable String text(@Nullable String value) {
        return value == null || value.isBlank() ? null : value.strip();
    }

    private static String topic(String property, String value) {
        String topic = value.substring(KAFKA.length()).strip();
        if (topic.length() > TOPIC_LENGTH_MAX || !TOPIC.matcher(topic).matches() || topic.equals(".")
                || topic.equals("..")) {
            throw new InvalidZeroIpcPropertyException(property, value, "a topic cannot have this name",
                    "Write 'kafka:' and 1 to " + TOPIC_LENGTH_MAX + " letters, digits, '.', '_' and '-'.");
        }
        return topic;
    }

    private ChannelName channel(String property, String value) {
        try {
            ChannelName channel = segments.channel(value);
            if (!segments.isKnown(channel)) {
                // Fails with the names that there are.
                segments.tryStructure(channel);
            }
            return channel;
        } catch (UnknownChannelException e) {
            List<String> near = e.nearMatches();
            throw new InvalidZeroIpcPropertyException(property, value, "there is no such structure",
                    near.isEmpty()
                            ? "Known are: " + String.join(", ", e.known()) + "."
                            : "Did you mean '" + String.join("' or '", near) + "'?");
        }
    }

    private static void refuseOther(String property, @Nullable String value, boolean in) {
        if (text(value) != null) {
            throw new InvalidZeroIpcPropertyException(property + (in ? ".key" : ".group"), value, in
                    ? "bridge from a topic makes no keys"
                    : "bridge to a topic is in no consumer group",
                    "Remove it: it is for bridges " + (in ? "to" : "from") + " a topic.");
        }
    }

    /** What a bridge from a topic would not do, whatever was written. */
    private static void refuseOut(String property, BridgeProperties.Bridge bridge, String kind) {
        if (bridge.maxInFlight() != null) {
            throw new InvalidZeroIpcPropertyException(property + ".max-in-flight", bridge.maxInFlight(),
                    "bridge from a topic takes what a poll brings",
                    "Remove it, or write spring.kafka.consumer.max-poll-records.");
        }
        if (text(bridge.group()) != null && WHOLE.contains(kind)) {
            throw new InvalidZeroIpcPropertyException(property + ".group", bridge.group(),
                    "a " + kind + " is as all of its topic is, and shares it with nobody", "Remove it.");
        }
        if (bridge.keyFormat() != KeyFormat.TEXT && !kind.equals(SharedMap.KIND.label()) && !kind.equals(UNKNOWN)) {
            throw new InvalidZeroIpcPropertyException(property + ".key-format", bridge.keyFormat(),
                    "keys of records become those of a map, and this is a " + kind, "Remove it.");
        }
    }

    /** What a bridge to a topic would not do. */
    private static void refuseIn(String property, BridgeProperties.Bridge bridge) {
        if (bridge.keyFormat() != KeyFormat.TEXT) {
            throw new InvalidZeroIpcPropertyException(property + ".key-format", bridge.keyFormat(),
                    "keys of a bridge to a topic are texts", "Remove it: it is for bridges from a topic to a map.");
        }
        if (bridge.onFailure() != OnFailure.STOP) {
            throw new InvalidZeroIpcPropertyException(property + ".on-failure", bridge.onFailure(),
                    "a bridge to a topic is a listener, which has failure actions",
                    "Write zeroipc.listener.endpoints.bridge" + property.substring(BridgeDefinition.PROPERTY.length())
                            + ".failure-action.");
        }
    }

    /** What arrives would leave again; and what has one writer takes elements from one topic, whose positions it keeps. */
    private void refuseNeighbour(String property, BridgeDefinition definition) {
        BridgeDefinition other = byChannel.putIfAbsent(definition.channel(), definition);
        if (other == null) {
            return;
        }
        String kind = segments.kindOf(definition.channel());
        if (definition.direction() == BridgeDirection.IN && other.direction() == BridgeDirection.IN
                && ONE_WRITER.contains(kind)) {
            throw new InvalidZeroIpcPropertyException(property, definition.channel(),
                    "two bridges would write into one " + kind + ": bridge '" + other.name() + "' does so already",
                    "Give each a structure of its own, or use a type that takes elements of several, such as queue.");
        }
        if (other.direction() != definition.direction()) {
            throw new InvalidZeroIpcPropertyException(property, definition.channel(),
                    "elements would go round in circles: bridge '" + other.name()
                            + "' carries the other way at the same structure",
                    "Give each direction a structure of its own.");
        }
    }
}
