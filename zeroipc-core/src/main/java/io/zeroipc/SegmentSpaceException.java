package io.zeroipc;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/** The file system has no room for the segment. Nothing was created. */
public final class SegmentSpaceException extends ZeroIpcException {

    private static final long serialVersionUID = 1L;

    private final transient Path path;
    private final long requiredBytes;
    private final long availableBytes;

    public SegmentSpaceException(String message, Path path, long requiredBytes, long availableBytes) {
        this(message, path, requiredBytes, availableBytes, null);
    }

    public SegmentSpaceException(String message, Path path, long requiredBytes, long availableBytes,
            @Nullable Throwable cause) {
        super(message, cause);
        this.path = path;
        this.requiredBytes = requiredBytes;
        this.availableBytes = availableBytes;
    }

    public Path path() {
        return path;
    }

    public long requiredBytes() {
        return requiredBytes;
    }

    public long availableBytes() {
        return availableBytes;
    }
}
