package io.zeroipc;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/** A segment was to have pages that the kernel does not give. Nothing was created, and nothing stays open. */
public final class SegmentPagesException extends SegmentException {

    private static final long serialVersionUID = 1L;

    public SegmentPagesException(String message, Path path) {
        this(message, path, null);
    }

    public SegmentPagesException(String message, Path path, @Nullable Throwable cause) {
        super(message, path, cause);
    }
}
