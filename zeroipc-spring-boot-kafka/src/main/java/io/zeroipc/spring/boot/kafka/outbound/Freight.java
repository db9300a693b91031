package io.zeroipc.spring.boot.kafka.outbound;

import java.util.List;

import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

import io.zeroipc.spring.boot.kafka.BridgeDefinition;
import io.zeroipc.spring.boot.kafka.BridgeHeaders;
import io.zeroipc.spring.boot.kafka.ElementFormat;

/**
 * Makes records of elements. Immutable.
 *
 * @param key of each element; null where all have the same
 * @param commonKey null for no key
 * @param constant headers that all records have
 */
record Freight(String topic, ElementFormat format, @Nullable ElementKey key, @Nullable String commonKey,
        List<Header> constant) {

    static Freight of(BridgeDefinition definition, ElementFormat format, @Nullable ElementKey key,
            @Nullable String commonKey) {
        return new Freight(definition.topic(), format, key, commonKey,
                List.of(new RecordHeader(BridgeHeaders.TYPE, format.typeHeader()),
                        new RecordHeader(BridgeHeaders.FORMAT, format.formatHeader()),
                        new RecordHeader(BridgeHeaders.STRUCTURE,
                                BridgeHeaders.bytes(definition.channel().toString()))));
    }

    /** Whether records have no key to choose their partition by. */
    boolean isKeyless() {
        return key == null && commonKey == null;
    }

    /**
     * The record that carries an element.
     *
     * @param origin see {@link BridgeHeaders#ORIGIN}
     * @param position -1 where the structure does not count
     * @param partition null to choose it by the key
     */
    ProducerRecord<byte[], byte[]> record(byte[] element, Header origin, long position, @Nullable Integer partition) {
        RecordHeaders headers = new RecordHeaders();
        constant.forEach(headers::add);
        headers.add(origin);
        if (position >= 0) {
            headers.add(BridgeHeaders.POSITION, BridgeHeaders.bytes(Long.toString(position)));
        }
        return new ProducerRecord<>(topic, partition, keyOf(element),
                format.toValue(element), headers);
    }

    private byte @Nullable [] keyOf(byte[] element) {
        if (key != null) {
            return key.of(element);
        }
        return commonKey == null ? null : BridgeHeaders.bytes(commonKey);
    }

    /** The partition of all records without a key that are of one origin: there they keep their order. */
    Integer partition(Producer<byte[], byte[]> producer, String origin) {
        return Math.floorMod(origin.hashCode(), producer.partitionsFor(topic).size());
    }
}
