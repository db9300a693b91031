package io.zeroipc;

import org.jspecify.annotations.Nullable;

/** The bytes under this name are not the structure that was asked for: kind, element size or capacity. */
public final class StructureMismatchException extends ZeroIpcException {

    private static final long serialVersionUID = 1L;

    private final String segment;
    private final String structure;

    public StructureMismatchException(String message, String segment, String structure) {
        this(message, segment, structure, null);
    }

    public StructureMismatchException(String message, String segment, String structure, @Nullable Throwable cause) {
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
