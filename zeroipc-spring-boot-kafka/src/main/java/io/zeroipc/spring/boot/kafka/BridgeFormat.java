package io.zeroipc.spring.boot.kafka;

/** How an element looks as the value of a record. */
public enum BridgeFormat {

    /** As its bytes in shared memory, which need no serialization, and a structure of the same type on the other side. */
    BYTES,
    /** As JSON, which consumers without this library can read. */
    JSON
}
