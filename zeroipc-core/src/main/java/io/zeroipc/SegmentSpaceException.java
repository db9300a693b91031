package io.zeroipc;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/** The file system has no room for the segment. Nothing was created. */
public final class SegmentSpaceException extends SegmentException {

    private static final long serialVersionUID = 1L;

    private final long requiredBytes;
    private final long availableBytes;

    public SegmentSpaceException(String message, Path path, long requiredBytes, long availableBytes) {
        this(message, path, requiredBytes, availableBytes, null);
    }

    public SegmentSpaceException(String message, Path path, long requiredBytes, long availableBytes,
            @Nullable Throwable cause) {
        super(message, path, cause);
        this.requiredBytes = requiredBytes;
        this.availableBytes = availableBytes;
    }

    public long requiredBytes() {
        return requiredBytes;
    }

    public long availableBytes() {
        return availableBytes;
    }
}
