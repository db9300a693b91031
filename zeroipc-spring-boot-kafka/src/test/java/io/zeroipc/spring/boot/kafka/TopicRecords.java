package io.zeroipc.spring.boot.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What stands in a topic, read by a consumer that knows nothing of bridges. For one thread. */
public final class TopicRecords implements AutoCloseable {

    private static final Duration LOOK = Duration.ofMillis(100);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();

    /** Begins at the beginning of a topic that exists. */
    public TopicRecords(String bootstrapServers, String topic) {
        consumer = new KafkaConsumer<>(Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers),
                new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(topic)
                .stream()
                .map(each -> new TopicPartition(topic, each.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** All so far, in the order of each partition, when there are at least so many. */
    public List<ConsumerRecord<byte[], byte[]>> await(int count) {
        while (all.size() < count) {
            look();
        }
        return List.copyOf(all);
    }

    /** All so far, after another look. */
    public List<ConsumerRecord<byte[], byte[]>> look() {
        consumer.poll(LOOK).forEach(all::add);
        return List.copyOf(all);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
