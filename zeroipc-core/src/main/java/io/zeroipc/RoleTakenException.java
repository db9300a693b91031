package io.zeroipc;

import org.jspecify.annotations.Nullable;

/** Another handle, in this or another process, holds the one role of this side. */
public final class RoleTakenException extends StructureException {

    private static final long serialVersionUID = 1L;

    private final String role;
    private final @Nullable String holder;

    public RoleTakenException(String message, String segment, String structure, String role) {
        this(message, segment, structure, role, null, null);
    }

    public RoleTakenException(String message, String segment, String structure, String role,
            @Nullable Throwable cause) {
        this(message, segment, structure, role, null, cause);
    }

    public RoleTakenException(String message, String segment, String structure, String role, @Nullable String holder,
            @Nullable Throwable cause) {
        super(message, segment, structure, cause);
        this.role = role;
        this.holder = holder;
    }

    public String role() {
        return role;
    }

    /** Who may have it, with the numbers of processes, for people; null where that cannot be told. */
    public @Nullable String holder() {
        return holder;
    }
}
