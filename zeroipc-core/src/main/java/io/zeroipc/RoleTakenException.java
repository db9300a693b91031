package io.zeroipc;

import org.jspecify.annotations.Nullable;

/** Another handle, in this or another process, holds the one role of this side. */
public final class RoleTakenException extends ZeroIpcException {

    private static final long serialVersionUID = 1L;

    private final String segment;
    private final String structure;
    private final String role;

    public RoleTakenException(String message, String segment, String structure, String role) {
        this(message, segment, structure, role, null);
    }

    public RoleTakenException(String message, String segment, String structure, String role,
            @Nullable Throwable cause) {
        super(message, cause);
        this.segment = segment;
        this.structure = structure;
        this.role = role;
    }

    public String segment() {
        return segment;
    }

    public String structure() {
        return structure;
    }

    public String role() {
        return role;
    }
}
