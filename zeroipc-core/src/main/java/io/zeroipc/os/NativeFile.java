package io.zeroipc.os;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A second open file description of a file that Java has open as a channel, needed because the descriptor of a channel
 * is not public. It never creates, never follows a symbolic link and is not inherited by child processes. Closing it drops
 * every lock that was taken through this description.
 */
final class NativeFile extends Descriptor {

    private NativeFile(int fd) {
        super(fd);
    }

    /** Whether a file of this path can be opened natively: native access, and a path of the operating system. */
    static boolean canOpen(Path path) {
        return NativeAccess.isAvailable() && path.getFileSystem().equals(FileSystems.getDefault());
    }

    /**
     * Opens the file and makes sure that it is the expected one.
     *
     * @throws IOException if it cannot be opened, is a symbolic link, or another file stands at the path
     */
    static NativeFile open(Path path, boolean readOnly, FileIdentity expected) throws IOException {
        int flags = (readOnly ? Libc.O_RDONLY : Libc.O_RDWR) | Libc.O_CLOEXEC | Libc.O_NONBLOCK
                | NativeAccess.architecture().noFollow;
        int fd = Libc.open(path.toAbsolutePath().toString(), flags);
        if (fd < 0) {
            throw failure(path, -fd, "open");
        }
        NativeFile file = new NativeFile(fd);
        try {
            file.check(path, expected);
        } catch (IOException | RuntimeException | Error e) {
            file.close();
            throw e;
        }
        return file;
    }

    private void check(Path path, FileIdentity expected) throws IOException {
        long[] found = new long[2];
        int result = Libc.fstat(fd(), found);
        if (result < 0) {
            throw failure(path, -result, "fstat");
        }
        if (found[0] != expected.device() || found[1] != expected.inode()) {
            throw new ReplacedFileException(path, new FileIdentity(found[0], found[1], ""), expected);
        }
    }

    static IOException failure(Path path, int errno, String operation) {
        String file = path.toString();
        return switch (errno) {
            case Libc.ENOENT -> new NoSuchFileException(file);
            case Libc.EACCES, Libc.EPERM -> new AccessDeniedException(file);
            case Libc.ELOOP -> new FileSystemException(file, null, "is a symbolic link (expected: a regular file)");
            default -> new FileSystemException(file, null, "native call failed: function=" + operation + ", errno="
                    + errno);
        };
    }
}
