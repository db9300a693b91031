package io.zeroipc;

import org.jspecify.annotations.Nullable;

/** The name cannot be stored: it is empty, longer than its kind allows, or holds control characters. */
public final class InvalidStructureNameException extends ZeroIpcException {

    private static final long serialVersionUID = 1L;

    private final String structure;
    private final int byteLength;
    private final int byteLengthMax;

    public InvalidStructureNameException(String message, String structure, int byteLength, int byteLengthMax) {
        this(message, structure, byteLength, byteLengthMax, null);
    }

    public InvalidStructureNameException(String message, String structure, int byteLength, int byteLengthMax,
            @Nullable Throwable cause) {
        super(message, cause);
        this.structure = structure;
        this.byteLength = byteLength;
        this.byteLengthMax = byteLengthMax;
    }

    public String structure() {
        return structure;
    }

    public int byteLength() {
        return byteLength;
    }

    public int byteLengthMax() {
        return byteLengthMax;
    }
}
