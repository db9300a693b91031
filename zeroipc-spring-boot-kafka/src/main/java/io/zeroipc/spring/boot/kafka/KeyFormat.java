package io.zeroipc.spring.boot.kafka;

/** How the keys of records are to be read, where they become the keys of a map. */
public enum KeyFormat {

    /** As text in UTF-8, of numbers and times too: what bridges to topics write, and most others. */
    TEXT,
    /** As the numbers of Kafka's own serializers: the highest byte first. */
    NUMBER,
    /** As the bytes of the map's keys in shared memory. */
    BYTES
}
