package io.zeroipc.spring.boot.kafka.inbound;

import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;

import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;

import io.zeroipc.spring.boot.kafka.BridgeDefinition;

/**
 * Carries every record of a topic into a structure. All partitions are taken by hand, as nobody shares them, unless a group was
 * given. For the thread of one bridge.
 */
final class PushCarrier implements Carrier {

    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Work work;
    private final BridgeDefinition definition;
    private final Course course;
    private final BiPredicate<Path, UUID> own;

    PushCarrier(Work work, BiPredicate<Path, UUID> own) {
        this.work = work;
        this.definition = work.definition();
        this.course = work.course();
        this.own = own;
    }

    @Override
    public void carry() throws InterruptedException {
        try (Target target = work.target()) {
            carry(target);
        }
    }

    private void carry(Target target) throws InterruptedException {
        String given = definition.group();
        String group = given != null ? given : KeptFiles.group(target.structure());
        Path directory = KeptFiles.directory(target.structure());
        try (KeptProgress kept = KeptProgress.open(directory,
                KeptFiles.progress(definition, group, target.structure()), KeptProgress.ORIGINS_MAX);
                TopicReader reader = work.reader(group, given != null)) {
            new Session(new Pusher(definition, target, kept, reader, course, work.refused(),
                    origin -> own.test(directory, origin)), kept.progress(), reader)
                    .run(given != null);
        } catch (InternalError e) {
            // A page of the mapping is gone. Rethrown as it is when the file proves to be intact.
            throw target.structure().segment().attachment().translate(e);
        }
    }

    /** From the first record on that was not pushed before, as long as broker and structure are there. */
    private final class Session implements ConsumerRebalanceListener {

        private final Pusher pusher;
        private final Progress progress;
        private final TopicReader reader;
        private Map<TopicPartition, Long> committed = Map.of();
        private long tickAtNanos = System.nanoTime();
        private long discoveryAtNanos = System.nanoTime();
        /** Whether what was kept is of another topic, of which this one knows nothing. */
        private boolean anew;

        Session(Pusher pusher, Progress progress, TopicReader reader) {
            this.pusher = pusher;
            this.progress = progress;
            this.reader = reader;
        }

        void run(boolean inGroup) throws InterruptedException {
            if (inGroup) {
                reader.subscribe(this);
            } else {
                assign(reader.awaitPartitions());
            }
            try {
                while (!course.isStopping()) {
                    if (!pusher.deliver(poll()) && !course.isStopping()) {
                        again();
                    }
                    tick(inGroup);
                }
            } catch (RecordRefusedException e) {
                finish();
                throw e;
            }
            finish();
        }

        private void finish() {
            progress.store();
            commit(true);
        }

        private ConsumerRecords<byte[], byte[]> poll() {
            try {
                return reader.poll();
            } catch (WakeupException e) {
                return ConsumerRecords.empty();
            } catch (OffsetOutOfRangeException e) {
                e.offsetOutOfRangePartitions().forEach(this::goOnAtOldest);
                return ConsumerRecords.empty();
            }
        }

        /** What was next is gone from the topic, or the topic itself was made anew. */
        private void goOnAtOldest(TopicPartition partition, long next) {
            long oldest = reader.beginnings(List.of(partition)).getOrDefault(partition, 0L);
            if (oldest > next) {
                course.addLost(oldest - next);
            }
            course.addFailed("records are gone from the topic: " + definition.describe() + ", partition="
                    + partition.partition() + ", offset=" + next + ", oldest=" + oldest);
            progress.advance(partition.partition(), oldest);
            progress.store();
            reader.seek(partition, oldest);
        }

        private void tick(boolean inGroup) {
            long now = System.nanoTime();
            if (now - tickAtNanos >= TICK_NANOS) {
                tickAtNanos = now;
                progress.store();
                commit(false);
            }
            if (now - discoveryAtNanos >= TopicReader.DISCOVERY_NANOS) {
                discoveryAtNanos = now;
                reader.requireSameTopic();
                if (!inGroup) {
                    assign(reader.partitions());
                }
            }
        }

        private void commit(boolean last) {
            Map<TopicPartition, Long> offsets = pusher.offsets(reader.assignment());
            if (!offsets.isEmpty() && !offsets.equals(committed)) {
                if (last) {
                    reader.commit(offsets, progress.id());
                } else {
                    reader.commitLater(offsets, progress.id());
                }
                committed = offsets;
            }
        }

        /** Reads what was not pushed once more. */
        private void again() {
            pusher.offsets(reader.assignment()).forEach(reader::seek);
        }

        private void assign(Collection<TopicPartition> partitions) {
            Set<TopicPartition> more = new HashSet<>(partitions);
            more.removeAll(reader.assignment());
            if (!more.isEmpty()) {
                Map<TopicPartition, Long> places = places(more);
                reader.assign(partitions);
                places.forEach(reader::seek);
            } else if (partitions.size() < reader.assignment().size() && !partitions.isEmpty()) {
                // Of a topic that was made anew with fewer of them: nobody would answer for those that are gone.
                reader.assign(partitions);
            }
        }

        /** Where to begin: where this or the group has ended, whichever is further. */
        private Map<TopicPartition, Long> places(Collection<TopicPartition> partitions) {
            recognise();
            Map<TopicPartition, Long> places = new HashMap<>();
            Map<TopicPartition, OffsetAndMetadata> offsets = reader.committed(Set.copyOf(partitions));
            for (TopicPartition partition : partitions) {
                requireRoom(partition);
                long kept = progress.next(partition.partition());
                OffsetAndMetadata offset = offsets.get(partition);
                if (kept >= 0) {
                    places.put(partition, kept);
                }
                if (offset != null && (kept < 0 || counts(offset))) {
                    places.merge(partition, offset.offset(), Math::max);
                }
            }
            Set<TopicPartition> fresh = new HashSet<>(partitions);
            fresh.removeAll(places.keySet());
            if (!fresh.isEmpty()) {
                // A partition that nobody shares and that was added later has nothing but what came since this bridge began.
                boolean added = definition.group() == null && !progress.isNew();
                places.putAll(
                        work.consumers().beginsEarliest() || added || anew
                                ? reader.beginnings(fresh)
                                : reader.ends(fresh));
            }
            places.forEach((partition, place) -> progress.advance(partition.partition(), place));
            progress.store();
            return places;
        }

        /** Offsets of another topic that had the name would be valid ones as soon as this one has so many records. */
        private void recognise() {
            UUID topic = reader.id();
            if (topic != null && progress.begin(topic)) {
                anew = true;
                course.addFailed(
                        "topic was made anew: " + definition.describe() + "; it is read from its oldest record on");
            }
        }

        /** Whether an offset is of this machine, or of whoever has moved the group; members of a group go on for each other. */
        private boolean counts(OffsetAndMetadata offset) {
            String by = offset.metadata();
            boolean ours = definition.group() != null || by.isBlank() || by.equals(progress.id());
            if (!ours) {
                course.addFailed("another machine has the same host name and directory: " + definition.describe()
                        + " (expected: names of their own, or a group for each bridge)");
            }
            return ours;
        }

        private void requireRoom(TopicPartition partition) {
            if (partition.partition() >= Progress.PARTITIONS_MAX) {
                throw new IllegalArgumentException("topic has too many partitions: " + definition.describe()
                        + ", partition=" + partition.partition() + " (expected: at most " + Progress.PARTITIONS_MAX
                        + " partitions)");
            }
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            places(partitions).forEach(reader::seek);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            pusher.interfere();
            reader.commit(pusher.offsets(partitions), progress.id());
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            // Others have them already.
            pusher.interfere();
        }
    }
}
