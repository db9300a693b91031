package io.zeroipc.spring.boot.kafka.inbound;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.spring.boot.kafka.BridgeDefinition;
import io.zeroipc.spring.boot.kafka.ElementFormat;
import io.zeroipc.spring.core.ElementTypes;

/**
 * Keeps a map as its topic is: the newest value of each key, and no key whose newest record has no value. The topic is read from its
 * beginning at each start, into this process; then the map is changed where it differs, so that whoever reads it sees no old value
 * meanwhile, and nothing that is gone from the topic stays. For the thread of one bridge.
 */
final class TableCarrier implements Carrier {

    private static final Duration FULL_INTERVAL = Duration.ofMillis(200);
    /** Keys that may be collected beyond what the map holds, as records without a value may follow for them. */
    private static final int SURPLUS_MAX = 65_536;

    private final Work work;
    private final BridgeDefinition definition;
    private final Course course;
    private final Runnable whenFilled;

    /** @param whenFilled is called in the thread of the bridge */
    TableCarrier(Work work, Runnable whenFilled) {
        this.work = work;
        this.definition = work.definition();
        this.course = work.course();
        this.whenFilled = whenFilled;
    }

    @Override
    @SuppressWarnings("unchecked") // keys and values come from the map's own codecs
    public void carry() throws InterruptedException {
        SharedMap<Object, Object> map = (SharedMap<Object, Object>) work.segments().tryStructure(definition.channel());
        try (KeptProgress _ = KeptProgress.claim(definition, map);
                TopicReader reader = work.reader()) {
            new Session(map, reader).run();
        } catch (InternalError e) {
            // A page of the mapping is gone. Rethrown as it is when the file proves to be intact.
            throw map.segment().attachment().translate(e);
        }
    }

    /**
     * What a record says.
     *
     * @param value null for none
     */
    private record Row(Object key, @Nullable Object value) {}

    private final class Session {

        private final SharedMap<Object, Object> map;
        private final TopicReader reader;
        private final Codec<Object> keyCodec;
        private final Codec<Object> valueCodec;
        private final KeyReader keys;
        private final ElementFormat format;

        @SuppressWarnings("unchecked") // the codecs are the map's own
        Session(SharedMap<Object, Object> map, TopicReader reader) {
            this.map = map;
            this.reader = reader;
            this.keyCodec = (Codec<Object>) Codecs.forType(map.keyType(), null);
            Codec<?> declared = ElementTypes.codecOf(work.segments(), definition.channel());
            this.valueCodec = (Codec<Object>) (declared != null ? declared : Codecs.forType(map.elementType(), null));
            this.keys = new KeyReader(keyCodec, definition.keyFormat());
            this.format = new ElementFormat(definition.format(), map.elementType(), map.elementSize(), valueCodec,
                    work.mapper());
        }

        void run() throws InterruptedException {
            course.filling("map is being filled: channel=" + definition.channel());
            List<TopicPartition> partitions = reader.awaitPartitions();
            if (partitions.isEmpty()) {
                return;
            }
            reader.assign(partitions);
            reader.beginnings(partitions).forEach(reader::seek);
            Map<ByteBuffer, Row> rows = collect(reader.ends(partitions));
            if (course.isStopping() || !apply(rows)) {
                return;
            }
            course.filled();
            whenFilled.run();
            follow();
        }

        /** The rows of the topic as it is now. */
        private Map<ByteBuffer, Row> collect(Map<TopicPartition, Long> ends) {
            Map<ByteBuffer, Row> rows = new LinkedHashMap<>();
            Map<TopicPartition, Long> open = new HashMap<>(ends);
            while (!course.isStopping() && !reached(open)) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll()) {
                    Row row = row(record);
                    if (row == null) {
                        continue;
                    }
                    ByteBuffer key = ByteBuffer.wrap(keyCodec.toBytes(row.key()));
                    if (row.value() == null) {
                        rows.remove(key);
                    } else {
                        rows.put(key, row);
                        requireRoom(rows.size());
                    }
                }
            }
            return rows;
        }

        private boolean reached(Map<TopicPartition, Long> ends) {
            ends.entrySet().removeIf(end -> reader.position(end.getKey()) >= end.getValue());
            return ends.isEmpty();
        }

        private void requireRoom(int size) {
            if (size > map.capacity() + Math.max(map.capacity(), SURPLUS_MAX)) {
                throw new IllegalStateException("topic has more keys than the map can hold: " + definition.describe()
                        + ", keys=" + size + " so far, capacity=" + map.capacity()
                        + " (expected: a map of more than twice as many as there are)");
            }
        }

        /** Makes the map what the topic is; false when it is to stop. */
        private boolean apply(Map<ByteBuffer, Row> rows) throws InterruptedException {
            List<Object> gone = new ArrayList<>();
            Set<ByteBuffer> same = new HashSet<>();
            map.forEach((key, value) -> {
                ByteBuffer bytes = ByteBuffer.wrap(keyCodec.toBytes(key));
                Row row = rows.get(bytes);
                Object wanted = row == null ? null : row.value();
                if (wanted == null) {
                    gone.add(key);
                } else if (ByteBuffer.wrap(valueCodec.toBytes(value))
                        .equals(ByteBuffer.wrap(valueCodec.toBytes(wanted)))) {
                    same.add(bytes);
                }
            });
            gone.forEach(map::remove);
            course.addCarried(gone.size() + (long) same.size());
            rows.keySet().removeAll(same);
            for (Row row : rows.values()) {
                if (!store(row)) {
                    return false;
                }
            }
            return true;
        }

        private void follow() throws InterruptedException {
            while (!course.isStopping()) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll()) {
                    Row row = row(record);
                    if (row != null && !store(row)) {
                        return;
                    }
                }
                // Else it would go on in a file that nobody else has any more.
                map.segment().verify();
                reader.takeMorePartitions();
            }
        }

        private @Nullable Row row(ConsumerRecord<byte[], byte[]> record) {
            return work.refused().orElse(record, () -> {
                Object key = keys.key(record.key());
                // A key that does not fit is refused here, with its record.
                var _ = keyCodec.toBytes(key);
                byte[] value = record.value();
                if (value == null) {
                    return new Row(key, null);
                }
                format.check(record.headers(), value.length);
                return new Row(key, valueCodec.fromBytes(format.toElement(value)));
            });
        }

        /** Changes the map, as soon as it has room; false when it is to stop. */
        private boolean store(Row row) throws InterruptedException {
            Object value = row.value();
            if (value == null) {
                map.remove(row.key());
            } else {
                while (!map.put(row.key(), value)) {
                    course.waiting("map is full: channel=" + definition.channel() + ", keys=" + map.size()
                            + ", capacity=" + map.capacity() + ", next key=" + shown(row.key()));
                    reader.keepAlive();
                    map.segment().verify();
                    course.sleep(FULL_INTERVAL);
                    if (course.isStopping()) {
                        return false;
                    }
                }
            }
            course.addCarried(1);
            return true;
        }

        private static Object shown(Object key) {
            return key instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : key;
        }
    }
}
