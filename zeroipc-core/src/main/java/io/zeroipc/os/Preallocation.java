package io.zeroipc.os;

import java.io.File;
import java.io.IOException;
import java.io.Serial;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
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
     * Lengthens a file to {@code byteSize} with storage behind every new byte, all zero; a file that is long enough is
     * left alone. Uses {@code fallocate(2)} with native access where the file system knows it, and writes zeros
     * otherwise. The file must be new: nobody else writes to it. After a failure it is as long as before.
     *
     * @param channel open for writing; its own position does not matter. As always with {@link FileChannel}, it is
     *        closed when the thread is interrupted
     * @param path where the file stands
     * @param locks how this JVM locks the file. The native way opens and closes it a second time, which would drop the
     *        locks of a {@link FileLocks.Mechanism#PROCESS process}: it writes zeros then
     * @throws NoSpaceException if the file system is too full
     * @throws IOException if reserving fails for another reason
     */
    public static void reserve(FileChannel channel, Path path, long byteSize, FileLocks.Mechanism locks)
            throws IOException {
        long before = channel.size();
        if (byteSize <= before) {
            return;
        }
        // Asked first, because filling the file system to the brim only to find out would hurt everybody else on it.
        Space space = Space.of(path);
        if (space.unallocated() < byteSize - before) {
            throw new NoSpaceException(path, byteSize - before, space.reported());
        }
        reserveBlocks(channel, path, before, byteSize, locks);
    }

    /** Reserves bytes {@code from} to {@code to} without asking first whether there is room. */
    static void reserveBlocks(FileChannel channel, Path path, long from, long to, FileLocks.Mechanism locks)
            throws IOException {
        try {
            if (locks == FileLocks.Mechanism.PROCESS || !reserveNatively(path, to)) {
                writeZeros(channel, from, to);
            }
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            // Asked before the file shrinks: the text of an I/O failure is in the language of the host, so the room
            // that is left decides what it was.
            boolean full = e instanceof KernelSaysFull || Space.of(path).usable() < CHUNK_BYTES;
            try {
                channel.truncate(from);
            } catch (IOException cannotShrink) {
                e.addSuppressed(cannotShrink);
            }
            if (full) {
                NoSpaceException noSpace = new NoSpaceException(path, to - from, Space.of(path).reported());
                noSpace.initCause(e);
                throw noSpace;
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
                case Libc.ENOSPC, Libc.EDQUOT -> throw new KernelSaysFull();
                default -> throw NativeFile.failure(path, -result, "fallocate");
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

    /**
     * Room of a file system. Asked through {@link File}, since {@link java.nio.file.FileStore} has to find the mount
     * point, which is hidden from some sandboxes.
     *
     * @param unallocated free bytes, with those kept back for the superuser; everything when the size is not known
     * @param usable free bytes for this user; everything when the size is not known
     */
    private record Space(long unallocated, long usable) {

        static Space of(Path path) {
            if (!path.getFileSystem().equals(FileSystems.getDefault())) {
                return new Space(Long.MAX_VALUE, Long.MAX_VALUE);
            }
            File file = path.toFile();
            // A tmpfs without a limit says 0 of 0 bytes.
            return file.getTotalSpace() == 0
                    ? new Space(Long.MAX_VALUE, Long.MAX_VALUE)
                    : new Space(file.getFreeSpace(), file.getUsableSpace());
        }

        long reported() {
            return usable == Long.MAX_VALUE ? -1 : usable;
        }
    }

    /** The kernel's own word that the file system, or the quota of this user, is full. */
    private static final class KernelSaysFull extends IOException {
        @Serial
        private static final long serialVersionUID = 1;

        KernelSaysFull() {
            super("no space left, or quota exceeded");
        }
    }
}
