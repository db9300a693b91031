package io.zeroipc;

import org.jspecify.annotations.Nullable;

/** The segment holds no structure of this name. */
public final class StructureNotFoundException extends StructureException {

    private static final long serialVersionUID = 1L;

    public StructureNotFoundException(String message, String segment, String structure) {
        this(message, segment, structure, null);
    }

    public StructureNotFoundException(String message, String segment, String structure, @Nullable Throwable cause) {
        super(message, segment, structure, cause);
    }
}
