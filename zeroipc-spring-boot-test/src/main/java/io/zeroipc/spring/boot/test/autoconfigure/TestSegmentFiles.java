package io.zeroipc.spring.boot.test.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.util.FileSystemUtils;

import io.zeroipc.spring.boot.autoconfigure.ZeroIpcConnectionDetails;

/**
 * Where the segments of a test's context are: nobody else's files are there, and these are deleted with the context. A
 * bean of contexts with {@link AutoConfigureTestZeroIpc}. Immutable.
 */
public final class TestSegmentFiles implements ZeroIpcConnectionDetails, DisposableBean {

    private static final Log LOG = LogFactory.getLog(TestSegmentFiles.class);

    private static final String NAME = "zeroipc-test-";

    private final Path directory;
    private final String prefix;

    private TestSegmentFiles(Path directory, String prefix) {
        this.directory = directory;
        this.prefix = prefix;
    }

    static TestSegmentFiles inNewDirectory() {
        try {
            // Absolute and real, as the paths of open segments are.
            return new TestSegmentFiles(Files.createTempDirectory(NAME).toRealPath(), "");
        } catch (IOException e) {
            throw new UncheckedIOException("directory for the segments of the test cannot be created: parent="
                    + System.getProperty("java.io.tmpdir"), e);
        }
    }

    static TestSegmentFiles withRandomPrefix(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new IllegalArgumentException("base directory of the test does not exist: baseDirectory=" + directory
                    + " (expected: an existing directory)");
        }
        String random = UUID.randomUUID().toString().replace("-", "").substring(0, 12);
        return new TestSegmentFiles(directory.toAbsolutePath().normalize(), NAME + random + "-");
    }

    /** The directory of all segments of the context. */
    @Override
    public Path getBaseDirectory() {
        return directory;
    }

    /** Random when the directory is shared with others, else empty. */
    @Override
    public String getFilePrefix() {
        return prefix;
    }

    /** A file in the directory of the test, called like the whole path, with {@code -} between its parts. */
    @Override
    public Path getPath(Path configured) {
        return file(StreamSupport.stream(configured.toAbsolutePath().normalize().spliterator(), false)
                .map(Path::toString)
                .collect(Collectors.joining("-")));
    }

    /** The file of the segment that has this name, whether it exists or not. */
    public Path file(String segment) {
        return directory.resolve(prefix + segment);
    }

    /**
     * What another application has to be given to use the same segments:
     * {@code PeerProcess.of(Other.class).withSystemProperties(files.properties())}.
     */
    public Map<String, String> properties() {
        return Map.of("zeroipc.base-directory", directory.toString(), "zeroipc.file-prefix", prefix);
    }

    /** Deletes the files. Called when all beans with segments in them are gone. */
    @Override
    public void destroy() {
        try {
            if (prefix.isEmpty()) {
                FileSystemUtils.deleteRecursively(directory);
                return;
            }
            try (Stream<Path> files = Files.list(directory)) {
                // A name with a dot in front is a segment that nobody has finished creating.
                for (Path file : files.filter(this::isOurs).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("segments of the test cannot be deleted: directory=" + directory + ", prefix=" + prefix, e);
        }
    }

    private boolean isOurs(Path file) {
        String name = file.getFileName().toString();
        return name.startsWith(prefix) || name.startsWith("." + prefix);
    }

    @Override
    public String toString() {
        return "TestSegmentFiles[directory=" + directory + ", prefix=" + prefix + "]";
    }
}
