package io.zeroipc;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/** The file is not a segment this version can use: wrong magic or version, too short, or inconsistent. */
public final class SegmentFormatException extends SegmentException {

    private static final long serialVersionUID = 1L;

    public SegmentFormatException(String message, Path path) {
        this(message, path, null);
    }

    public SegmentFormatException(String message, Path path, @Nullable Throwable cause) {
        super(message, path, cause);
    }
}
