package io.zeroipc;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/** There is no file at the segment's path. */
public final class SegmentNotFoundException extends ZeroIpcException {

    private static final long serialVersionUID = 1L;

    private final transient Path path;

    public SegmentNotFoundException(String message, Path path) {
        this(message, path, null);
    }

    public SegmentNotFoundException(String message, Path path, @Nullable Throwable cause) {
        super(message, cause);
        this.path = path;
    }

    public Path path() {
        return path;
    }
}
