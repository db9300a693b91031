package io.zeroipc.os;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reserves real storage for a new file, so that a full file system is an error here and not a killed process at some
 * later store into the mapping.
 */
public final class Preallocation {
    private static final int CHUNK_BYTES = 1 << 18;

    private Preallocation() {
    }

    /**
     * Lengthens a file to {@code byteSize} with storage behind every new byte, all zero. Uses {@code posix_fallocate}
     * with native access where the file system knows it, and writes zeros otherwise. The file must be new: nobody else
     * has it open, and this JVM holds no locks in it (the native way opens and closes it a second time). After a failure
     * it is as long as before.
     *
     * @param channel open for writing; written to by position, its own position does not matter. An interrupt while
     *        zeros are being written closes it, as always with {@link FileChannel}
     * @param path where the file stands
     * @throws NoSpaceException if the file system is too full
     * @throws IOException if reserving fails for another reason
     */
    public static void reserve(FileChannel channel, Path path, long byteSize) throws IOException {
        long before = channel.size();
        if (byteSize <= before) {
            return;
        }
        // Asked first, because filling the file system to the brim only to find out would hurt everybody else on it.
        // Unallocated, not usable space: what is kept back for the superuser may be ours.
        FileStore store = Files.getFileStore(path);
        if (store.getTotalSpace() > 0 && store.getUnallocatedSpace() < byteSize - before) {
            throw new NoSpaceException(path, byteSize - before, store.getUsableSpace());
        }
        try {
            if (!reserveNatively(path, byteSize)) {
                writeZeros(channel, before, byteSize);
            }
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            channel.truncate(before);
            // The text of an I/O failure is in the language of the host, so the room that was left decides.
            if (e instanceof NoSpace || (store.getTotalSpace() > 0 && store.getUsableSpace() < byteSize - before)) {
                NoSpaceException full = new NoSpaceException(path, byteSize - before, store.getUsableSpace());
                full.initCause(e);
                throw full;
            }
            throw e;
        }
    }

    /** Returns false when this way is closed and zeros must do. */
    private static boolean reserveNatively(Path path, long byteSize) throws IOException {
        if (!NativeFile.canOpen(path)) {
            return false;
        }
        try (NativeFile file = NativeFile.open(path, false, FileIdentity.of(path))) {
            int result;
            do {
                result = Libc.allocate(file.fd(), byteSize);
            } while (result == -Libc.EINTR);
            return switch (-result) {
                case 0 -> true;
                case Libc.EOPNOTSUPP, Libc.EINVAL, Libc.ENOSYS -> false;
                case Libc.ENOSPC, Libc.EDQUOT -> throw new NoSpace();
                default -> throw NativeFile.failure(path, -result, "posix_fallocate");
            };
        }
    }

    private static void writeZeros(FileChannel channel, long from, long to) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(CHUNK_BYTES, to - from));
        long position = from;
        while (position < to) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), to - position));
            position += channel.write(zeros, position);
        }
    }

    /** The kernel said that the file system, or the quota of this user, is full. */
    private static final class NoSpace extends IOException {
        private static final long serialVersionUID = 1;

        NoSpace() {
            super("no space left, or quota exceeded");
        }
    }
}
