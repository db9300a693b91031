package io.zeroipc.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import io.zeroipc.segment.Segment;
import io.zeroipc.segment.SegmentBuilder;

/**
 * Segments that are closed and deleted after each test, however it ended. Each test has a directory of its own, outside
 * of {@code /dev/shm}, so that names cannot collide and nothing of it shows up in a listing of real segments.
 *
 * <pre>{@code
 * @RegisterExtension
 * final TemporarySegments segments = new TemporarySegments();
 * }</pre>
 */
public final class TemporarySegments implements BeforeEachCallback, AfterEachCallback {

    private final Deque<Segment> tracked = new ArrayDeque<>();
    private Path directory;
    private int counter;

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        directory = Files.createTempDirectory("zeroipc-test-");
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        RuntimeException first = null;
        for (Segment segment : tracked) {
            try {
                segment.close();
            } catch (RuntimeException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        tracked.clear();
        List<Path> left;
        try (Stream<Path> files = Files.walk(directory)) {
            left = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : left) {
            Files.delete(each);
        }
        if (first != null) {
            throw first;
        }
    }

    /** The directory of this test. */
    public Path directory() {
        return directory;
    }

    /** A path that no file has yet. */
    public Path path() {
        return directory.resolve("segment-" + ++counter);
    }

    /** A new segment of so many bytes with the default table. */
    public Segment create(long size) {
        return create(builder -> builder.size(size));
    }

    /** A new segment, as the options say. */
    public Segment create(UnaryOperator<SegmentBuilder> options) {
        return track(options.apply(Segment.at(path())).create());
    }

    /** One more mapping of the same file. */
    public Segment open(Segment segment) {
        return track(Segment.at(segment.path()).open());
    }

    /** One more mapping of the same file that cannot be written. */
    public Segment openReadOnly(Segment segment) {
        return track(Segment.at(segment.path()).openReadOnly());
    }

    /** Closes this segment after the test as well. */
    public Segment track(Segment segment) {
        tracked.push(segment);
        return segment;
    }
}
