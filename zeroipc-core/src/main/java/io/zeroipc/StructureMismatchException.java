package io.zeroipc;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * What is under this name is not the structure that was asked for: its bytes have another kind, element size or capacity,
 * or its creator declared another kind or other elements.
 */
public final class StructureMismatchException extends StructureException {

    private static final long serialVersionUID = 1L;

    private final transient @Nullable Path catalogue;

    public StructureMismatchException(String message, String segment, String structure) {
        this(message, segment, structure, (Throwable) null);
    }

    public StructureMismatchException(String message, String segment, String structure, @Nullable Throwable cause) {
        super(message, segment, structure, cause);
        this.catalogue = null;
    }

    /** For a mismatch that the bytes do not show. */
    public StructureMismatchException(String message, String segment, String structure, Path catalogue) {
        super(message, segment, structure, null);
        this.catalogue = catalogue;
    }

    /** The type catalogue that contradicts what was asked for; null when the bytes of the structure do. */
    public @Nullable Path catalogue() {
        return catalogue;
    }
}
