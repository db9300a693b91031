package io.zeroipc;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/** The file is not a segment this version can use: wrong magic or version, too short, or inconsistent. */
public final class SegmentFormatException extends ZeroIpcException {

    private static final long serialVersionUID = 1L;

    private final transient Path path;

    public SegmentFormatException(String message, Path path) {
        this(message, path, null);
    }

    public SegmentFormatException(String message, Path path, @Nullable Throwable cause) {
        super(message, cause);
        this.path = path;
    }

    public Path path() {
        return path;
    }
}
