package io.zeroipc.os;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Which file this is, whatever its name. Two identities are equal exactly when they were read from the same file, as
 * long as that file exists; an inode may be given to a new file after the old one is deleted and closed everywhere.
 *
 * @param device number of the file system, or 0 where there is none
 * @param inode number of the file in it, or 0 where there is none
 * @param other empty where device and inode exist; elsewhere the real path and the creation time
 */
public record FileIdentity(long device, long inode, String other) {

    /**
     * The identity of what stands at a path now. A symbolic link is not followed: the link itself is identified.
     *
     * @throws NoSuchFileException if there is nothing
     * @throws IOException if it cannot be read
     */
    public static FileIdentity of(Path path) throws IOException {
        return FileFacts.of(path).identity();
    }

    @Override
    public String toString() {
        return other.isEmpty() ? "device=" + device + ", inode=" + inode : other;
    }
}
