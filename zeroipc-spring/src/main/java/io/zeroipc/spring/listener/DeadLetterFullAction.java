package io.zeroipc.spring.listener;

/** What happens when the channel of dead letters does not take one. */
public enum DeadLetterFullAction {
    /** The element is gone; it is logged and counted. */
    DISCARD,
    /** The consumer waits for room, or for the channel to come back, until it is stopped. */
    BLOCK,
    /** The element is gone, and the listener fails: it takes no further one until it is started again. */
    STOP
}
