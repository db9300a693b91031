package io.zeroipc.spring.core;

/** What happens when a segment or structure that another process creates is not there at start-up. */
public enum StartupFailurePolicy {

    /** Start-up fails at once. */
    STOP,
    /** Start-up waits for it, up to a timeout, and then fails. */
    RETRY,
    /** Start-up goes on; listeners wait for it, however long that takes. */
    CONTINUE
}
