package io.zeroipc;

import org.jspecify.annotations.Nullable;

/** The bytes under this name are not the structure that was asked for: kind, element size or capacity. */
public final class StructureMismatchException extends StructureException {

    private static final long serialVersionUID = 1L;

    public StructureMismatchException(String message, String segment, String structure) {
        this(message, segment, structure, null);
    }

    public StructureMismatchException(String message, String segment, String structure, @Nullable Throwable cause) {
        super(message, segment, structure, cause);
    }
}
