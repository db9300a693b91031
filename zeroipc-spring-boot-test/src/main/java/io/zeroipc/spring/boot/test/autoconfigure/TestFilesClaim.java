package io.zeroipc.spring.boot.test.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.util.FileSystemUtils;

/**
 * A name in a directory, {@code zeroipc-test-PID-RANDOM}, and all files that begin with it. A lock on the file NAME{@code .lock} is held as
 * long as they are in use, so that what a killed JVM has left is known by a lock that nobody holds: whoever claims the next name
 * deletes it. The lock is the kernel's and tells the truth across containers that share the directory, as a process id would not.
 */
final class TestFilesClaim {

    private static final Log LOG = LogFactory.getLog(TestFilesClaim.class);

    private static final String NAME = "zeroipc-test-";
    private static final String LOCK = ".lock";
    private static final Pattern LOCK_FILE = Pattern.compile("(" + NAME + "(\\d+)-[0-9a-f]{12})" + Pattern.quote(LOCK));

    private final Path parent;
    private final String name;
    private final FileChannel lockFile;

    private TestFilesClaim(Path parent, String name, FileChannel lockFile) {
        this.parent = parent;
        this.name = name;
        this.lockFile = lockFile;
    }

    /** Claims a new name, after deleting what dead processes have left. */
    static TestFilesClaim in(Path parent) throws IOException {
        deleteLeftBehind(parent);
        String name = NAME + ProcessHandle.current().pid() + "-"
                + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
        // Locked before it has the name that others look for.
        Path hidden = parent.resolve("." + name);
        FileChannel channel = FileChannel.open(hidden, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        TestFilesClaim claim = new TestFilesClaim(parent, name, channel);
        try {
            channel.lock();
            Files.move(hidden, parent.resolve(name + LOCK), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            claim.release();
            throw e;
        }
        return claim;
    }

    /** What all files begin with that {@link #release} deletes; one with a dot in front is a segment that nobody has finished. */
    String name() {
        return name;
    }

    /** Makes a directory of that name, for this user alone. */
    Path createDirectory() throws IOException {
        Path directory = parent.resolve(name);
        return parent.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? Files.createDirectory(directory,
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")))
                : Files.createDirectory(directory);
    }

    /** Deletes everything that begins with the name. */
    void release() {
        try (lockFile) {
            delete(parent, name);
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("segments of the test cannot be deleted: directory=" + parent + ", prefix=" + name, e);
        }
    }

    private static void deleteLeftBehind(Path parent) throws IOException {
        String own = Long.toString(ProcessHandle.current().pid());
        for (Path file : list(parent)) {
            Matcher matcher = LOCK_FILE.matcher(file.getFileName().toString());
            // Closing any channel of a file gives up all locks that a process has on it: hands off our own.
            if (matcher.matches() && !matcher.group(2).equals(own)) {
                deleteIfLeftBehind(parent, file, matcher.group(1));
            }
        }
    }

    private static void deleteIfLeftBehind(Path parent, Path file, String name) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                FileLock lock = channel.tryLock()) {
            if (lock != null) {
                delete(parent, name);
            }
        } catch (IOException | UncheckedIOException e) {
            // Somebody else's, or somebody else was quicker.
            LOG.debug("segments of another test cannot be looked at: file=" + file, e);
        }
    }

    private static void delete(Path parent, String name) throws IOException {
        for (Path file : list(parent)) {
            String fileName = file.getFileName().toString();
            if ((fileName.startsWith(name) || fileName.startsWith("." + name)) && !fileName.equals(name + LOCK)) {
                FileSystemUtils.deleteRecursively(file);
            }
        }
        // Last: what is left by whoever dies meanwhile is found by it.
        Files.deleteIfExists(parent.resolve(name + LOCK));
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }
}
