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
    // Fields of a line of /proc/<pid>/maps: addresses, permissions, offset, device, inode, path.
    private static final int FIELD_INODE = 4;
    private static final int FIELDS = 6;

    private FileMappers() {
    }

    /**
     * The numbers of the processes that have it mapped, as far as this user may see: whose maps are denied is left out.
     * Mappings are compared by inode alone, as some file systems give mappings another device: so there may be one too many.
     *
     * @throws IOException where there is no {@code /proc}, or it hides other processes
     */
    public static Set<Long> of(FileIdentity identity) throws IOException {
        Set<Long> found = new HashSet<>();
        boolean self = false;
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                long pid = Long.parseLong(process.getFileName().toString());
                self |= pid == ProcessIdentity.current().pid();
                if (maps(process, identity.inode())) {
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

    private static boolean maps(Path process, long inode) {
        String number = Long.toString(inode);
        try {
            String maps = new String(Files.readAllBytes(process.resolve("maps")), StandardCharsets.ISO_8859_1);
            return maps.lines().anyMatch(line -> {
                String[] fields = line.split(" +", FIELDS);
                return fields.length > FIELD_INODE && fields[FIELD_INODE].equals(number);
            });
        } catch (IOException e) {
            // Denied, or it has ended meanwhile.
            return false;
        }
    }
}
