package io.zeroipc.spring.core;

/**
 * Names of the headers that a listener method can ask for. They are made here and not read from shared memory: elements
 * have none.
 */
public final class ZeroIpcHeaders {

    static final String PREFIX = "zeroipc_";

    /** The segment's name in this application; a {@code String}. */
    public static final String SEGMENT = PREFIX + "segment";
    /** The structure's name in this application; a {@code String}. */
    public static final String STRUCTURE = PREFIX + "structure";
    /**
     * Position of the element since the structure was created, counted from 0, of the last one in a batch; a
     * {@code Long}. Missing where a structure does not count.
     */
    public static final String SEQUENCE = PREFIX + "sequence";
    /** The id of the listener; a {@code String}. */
    public static final String LISTENER_ID = PREFIX + "listenerId";

    /** How often the listener has been called with the element, this time included; an {@code Integer}, 1 at first. */
    public static final String DELIVERY_ATTEMPT = PREFIX + "deliveryAttempt";

    private ZeroIpcHeaders() {
    }
}
