package io.zeroipc.spring.boot.kafka.inbound;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/** Reads one topic. For the thread of one bridge. */
final class TopicReader implements AutoCloseable {

    /** How long a question to the broker may take; whoever asks tries again later. */
    static final Duration ANSWER_MAX = Duration.ofSeconds(5);
    /** How long it waits for records at a time: that long it does not see that it is to pause. */
    private static final Duration POLL_MAX = Duration.ofMillis(200);
    private static final long LAG_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    /** After so long without a record the broker is asked whether it is there. */
    private static final long SILENCE_MAX_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** How often it is looked whether there are more partitions. */
    static final long DISCOVERY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Consumer<byte[], byte[]> consumer;
    private final TopicIdentity identity;
    private final String topic;
    private final Course course;
    /** Which topic of the name it is; null while that is not known. */
    private @Nullable UUID id;
    private boolean held;
    /** Whether the broker has not answered when it was asked. */
    private boolean silent;
    private long lagAtNanos = System.nanoTime();
    private long heardAtNanos = System.nanoTime();
    private long discoveryAtNanos = System.nanoTime();

    /** Closes the consumer and what asks for the topic's identity with itself. */
    TopicReader(Consumer<byte[], byte[]> consumer, TopicIdentity identity, String topic, Course course) {
        this.consumer = consumer;
        this.identity = identity;
        this.topic = topic;
        this.course = course;
        course.reading(consumer);
    }

    /** The partitions of the topic; none while it does not exist. */
    List<TopicPartition> partitions() {
        return consumer.partitionsFor(topic, ANSWER_MAX)
                .stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }

    /** Waits for the topic; none when it is to stop. */
    List<TopicPartition> awaitPartitions() throws InterruptedException {
        List<TopicPartition> found = List.of();
        while (found.isEmpty() && !course.isStopping()) {
            found = partitions();
            if (!found.isEmpty()) {
                id();
            } else {
                course.waiting("there is no such topic: topic=" + topic);
                course.sleep(Duration.ofSeconds(1));
            }
        }
        return found;
    }

    void assign(Collection<TopicPartition> partitions) {
        consumer.assign(partitions);
        if (held) {
            consumer.pause(consumer.assignment());
        }
    }

    /** Which topic of the name it is that it reads; null while that is not known. */
    @Nullable
    UUID id() {
        if (id == null) {
            id = identity.find().orElse(null);
        }
        return id;
    }

    /** @throws KafkaException when another topic has the name now: what was read says nothing of that one */
    void requireSameTopic() {
        UUID known = id();
        identity.find().filter(present -> !present.equals(known)).ifPresent(_ -> {
            throw new KafkaException("topic was made anew: topic=" + topic);
        });
    }

    /**
     * Takes partitions that were added to the topic, from their beginnings; looks for them now and then.
     *
     * @throws KafkaException when it is another topic
     */
    void takeMorePartitions() {
        long now = System.nanoTime();
        if (now - discoveryAtNanos < DISCOVERY_NANOS) {
            return;
        }
        discoveryAtNanos = now;
        requireSameTopic();
        List<TopicPartition> present = partitions();
        Set<TopicPartition> more = new HashSet<>(present);
        more.removeAll(assignment());
        if (!more.isEmpty()) {
            Map<TopicPartition, Long> beginnings = beginnings(more);
            assign(present);
            beginnings.forEach(this::seek);
        }
    }

    void subscribe(ConsumerRebalanceListener listener) {
        consumer.subscribe(List.of(topic), listener);
    }

    Set<TopicPartition> assignment() {
        return consumer.assignment();
    }

    void seek(TopicPartition partition, long offset) {
        consumer.seek(partition, offset);
    }

    long position(TopicPartition partition) {
        return consumer.position(partition, ANSWER_MAX);
    }

    Map<TopicPartition, Long> beginnings(Collection<TopicPartition> partitions) {
        return consumer.beginningOffsets(partitions, ANSWER_MAX);
    }

    Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
        return consumer.endOffsets(partitions, ANSWER_MAX);
    }

    /** What the group has committed; without those partitions, or with null, where it has not. */
    Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions) {
        return consumer.committed(partitions, ANSWER_MAX);
    }

    /** The next records. Tells how far behind it is, and whether there is a broker. */
    ConsumerRecords<byte[], byte[]> poll() {
        hold(course.isPaused());
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL_MAX);
        long now = System.nanoTime();
        if (!records.isEmpty()) {
            heardAtNanos = now;
            silent = false;
        } else if (now - heardAtNanos >= SILENCE_MAX_NANOS) {
            ask();
        }
        if (!silent) {
            course.running();
        }
        if (now - lagAtNanos >= LAG_INTERVAL_NANOS) {
            lagAtNanos = now;
            tellLag();
        }
        return records;
    }

    /** Stays in its group, and takes nothing, while what it has taken cannot be pushed. */
    void keepAlive() {
        hold(true);
        try {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ZERO);
            // Of a partition that was assigned just now.
            for (TopicPartition partition : records.partitions()) {
                consumer.seek(partition, records.records(partition).getFirst().offset());
            }
        } catch (WakeupException e) {
            // Whoever waits for room sees that it is to stop.
        }
        heardAtNanos = System.nanoTime();
        if (heardAtNanos - lagAtNanos >= LAG_INTERVAL_NANOS) {
            lagAtNanos = heardAtNanos;
            tellLag();
        }
    }

    /** Takes nothing from now on, or goes on. */
    void hold(boolean wanted) {
        if (wanted) {
            if (!held || consumer.paused().size() < consumer.assignment().size()) {
                consumer.pause(consumer.assignment());
            }
        } else if (held) {
            consumer.resume(consumer.paused());
        }
        held = wanted;
    }

    private void ask() {
        try {
            if (!consumer.assignment().isEmpty()) {
                var _ = consumer.endOffsets(consumer.assignment(), Duration.ofSeconds(2));
            }
            silent = false;
        } catch (TimeoutException e) {
            silent = true;
            course.waiting("no broker answers: " + e.getMessage());
        }
        heardAtNanos = System.nanoTime();
    }

    private void tellLag() {
        long sum = 0;
        for (TopicPartition partition : consumer.assignment()) {
            OptionalLong lag = consumer.currentLag(partition);
            if (lag.isEmpty()) {
                // It has been asked for by this question.
                return;
            }
            sum += lag.getAsLong();
        }
        course.lag(sum);
    }

    /**
     * Tells the broker how far it is, for whoever looks there; what is kept here is what counts.
     *
     * @param by who says so
     */
    void commitLater(Map<TopicPartition, Long> offsets, String by) {
        consumer.commitAsync(metadata(offsets, by), (_, failure) -> {
            if (failure != null) {
                course.addFailed("offsets were not committed: " + failure.getMessage());
            }
        });
    }

    /** As {@link #commitLater}, and waits a moment for it. */
    void commit(Map<TopicPartition, Long> offsets, String by) {
        try {
            consumer.commitSync(metadata(offsets, by), Duration.ofSeconds(2));
        } catch (WakeupException e) {
            // That was for what it waited in before.
            commit(offsets, by);
        } catch (KafkaException e) {
            course.addFailed("offsets were not committed: " + e.getMessage());
        }
    }

    private static Map<TopicPartition, OffsetAndMetadata> metadata(Map<TopicPartition, Long> offsets,
            String by) {
        Map<TopicPartition, OffsetAndMetadata> all = new HashMap<>();
        offsets.forEach((partition, offset) -> all.put(partition, new OffsetAndMetadata(offset, by)));
        return all;
    }

    @Override
    public void close() {
        course.reading(null);
        identity.close();
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(2)));
    }
}
