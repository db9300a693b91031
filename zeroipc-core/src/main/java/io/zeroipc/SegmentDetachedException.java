package io.zeroipc;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/** The file was replaced, removed or truncated behind this mapping; every later call fails the same way. */
public final class SegmentDetachedException extends SegmentException {

    private static final long serialVersionUID = 1L;

    public SegmentDetachedException(String message, Path path) {
        this(message, path, null);
    }

    public SegmentDetachedException(String message, Path path, @Nullable Throwable cause) {
        super(message, path, cause);
    }
}
