package io.zeroipc.segment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** File permissions where the file system has them; nothing elsewhere. */
final class Permissions {

    static final Set<PosixFilePermission> OWNER_ONLY = Set.of(PosixFilePermission.OWNER_READ,
            PosixFilePermission.OWNER_WRITE);

    private static final FileAttribute<?>[] NONE = {};

    private Permissions() {
    }

    static FileAttribute<?>[] ownerOnly(Path path) {
        return isPosix(path) ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)} : NONE;
    }

    /** Those of an existing file. */
    static Set<PosixFilePermission> of(Path path) throws IOException {
        return isPosix(path) ? Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS) : OWNER_ONLY;
    }

    /** Sets permissions exactly: those given at creation are reduced by the umask, these are not. */
    static void set(Path path, Set<PosixFilePermission> permissions) throws IOException {
        if (isPosix(path)) {
            Files.setPosixFilePermissions(path, permissions);
        }
    }

    /**
     * Reads {@code rw-rw----} or an octal number such as {@code 0660}.
     *
     * @throws IllegalArgumentException when the text is neither
     */
    static Set<PosixFilePermission> parse(String text) {
        if (text.matches("[0-7]{3,4}")) {
            int bits = Integer.parseInt(text, 8);
            if (bits <= 0777) {
                Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
                PosixFilePermission[] values = PosixFilePermission.values();
                for (int i = 0; i < values.length; i++) {
                    if ((bits & 1 << (8 - i)) != 0) {
                        permissions.add(values[i]);
                    }
                }
                return permissions;
            }
        } else {
            try {
                return PosixFilePermissions.fromString(text);
            } catch (IllegalArgumentException e) {
                // Told below, with the way out.
            }
        }
        throw new IllegalArgumentException(
                "permissions cannot be read: permissions=" + text + " (expected: like rw-rw---- or 0660)");
    }

    private static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                && Files.getFileAttributeView(parent(path), PosixFileAttributeView.class) != null;
    }

    private static Path parent(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        return parent == null ? path : parent;
    }
}
