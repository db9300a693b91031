package io.zeroipc.spring.boot.kafka;

/** Which way a bridge carries elements. */
public enum BridgeDirection {

    /** From a structure to a topic. */
    OUT,
    /** From a topic to a structure. */
    IN
}
