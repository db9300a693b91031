package io.zeroipc.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/** Where tests that compare code with documents find both: the checked-out files of this repository. */
public final class Repository {

    private static final String PROPERTY = "zeroipc.root";

    private static final Path MAIN_SOURCES = Path.of("src", "main", "java");

    private Repository() {
    }

    /**
     * The directory that holds the root pom: told by the build, or, in an IDE, the nearest one above the working
     * directory with a {@code .mvn} folder.
     */
    public static Path root() {
        String told = System.getProperty(PROPERTY);
        if (told != null) {
            return Path.of(told);
        }
        Path start = Path.of("").toAbsolutePath();
        for (@Nullable Path directory = start; directory != null; directory = directory.getParent()) {
            if (Files.isDirectory(directory.resolve(".mvn"))) {
                return directory;
            }
        }
        throw new IllegalStateException(
                "root of the repository not found: start=" + start + " (expected: a .mvn folder above it, or -D"
                        + PROPERTY
                        + "=<directory>)");
    }

    /** The text of a file, given relative to the root, for example {@code docs/internals.md}. */
    public static String read(String path) {
        try {
            return Files.readString(root().resolve(path));
        } catch (IOException unreadable) {
            throw new UncheckedIOException("file of the repository cannot be read: path=" + path, unreadable);
        }
    }

    /**
     * Every package with main sources in any module, sorted by name, and the directories that hold it.
     */
    public static SortedMap<String, List<Path>> packages() {
        SortedMap<String, List<Path>> packages = new TreeMap<>();
        for (String module : modules()) {
            Path sources = root().resolve(module).resolve(MAIN_SOURCES);
            if (!Files.isDirectory(sources)) {
                continue;
            }
            try (Stream<Path> files = Files.walk(sources)) {
                files.filter(file -> file.toString().endsWith(".java"))
                        .map(Path::getParent)
                        .distinct()
                        .forEach(
                                directory -> packages.merge(name(sources, directory), List.of(directory),
                                        Repository::join));
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
        return packages;
    }

    /**
     * Every directory with a pom below the root, as a path with slashes, for example {@code verification/interop}.
     */
    public static List<String> modules() {
        // Two levels: zeroipc-core and verification/interop.
        try (Stream<Path> directories = Files.walk(root(), 2)) {
            return directories.filter(directory -> Files.isRegularFile(directory.resolve("pom.xml")))
                    .map(directory -> root().relativize(directory).toString().replace(File.separatorChar, '/'))
                    .filter(name -> !name.isEmpty())
                    .sorted()
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static String name(Path sources, Path directory) {
        return sources.relativize(directory).toString().replace(File.separatorChar, '.');
    }

    private static List<Path> join(List<Path> left, List<Path> right) {
        return Stream.concat(left.stream(), right.stream()).toList();
    }
}
