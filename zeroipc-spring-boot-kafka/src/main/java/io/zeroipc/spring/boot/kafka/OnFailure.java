package io.zeroipc.spring.boot.kafka;

/** What a bridge from a topic does with a record that it cannot carry: of another type, or no element at all. */
public enum OnFailure {

    /** It ends, in front of the record: nothing is lost, and somebody has to look after it. */
    STOP,
    /** It goes on without the record, which is counted as lost, and logged. */
    SKIP
}
