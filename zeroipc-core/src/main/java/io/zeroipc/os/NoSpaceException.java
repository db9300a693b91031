package io.zeroipc.os;

import java.io.Serial;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** A file system has not enough room for a file; nothing of it is left reserved. */
public final class NoSpaceException extends FileSystemException {
    @Serial
    private static final long serialVersionUID = 1;

    private final long required;
    private final long available;

    /**
     * @param required bytes that were still to be reserved
     * @param available bytes the file system says it has, or -1 when it does not say
     */
    public NoSpaceException(Path path, long required, long available) {
        super(path.toString(), null, "file system has no room: required=" + required + " bytes, available="
                + (available < 0 ? "unknown" : available + " bytes"));
        this.required = required;
        this.available = available;
    }

    /** Bytes that were still to be reserved. */
    public long required() {
        return required;
    }

    /** Bytes the file system says it has, or -1 when it does not say. */
    public long available() {
        return available;
    }
}
