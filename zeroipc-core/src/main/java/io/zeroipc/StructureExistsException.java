package io.zeroipc;

import org.jspecify.annotations.Nullable;

/** A structure was to be created and its name is taken. Nothing was changed. */
public final class StructureExistsException extends StructureException {

    private static final long serialVersionUID = 1L;

    public StructureExistsException(String message, String segment, String structure) {
        this(message, segment, structure, null);
    }

    public StructureExistsException(String message, String segment, String structure, @Nullable Throwable cause) {
        super(message, segment, structure, cause);
    }
}
