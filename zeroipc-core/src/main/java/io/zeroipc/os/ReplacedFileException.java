package io.zeroipc.os;

import java.io.Serial;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** Between the look at a path and its opening another file took it. */
public final class ReplacedFileException extends FileSystemException {

    @Serial
    private static final long serialVersionUID = 1;

    public ReplacedFileException(Path path, FileIdentity found, FileIdentity expected) {
        super(path.toString(), null,
                "file was replaced while it was being opened: found " + found + " (expected: " + expected + ")");
    }
}
