package io.zeroipc.spring.boot.kafka.inbound;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/**
 * Tells a topic from another one that had its name before. Offsets are those of one of them, and valid ones in both. For the thread
 * of one bridge.
 */
final class TopicIdentity implements AutoCloseable {

    private final Admin admin;
    private final String topic;

    /** Closes the client with itself. */
    TopicIdentity(Admin admin, String topic) {
        this.admin = admin;
        this.topic = topic;
    }

    /** Which one it is now; empty when there is none, or the broker does not say so, as it is too old or does not let us ask. */
    Optional<UUID> find() {
        try {
            DescribeTopicsOptions options = new DescribeTopicsOptions()
                    .timeoutMs(Math.toIntExact(TopicReader.ANSWER_MAX.toMillis()));
            Uuid id = Objects.requireNonNull(admin.describeTopics(List.of(topic), options).topicNameValues().get(topic))
                    .get()
                    .topicId();
            return id.equals(Uuid.ZERO_UUID)
                    ? Optional.empty()
                    : Optional.of(new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits()));
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            return switch (e.getCause()) {
                case UnknownTopicOrPartitionException _,AuthorizationException _,UnsupportedVersionException _ -> Optional
                        .empty();
                case KafkaException cause -> throw cause;
                case null, default -> throw new KafkaException("topic cannot be looked at: topic=" + topic, e);
            };
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
