package io.zeroipc.spring.boot.kafka;

/** What a bridge is doing. */
public enum BridgeState {

    /** Not started, or stopped. */
    STOPPED,
    /** Carries what there is. */
    RUNNING,
    /** Told to wait, by somebody who will tell it to go on. */
    PAUSED,
    /** Cannot go on for a while now, and does so by itself: no broker, no room in the structure, or no structure yet. */
    WAITING,
    /** Has ended by an error; starts again when it is told to. */
    FAILED
}
