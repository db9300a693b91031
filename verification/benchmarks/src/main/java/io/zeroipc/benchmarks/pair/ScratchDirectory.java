package io.zeroipc.benchmarks.pair;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

import io.zeroipc.segment.Segment;

/** A directory for the files of a run. It is removed with all that is in it when it is closed. */
final class ScratchDirectory implements AutoCloseable {

    private final Path path;

    /** In shared memory, where segments are by default. */
    ScratchDirectory(String purpose) {
        this(Segment.defaultDirectory(), purpose);
    }

    ScratchDirectory(Path parent, String purpose) {
        try {
            path = Files.createTempDirectory(parent, "zeroipc-" + purpose + "-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path path() {
        return path;
    }

    @Override
    public void close() {
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
