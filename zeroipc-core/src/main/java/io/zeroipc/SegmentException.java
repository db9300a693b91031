package io.zeroipc;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/** A failure that concerns a segment as a whole, and the file it is. */
public abstract sealed class SegmentException extends ZeroIpcException
        permits SegmentAccessDeniedException, SegmentDetachedException, SegmentExistsException, SegmentFormatException,
        SegmentNotFoundException, SegmentPagesException, SegmentSizeMismatchException, SegmentSpaceException {

    private static final long serialVersionUID = 1L;

    private final transient Path path;

    SegmentException(String message, Path path, @Nullable Throwable cause) {
        super(message, cause);
        this.path = path;
    }

    /** The segment's file. */
    public Path path() {
        return path;
    }
}
