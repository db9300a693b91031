package io.zeroipc.spring.listener;

/**
 * When an element is removed from its structure: whether it is lost when the process dies while the listener works on it.
 * A matter of structures that can keep elements: a ring with one reader, and a queue or buffered channel whose consumers' elements are
 * redelivered; all others remove an element when it is taken, or never.
 */
public enum AckMode {

    /** When the listener has returned, or its failure was handled; when it is taken, where it cannot be kept. */
    AUTO,
    /** When it is taken. */
    NONE,
    /** When the listener, or somebody it asked to, calls {@link Acknowledgment#acknowledge}. */
    MANUAL
}
