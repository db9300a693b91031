package io.zeroipc.os;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * Which processes have a file mapped, as {@code /proc} tells. It tells of this namespace of processes and those below it, and of
 * processes of other users only to root.
 */
public final class FileMappers {

    private static final Path PROC = Path.of("/proc");

    private FileMappers() {
    }

    /**
     * The numbers of the processes that have it mapped, as far as this user may see: whose maps are denied is left out. Mappings are
     * compared by inode alone, as some file systems give mappings another device: so there may be one too many. Reads a file of each
     * process, which takes milliseconds, and more on a machine with many.
     *
     * @param besides processes that are not looked at, and not returned
     * @throws IOException where there is no {@code /proc}, or it hides other processes
     */
    public static Set<Long> of(FileIdentity identity, Set<Long> besides) throws IOException {
        Set<Long> found = new HashSet<>();
        boolean self = false;
        // The inode stands between two spaces, in a line of addresses, permissions, offset, device, inode and path.
        String inode = " " + identity.inode() + " ";
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                long pid = Long.parseLong(process.getFileName().toString());
                self |= pid == ProcessIdentity.current().pid();
                if (!besides.contains(pid) && maps(process, inode)) {
                    found.add(pid);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        if (!self) {
            throw new IOException("processes are hidden: path=" + PROC);
        }
        return found;
    }

    private static boolean maps(Path process, String inode) {
        try {
            // A path of several words may hold the number as well: one too many.
            return new String(Files.readAllBytes(process.resolve("maps")), StandardCharsets.ISO_8859_1)
                    .contains(inode);
        } catch (IOException e) {
            // Denied, or it has ended meanwhile.
            return false;
        }
    }
}
