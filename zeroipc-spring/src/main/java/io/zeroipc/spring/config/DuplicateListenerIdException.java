package io.zeroipc.spring.config;

import io.zeroipc.ZeroIpcException;

/** A listener's id is that of another listener of the context. */
public final class DuplicateListenerIdException extends ZeroIpcException {

    private static final long serialVersionUID = 1L;

    private final String id;
    private final String listener;
    private final String other;

    /**
     * @param listener what the listener calls: a method, for example
     * @param other who has the id, as one says it: {@code the listener AlertLog.on(Alert)}
     */
    DuplicateListenerIdException(String id, String listener, String other) {
        super("listener id is taken: id=" + id + ", listener=" + listener + ", taken by " + other
                + " (expected: another id; no two listeners of a context have the same)");
        this.id = id;
        this.listener = listener;
        this.other = other;
    }

    public String id() {
        return id;
    }

    public String listener() {
        return listener;
    }

    /** Who has the id, as one says it. */
    public String other() {
        return other;
    }
}
