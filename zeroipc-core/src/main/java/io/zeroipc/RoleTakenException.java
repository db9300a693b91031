package io.zeroipc;

import org.jspecify.annotations.Nullable;

/** Another handle, in this or another process, holds the one role of this side. */
public final class RoleTakenException extends StructureException {

    private static final long serialVersionUID = 1L;

    private final String role;

    public RoleTakenException(String message, String segment, String structure, String role) {
        this(message, segment, structure, role, null);
    }

    public RoleTakenException(String message, String segment, String structure, String role,
            @Nullable Throwable cause) {
        super(message, segment, structure, cause);
        this.role = role;
    }

    public String role() {
        return role;
    }
}
