package io.zeroipc;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/** The file may not be opened: permissions, owner rule, world-writable, or a symbolic link. */
public final class SegmentAccessDeniedException extends SegmentException {

    private static final long serialVersionUID = 1L;

    public SegmentAccessDeniedException(String message, Path path) {
        this(message, path, null);
    }

    public SegmentAccessDeniedException(String message, Path path, @Nullable Throwable cause) {
        super(message, path, cause);
    }
}
