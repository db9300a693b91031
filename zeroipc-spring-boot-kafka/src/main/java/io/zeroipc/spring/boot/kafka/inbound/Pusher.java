package io.zeroipc.spring.boot.kafka.inbound;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.EventCount;
import io.zeroipc.spring.boot.kafka.BridgeDefinition;
import io.zeroipc.spring.boot.kafka.BridgeHeaders;
import io.zeroipc.spring.boot.kafka.Delivery;
import io.zeroipc.spring.core.ChannelClosedException;
import io.zeroipc.wait.Deadline;

/**
 * Pushes records into a structure, each once as far as that can be known. Keeps before or behind each chunk how far it has come.
 * For one thread.
 */
final class Pusher {

    /** How long it waits for room before it tells the broker that it is still there. */
    private static final Duration ROOM_WAIT_MAX = Duration.ofMillis(100);
    private static final int OWNERS_MAX = 4096;
    /** A structure that is full for a moment is busy; one that is full for so long has nobody who reads. */
    private static final Duration ROOM_PATIENCE = Duration.ofSeconds(1);
    /** Pushing alone would never notice that the file was replaced, and go into the void. */
    private static final long VERIFY_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final BridgeDefinition definition;
    private final Target target;
    private final Progress progress;
    private final SeenPositions seen;
    private final TopicReader reader;
    private final Course course;
    private final RefusedRecords refused;
    private final Predicate<UUID> own;
    /** What is known of origins: whether they are of this machine. */
    private final Map<UUID, Boolean> owners = new HashMap<>();
    private final Chunk chunk = new Chunk();
    private byte[] originText = {};
    private @Nullable UUID origin;
    private boolean interfered;
    private long verifiedAtNanos = System.nanoTime();

    /** @param own whether an origin is of this machine: what comes from there goes in circles */
    Pusher(BridgeDefinition definition, Target target, KeptProgress kept, TopicReader reader, Course course,
            RefusedRecords refused, Predicate<UUID> own) {
        this.definition = definition;
        this.target = target;
        this.progress = kept.progress();
        this.seen = kept.seen();
        this.reader = reader;
        this.course = course;
        this.refused = refused;
        this.own = own;
        UUID ring = target.identity();
        if (ring != null) {
            progress.resolve(ring, target.written(), seen);
        }
    }

    /**
     * Pushes the records, waiting for room.
     *
     * @return false when it is to stop, or partitions were taken away: the rest is to be read again
     * @throws RecordRefusedException when one of them cannot be carried; those before it are in the structure
     */
    boolean deliver(ConsumerRecords<byte[], byte[]> records) throws InterruptedException {
        interfered = false;
        for (ConsumerRecord<byte[], byte[]> record : records) {
            try {
                take(record);
            } catch (RecordRefusedException e) {
                push();
                throw e;
            }
            if (chunk.isFull() && !push()) {
                return false;
            }
        }
        return push();
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        int partition = record.partition();
        long offset = record.offset();
        UUID from = origin(record.headers());
        long position = from == null ? -1 : BridgeHeaders.position(record.headers());
        Chunk.Place place = from == null || position < 0 ? null : new Chunk.Place(from, position);
        if (from != null && isOwn(from)) {
            course.addLoop();
            chunk.pass(partition, offset);
        } else if (place != null
                && (chunk.contains(place) || seen.contains(place.origin(), place.position(), partition))) {
            course.addDuplicate();
            chunk.pass(partition, offset);
        } else {
            Object element = refused.orElse(record, () -> target.element(record));
            if (element == null) {
                chunk.pass(partition, offset);
            } else {
                chunk.add(element, partition, offset, place);
            }
        }
    }

    private boolean isOwn(UUID from) {
        if (owners.size() >= OWNERS_MAX) {
            owners.clear();
        }
        return owners.computeIfAbsent(from, own::test);
    }

    private @Nullable UUID origin(Headers headers) {
        Header header = headers.lastHeader(BridgeHeaders.ORIGIN);
        if (header == null || header.value() == null) {
            return null;
        }
        if (!Arrays.equals(originText, header.value())) {
            originText = header.value();
            origin = parsed(BridgeHeaders.text(headers, BridgeHeaders.ORIGIN));
        }
        return origin;
    }

    private static @Nullable UUID parsed(@Nullable String text) {
        try {
            return text == null ? null : UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            // Of somebody who uses the header for something else.
            return null;
        }
    }

    /** Pushes what was taken; false when not all of it was. */
    private boolean push() throws InterruptedException {
        try {
            UUID ring = target.identity();
            if (chunk.size() > 0) {
                verifyNowAndThen();
                if (ring != null) {
                    progress.announce(ring, target.written(), chunk);
                } else if (definition.delivery() == Delivery.AT_MOST_ONCE) {
                    chunk.giveUp(progress);
                    progress.store();
                }
                pushAll();
            }
            settle();
            if (ring == null) {
                progress.store();
            }
            return chunk.isPushed();
        } finally {
            chunk.clear();
            course.inFlight(0);
        }
    }

    private void pushAll() throws InterruptedException {
        offer();
        if (!chunk.isPushed()) {
            EventCount room = target.outlet().departures();
            course.waitingAt(room);
            try {
                awaitRoom(room);
            } finally {
                course.waitingAt(null);
            }
        }
    }

    private void awaitRoom(@Nullable EventCount room) throws InterruptedException {
        int attempts = 0;
        Deadline next = Deadline.after(ROOM_WAIT_MAX);
        Deadline patience = Deadline.after(ROOM_PATIENCE);
        while (!chunk.isPushed() && !course.isStopping() && !interfered) {
            if (next.expired()) {
                if (patience.expired()) {
                    course.waiting("structure is full: channel=" + definition.channel() + ", capacity="
                            + target.structure().occupancy().capacity());
                }
                reader.keepAlive();
                target.structure().segment().verify();
                next = Deadline.after(ROOM_WAIT_MAX);
            }
            attempts = room == null
                    ? target.structure().segment().attachment().pause(attempts)
                    : room.pause(next, attempts);
            if (!interfered && offer() > 0) {
                attempts = 0;
                patience = Deadline.after(ROOM_PATIENCE);
            }
        }
    }

    private int offer() {
        int count = target.outlet().offerAll(chunk.left());
        chunk.pushed(count, seen);
        course.addCarried(count);
        course.inFlight(chunk.left().size());
        if (count == 0 && target.outlet().isClosed()) {
            throw new ChannelClosedException(definition.channel());
        }
        return count;
    }

    /** Notes how far it has come. */
    void settle() {
        chunk.settle(progress);
    }

    /** Partitions are taken away: what is not pushed of them is for others. */
    void interfere() {
        interfered = true;
        settle();
        progress.store();
    }

    /** How far it has come, of some partitions. */
    Map<TopicPartition, Long> offsets(Iterable<TopicPartition> partitions) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (TopicPartition partition : partitions) {
            long next = progress.next(partition.partition());
            if (next >= 0) {
                offsets.put(partition, next);
            }
        }
        return offsets;
    }

    private void verifyNowAndThen() {
        long now = System.nanoTime();
        if (now - verifiedAtNanos >= VERIFY_INTERVAL_NANOS) {
            verifiedAtNanos = now;
            target.structure().segment().verify();
        }
    }
}
