package io.zeroipc.documentation;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

    /** The cells of all tables with this head. */
    static List<List<String>> rows(String page, String head) {
        List<List<String>> rows = new ArrayList<>();
        boolean inside = false;
        for (String line : Repository.read(page).lines().toList()) {
            inside = (inside && line.startsWith("|")) || line.equals(head);
            if (inside && !line.equals(head) && !line.startsWith("|---")) {
                rows.add(Stream.of(line.substring(1).split("\\|")).map(String::strip).toList());
            }
        }
        return rows;
    }
}
