package io.zeroipc.spring.cloud.stream.binder.properties;

/** What a producer does with a message that one of the groups has no room for. */
public enum FullAction {

    /** Waits for room, as long as the send timeout says, and fails then: no group gets the message. */
    BLOCK,
    /** Fails at once: no group gets the message. */
    FAIL,
    /** Forgets the message for the groups that have no room, and gives it to the others. Counted as {@code full}. */
    DROP
}
