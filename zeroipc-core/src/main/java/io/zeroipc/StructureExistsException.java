package io.zeroipc;

import org.jspecify.annotations.Nullable;

/** A structure was to be created and its name is taken. Nothing was changed. */
public final class StructureExistsException extends ZeroIpcException {

    private static final long serialVersionUID = 1L;

    private final String segment;
    private final String structure;

    public StructureExistsException(String message, String segment, String structure) {
        this(message, segment, structure, null);
    }

    public StructureExistsException(String message, String segment, String structure, @Nullable Throwable cause) {
        super(message, cause);
        this.segment = segment;
        this.structure = structure;
    }

    public String segment() {
        return segment;
    }

    public String structure() {
        return structure;
    }
}
