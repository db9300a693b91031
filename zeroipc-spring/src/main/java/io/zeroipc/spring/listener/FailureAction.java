package io.zeroipc.spring.listener;

/** What becomes of an element that a listener could not process, when there are no attempts left. */
public enum FailureAction {
    /** The element is gone; it is logged and counted. */
    DISCARD,
    /** The element goes to another channel, with the reason. */
    DEAD_LETTER,
    /** The element is gone, and the listener fails: it takes no further one until it is started again. */
    STOP
}
