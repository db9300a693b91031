package io.zeroipc;

import org.jspecify.annotations.Nullable;

/** The segment holds no structure of this name. */
public final class StructureNotFoundException extends ZeroIpcException {

    private static final long serialVersionUID = 1L;

    private final String segment;
    private final String structure;

    public StructureNotFoundException(String message, String segment, String structure) {
        this(message, segment, structure, null);
    }

    public StructureNotFoundException(String message, String segment, String structure, @Nullable Throwable cause) {
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
