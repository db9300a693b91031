package io.zeroipc;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/** The existing segment has another size than the one asked for. */
public final class SegmentSizeMismatchException extends SegmentException {

    private static final long serialVersionUID = 1L;

    private final long expectedBytes;
    private final long actualBytes;

    public SegmentSizeMismatchException(String message, Path path, long expectedBytes, long actualBytes) {
        this(message, path, expectedBytes, actualBytes, null);
    }

    public SegmentSizeMismatchException(String message, Path path, long expectedBytes, long actualBytes,
            @Nullable Throwable cause) {
        super(message, path, cause);
        this.expectedBytes = expectedBytes;
        this.actualBytes = actualBytes;
    }

    public long expectedBytes() {
        return expectedBytes;
    }

    public long actualBytes() {
        return actualBytes;
    }
}
