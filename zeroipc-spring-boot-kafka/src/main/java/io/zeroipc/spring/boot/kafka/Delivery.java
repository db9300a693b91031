package io.zeroipc.spring.boot.kafka;

/** What becomes of elements that are on their way when the application that carries them dies. */
public enum Delivery {

    /** They are sent again: what the other side had already is there twice, unless it tells by the position. */
    AT_LEAST_ONCE,
    /** They are gone. */
    AT_MOST_ONCE
}
