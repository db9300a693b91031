package io.zeroipc.sample;

import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/** A Kafka broker at port 9092 for whoever has none: it forgets everything when it ends, with Ctrl-C. */
public final class BrokerMain {

    private static final int PORT = 9092;

    private BrokerMain() {
    }

    /** Runs until the process ends. */
    public static void main(String[] args) throws InterruptedException {
        EmbeddedKafkaKraftBroker broker = new EmbeddedKafkaKraftBroker(1, 1);
        broker.kafkaPorts(PORT);
        broker.brokerProperty("offsets.topic.replication.factor", "1");
        broker.brokerProperty("group.initial.rebalance.delay.ms", "0");
        broker.afterPropertiesSet();
        Runtime.getRuntime().addShutdownHook(new Thread(broker::destroy, "broker-stop"));
        System.out.println("broker: ready at " + broker.getBrokersAsString());
        Thread.currentThread().join();
    }
}
