package io.zeroipc;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/** A segment was to be created and its path is taken. Nothing was changed. */
public final class SegmentExistsException extends SegmentException {

    private static final long serialVersionUID = 1L;

    public SegmentExistsException(String message, Path path) {
        this(message, path, null);
    }

    public SegmentExistsException(String message, Path path, @Nullable Throwable cause) {
        super(message, path, cause);
    }
}
