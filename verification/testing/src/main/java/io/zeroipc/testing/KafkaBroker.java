package io.zeroipc.testing;

import java.util.Map;
import java.util.UUID;

import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/**
 * One Kafka broker for all tests of a JVM, in this JVM: started by the first that asks, which takes up to half a minute, and ends
 * with the JVM. Tests share it, so each uses topics of its own names. Topics are made when they are first used, with
 * one partition. Thread-safe.
 */
public final class KafkaBroker {

    private KafkaBroker() {
    }

    /** Where clients find it: host and port. */
    public static String bootstrapServers() {
        return Running.BROKER.getBrokersAsString();
    }

    /** The broker itself, to add topics of several partitions. */
    public static EmbeddedKafkaKraftBroker broker() {
        return Running.BROKER;
    }

    /** A name that no other test has, for a topic or a group. */
    public static String uniqueName(String prefix) {
        return prefix + "-" + UUID.randomUUID().toString().substring(0, 8);
    }

    private static final class Running {

        static final EmbeddedKafkaKraftBroker BROKER = start();

        private static EmbeddedKafkaKraftBroker start() {
            EmbeddedKafkaKraftBroker broker = new EmbeddedKafkaKraftBroker(1, 1);
            // One broker: what it keeps for itself cannot be copied to three.
            broker.brokerProperties(Map.of("offsets.topic.replication.factor", "1",
                    "offsets.topic.num.partitions", "1", "transaction.state.log.replication.factor", "1",
                    "transaction.state.log.min.isr", "1", "group.initial.rebalance.delay.ms", "0"));
            broker.afterPropertiesSet();
            return broker;
        }
    }
}
