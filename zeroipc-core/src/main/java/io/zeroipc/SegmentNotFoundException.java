package io.zeroipc;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/** There is no file at the segment's path. */
public final class SegmentNotFoundException extends SegmentException {

    private static final long serialVersionUID = 1L;

    public SegmentNotFoundException(String message, Path path) {
        this(message, path, null);
    }

    public SegmentNotFoundException(String message, Path path, @Nullable Throwable cause) {
        super(message, path, cause);
    }
}
