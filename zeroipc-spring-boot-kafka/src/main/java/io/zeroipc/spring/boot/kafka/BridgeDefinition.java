package io.zeroipc.spring.boot.kafka;

import org.jspecify.annotations.Nullable;

import io.zeroipc.spring.core.ChannelName;

/**
 * A bridge as it was declared.
 *
 * @param name unique among the bridges of the application
 * @param channel the structure, by its names in this application
 * @param key component of the elements whose text becomes the key of records; null for records without one, and for bridges in
 * @param delivery null for the better one of those that the structure can keep
 * @param maxInFlight elements that are sent and not acknowledged, at most; null for as many as their size suggests
 * @param keyFormat of records whose keys become those of a map
 * @param onFailure what a bridge in does with a record that it cannot carry
 * @param group the consumer group of a bridge in; null for one of this machine and base directory
 */
public record BridgeDefinition(String name, BridgeDirection direction, ChannelName channel, String topic,
        @Nullable String key, BridgeFormat format, @Nullable Delivery delivery, @Nullable Integer maxInFlight,
        @Nullable String group, boolean autoStartup, KeyFormat keyFormat, OnFailure onFailure) {

    /** What properties of bridges begin with. */
    public static final String PROPERTY = "zeroipc.bridges";
    /** The most elements that can be in flight: positions of an origin never go back further than this. */
    public static final int MAX_IN_FLIGHT_MAX = 16_384;

    public BridgeDefinition {
        if (name.isEmpty() || topic.isEmpty()
                || (maxInFlight != null && (maxInFlight < 1 || maxInFlight > MAX_IN_FLIGHT_MAX))) {
            throw new IllegalArgumentException("bridge is incomplete: name=" + name + ", topic=" + topic
                    + ", maxInFlight=" + maxInFlight
                    + " (expected: a name, a topic, and 1 to " + MAX_IN_FLIGHT_MAX + " elements in flight)");
        }
    }

    /** The full name of one of its properties, as it is written in files. */
    public String property(String option) {
        return PROPERTY + "." + name + "." + option;
    }

    /** What messages call it. */
    public String describe() {
        return "bridge=" + name + " (" + (direction == BridgeDirection.OUT
                ? channel + " to kafka:" + topic
                : "kafka:" + topic + " to " + channel) + ")";
    }
}
