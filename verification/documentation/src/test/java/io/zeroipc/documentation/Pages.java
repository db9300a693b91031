package io.zeroipc.documentation;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import io.zeroipc.testing.Repository;

/** The pages that users read. */
final class Pages {

    private Pages() {
    }

    /** All of them, from the root of the repository, with slashes. */
    static Stream<String> all() {
        Path root = Repository.root();
        try (Stream<Path> beside = Files.list(root);
                Stream<Path> below = Files.walk(root.resolve("docs"))) {
            List<Path> found = Stream
                    .concat(Stream.concat(beside, below), Stream.of(root.resolve("sample-app/README.md")))
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
            return found.stream().map(file -> root.relativize(file).toString().replace(File.separatorChar, '/'));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
