package io.zeroipc.spring.boot.test.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

import org.springframework.beans.factory.DisposableBean;

import io.zeroipc.spring.boot.autoconfigure.ZeroIpcConnectionDetails;

/**
 * Where the segments of a test's context are: nobody else's files are there, and these are deleted with the context. A
 * bean of contexts of {@code @SpringBootTest}, and of those with {@link AutoConfigureTestZeroIpc}. Immutable.
 */
public final class TestSegmentFiles implements ZeroIpcConnectionDetails, DisposableBean {

    private final Path directory;
    private final String prefix;
    private final TestFilesClaim claim;
    private final Map<String, Path> configured;

    private TestSegmentFiles(Path directory, String prefix, TestFilesClaim claim, Map<String, Path> configured) {
        this.directory = directory;
        this.prefix = prefix;
        this.claim = claim;
        this.configured = configured;
    }

    /** @param configured the paths of segments that have one, by their keys */
    static TestSegmentFiles inNewDirectory(Map<String, Path> configured) {
        try {
            // Absolute and real, as the paths of open segments are.
            Path parent = Path.of(System.getProperty("java.io.tmpdir")).toRealPath();
            TestFilesClaim claim = TestFilesClaim.in(parent);
            return new TestSegmentFiles(claim.createDirectory(), "", claim, configured);
        } catch (IOException e) {
            throw new UncheckedIOException("directory for the segments of the test cannot be created: parent="
                    + System.getProperty("java.io.tmpdir"), e);
        }
    }

    static TestSegmentFiles withRandomPrefix(Path directory, Map<String, Path> configured) {
        if (!Files.isDirectory(directory)) {
            throw new IllegalArgumentException("base directory of the test does not exist: baseDirectory=" + directory
                    + " (expected: an existing directory)");
        }
        try {
            Path parent = directory.toAbsolutePath().normalize();
            TestFilesClaim claim = TestFilesClaim.in(parent);
            return new TestSegmentFiles(parent, claim.name() + "-", claim, configured);
        } catch (IOException e) {
            throw new UncheckedIOException("base directory of the test cannot be written to: baseDirectory="
                    + directory, e);
        }
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
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("zeroipc.base-directory", directory.toString());
        properties.put("zeroipc.file-prefix", prefix);
        configured.forEach((segment, path) -> properties.put("zeroipc.segments." + segment + ".path",
                getPath(path).toString()));
        return Collections.unmodifiableMap(properties);
    }

    /** Deletes the files. Called when all beans with segments in them are gone. */
    @Override
    public void destroy() {
        claim.release();
    }

    @Override
    public String toString() {
        return "TestSegmentFiles[directory=" + directory + ", prefix=" + prefix + "]";
    }
}
