package io.zeroipc.os;

import java.io.IOException;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * Locks of an open file description ({@code F_OFD_SETLK}): they outlive the closing of other descriptors of the file,
 * and go with the description, at the latest when the process dies.
 */
final class DescriptionLocker implements Locker {
    private final NativeFile file;
    private final Path path;

    private DescriptionLocker(NativeFile file, Path path) {
        this.file = file;
        this.path = path;
    }

    /** A locker, or null where the kernel or a sandbox does not know this kind of lock. */
    static @Nullable DescriptionLocker open(Path path, boolean readOnly, FileIdentity identity) throws IOException {
        NativeFile file = NativeFile.open(path, readOnly, identity);
        int answer = Libc.getLock(file.fd(), Libc.F_WRLCK, 0);
        if (answer >= 0) {
            return new DescriptionLocker(file, path);
        }
        // The closing drops the process-owned locks of this file; nobody in this JVM has any before its first locker.
        file.close();
        if (answer == -Libc.EINVAL || answer == -Libc.ENOSYS) {
            return null;
        }
        throw NativeFile.failure(path, -answer, "fcntl");
    }

    @Override
    public FileLocks.Mechanism mechanism() {
        return FileLocks.Mechanism.DESCRIPTION;
    }

    @Override
    public @Nullable Grant attempt(long position) throws IOException {
        int result = Libc.setLock(file.fd(), Libc.F_WRLCK, position);
        return switch (-result) {
            case 0 -> () -> release(position);
            case Libc.EAGAIN, Libc.EACCES, Libc.EINTR -> null;
            default -> throw NativeFile.failure(path, -result, "fcntl");
        };
    }

    @Override
    public boolean isTaken(long position) throws IOException {
        // Asked about a shared lock, the kernel names exclusive ones only; nothing is taken.
        int answer = Libc.getLock(file.fd(), Libc.F_RDLCK, position);
        if (answer < 0) {
            throw NativeFile.failure(path, -answer, "fcntl");
        }
        return answer == Libc.F_WRLCK;
    }

    private void release(long position) throws IOException {
        int result = Libc.setLock(file.fd(), Libc.F_UNLCK, position);
        if (result < 0) {
            throw NativeFile.failure(path, -result, "fcntl");
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
