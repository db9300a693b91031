package io.zeroipc.spring.boot.kafka.autoconfigure;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import io.zeroipc.spring.boot.kafka.BridgeFormat;
import io.zeroipc.spring.boot.kafka.Delivery;
import io.zeroipc.spring.boot.kafka.KeyFormat;
import io.zeroipc.spring.boot.kafka.OnFailure;

/**
 * What is carried to other machines and back.
 *
 * @param bridges Bridges between structures and topics of Kafka, by name.
 */
@ConfigurationProperties("zeroipc")
public record BridgeProperties(@DefaultValue Map<String, Bridge> bridges) {

    public BridgeProperties {
        bridges = Collections.unmodifiableMap(new LinkedHashMap<>(bridges));
    }

    /**
     * One bridge.
     *
     * @param enabled Whether there is this bridge.
     * @param from What is carried: a structure, as 'segment/structure', or a topic, as 'kafka:topic'.
     * @param to Where it is carried to: a topic, as 'kafka:topic', or a structure, as 'segment/structure'.
     * @param key Component of the elements whose text becomes the key of the records, which keep their order by it. Without one,
     *            all elements of a structure go to one partition, in their order.
     * @param format How elements look in the topic.
     * @param delivery What becomes of elements that are on their way when this application dies. Defaults to 'at-least-once'
     *            where the structure can keep them.
     * @param maxInFlight Maximum number of elements that are sent and not yet acknowledged by the broker, up to 16384. Defaults to
     *            10000, and to fewer where they are larger than 800 bytes.
     * @param group Consumer group of a bridge from a topic. Defaults to one of this machine and base directory, so that each
     *            machine gets everything.
     * @param autoStartup Whether the bridge starts with the application.
     * @param keyFormat How the keys of records are to be read that become the keys of a map.
     * @param onFailure What a bridge from a topic does with a record that it cannot carry.
     */
    public record Bridge(@DefaultValue("true") boolean enabled, @Nullable String from, @Nullable String to,
            @Nullable String key, @DefaultValue("bytes") BridgeFormat format, @Nullable Delivery delivery,
            @Nullable Integer maxInFlight, @Nullable String group,
            @DefaultValue("true") boolean autoStartup, @DefaultValue("text") KeyFormat keyFormat,
            @DefaultValue("stop") OnFailure onFailure) {}
}
