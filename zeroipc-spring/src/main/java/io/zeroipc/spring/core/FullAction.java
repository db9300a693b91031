package io.zeroipc.spring.core;

/** What a template does when its timeout is over and a channel still has no room. */
public enum FullAction {

    /** Fails with a {@link ChannelFullException}. */
    FAIL,
    /** Goes on waiting, for as long as it takes; an interrupt ends it. */
    BLOCK,
    /** Forgets the element. Counted as {@code full}, and never noticed otherwise. */
    DROP
}
