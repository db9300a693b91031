package io.zeroipc.spring.boot.kafka.inbound;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

import io.zeroipc.spring.boot.kafka.BridgeDefinition;

/**
 * Keeps a state as the newest record of its topic is; what came in between is passed over. A record without a value leaves the
 * state as it is. For the thread of one bridge.
 */
final class NewestCarrier implements Carrier {

    private final Work work;
    private final BridgeDefinition definition;
    private final Course course;
    private final Runnable whenFilled;

    /** @param whenFilled is called in the thread of the bridge */
    NewestCarrier(Work work, Runnable whenFilled) {
        this.work = work;
        this.definition = work.definition();
        this.course = work.course();
        this.whenFilled = whenFilled;
    }

    @Override
    public void carry() throws InterruptedException {
        try (Target target = work.target()) {
            carry(target);
        }
    }

    private void carry(Target target) throws InterruptedException {
        try (KeptProgress _ = KeptProgress.claim(definition, target.structure());
                TopicReader reader = work.reader()) {
            new Session(target, reader).run();
        } catch (InternalError e) {
            // A page of the mapping is gone. Rethrown as it is when the file proves to be intact.
            throw target.structure().segment().attachment().translate(e);
        }
    }

    private final class Session {

        private final Target target;
        private final TopicReader reader;
        /** What the state has; null for nothing of this topic. */
        private @Nullable ConsumerRecord<byte[], byte[]> newest;

        Session(Target target, TopicReader reader) {
            this.target = target;
            this.reader = reader;
        }

        void run() throws InterruptedException {
            course.filling("state has no value of the topic yet: channel=" + definition.channel());
            List<TopicPartition> partitions = reader.awaitPartitions();
            if (partitions.isEmpty()) {
                return;
            }
            reader.assign(partitions);
            set(findNewest(reader.beginnings(partitions), reader.ends(partitions)));
            if (course.isStopping()) {
                return;
            }
            course.filled();
            whenFilled.run();
            while (!course.isStopping()) {
                ConsumerRecord<byte[], byte[]> found = null;
                for (ConsumerRecord<byte[], byte[]> record : reader.poll()) {
                    found = record.value() == null ? found : newer(found, record);
                }
                set(found);
                target.structure().segment().verify();
                reader.takeMorePartitions();
            }
        }

        /** The newest record with a value, looked for from the ends on: the last places may be marks of transactions. */
        private @Nullable ConsumerRecord<byte[], byte[]> findNewest(Map<TopicPartition, Long> beginnings,
                Map<TopicPartition, Long> ends) {
            Map<TopicPartition, ConsumerRecord<byte[], byte[]>> found = new HashMap<>();
            ConsumerRecord<byte[], byte[]> best = null;
            long step = 1;
            Map<TopicPartition, Long> from = new HashMap<>(ends);
            Map<TopicPartition, Long> open = new HashMap<>(ends);
            while (!open.isEmpty() && !course.isStopping()) {
                for (TopicPartition partition : open.keySet()) {
                    long oldest = beginnings.getOrDefault(partition, 0L);
                    long place = Math.max(oldest, from.getOrDefault(partition, oldest) - step);
                    from.put(partition, place);
                    reader.seek(partition, place);
                }
                Map<TopicPartition, Long> left = new HashMap<>(open);
                while (!left.isEmpty() && !course.isStopping()) {
                    for (ConsumerRecord<byte[], byte[]> record : reader.poll()) {
                        if (record.value() != null) {
                            found.put(new TopicPartition(record.topic(), record.partition()), record);
                        }
                    }
                    left.entrySet().removeIf(end -> reader.position(end.getKey()) >= end.getValue());
                }
                open.keySet()
                        .removeIf(partition -> found.containsKey(partition)
                                || from.getOrDefault(partition, 0L) <= beginnings.getOrDefault(partition, 0L));
                step *= 2;
            }
            for (ConsumerRecord<byte[], byte[]> record : found.values()) {
                best = newer(best, record);
            }
            return best;
        }

        private void set(@Nullable ConsumerRecord<byte[], byte[]> record) {
            if (record != null && isNewer(newest, record)) {
                Object value = work.refused().orElse(record, () -> target.element(record));
                if (value != null) {
                    target.outlet().offer(value);
                    course.addCarried(1);
                }
                newest = record;
            }
        }

        private static ConsumerRecord<byte[], byte[]> newer(@Nullable ConsumerRecord<byte[], byte[]> known,
                ConsumerRecord<byte[], byte[]> other) {
            return known == null || isNewer(known, other) ? other : known;
        }

        /** By its place in a partition, and by time where there are several. */
        private static boolean isNewer(@Nullable ConsumerRecord<byte[], byte[]> known,
                ConsumerRecord<byte[], byte[]> other) {
            if (known == null) {
                return true;
            }
            return known.partition() == other.partition()
                    ? other.offset() > known.offset()
                    : other.timestamp() >= known.timestamp();
        }
    }
}
