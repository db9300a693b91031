package io.zeroipc.manifest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.zeroipc.SegmentNotFoundException;

/** Which file a manifest speaks of: the one that is given, the one it names, or the one beside it with its own name. */
final class ArenaFiles {

    private static final String SUFFIX = ".json";
    /** As in {@code grid.manifest.json}. */
    private static final String MANIFEST_SUFFIX = ".manifest";
    private static final List<String> EXTENSIONS = List.of("", ".bin", ".dat", ".data", ".raw", ".mem", ".arena");

    private ArenaFiles() {
    }

    /**
     * @param given by whoever opens the arena, or null
     * @param named by the manifest, relative to its directory, or null
     * @throws SegmentNotFoundException when nobody says which, and there is none beside the manifest
     * @throws IllegalArgumentException when nobody says which, and there are several
     */
    static Path find(Path manifest, @Nullable Path given, @Nullable String named) {
        if (given != null) {
            return given;
        }
        if (named != null) {
            return manifest.resolveSibling(named).normalize();
        }
        Set<String> candidates = candidates(String.valueOf(manifest.getFileName()));
        List<Path> present = candidates.stream()
                .map(manifest::resolveSibling)
                .filter(Files::isRegularFile)
                .toList();
        if (present.isEmpty()) {
            throw new SegmentNotFoundException("file of the arena not found: manifest=" + manifest
                    + ", it names none, and beside it is none of: " + String.join(", ", candidates)
                    + " (give the file, or name it in the manifest: \"file\": \"...\")", manifest, null);
        }
        if (present.size() > 1) {
            throw new IllegalArgumentException("several files may be meant: candidates="
                    + present.stream().map(path -> String.valueOf(path.getFileName())).collect(Collectors.joining(", "))
                    + " (give the file, or name it in the manifest: \"file\": \"...\")");
        }
        return present.getFirst();
    }

    /** The one of those files that is made where none is given. */
    static Path beside(Path manifest) {
        String stem = without(without(String.valueOf(manifest.getFileName()), SUFFIX), MANIFEST_SUFFIX);
        return manifest.resolveSibling(stem + ".bin");
    }

    private static Set<String> candidates(String manifest) {
        String stem = without(manifest, SUFFIX);
        Set<String> candidates = new LinkedHashSet<>();
        for (String name : List.of(stem, without(stem, MANIFEST_SUFFIX))) {
            EXTENSIONS.forEach(extension -> candidates.add(name + extension));
        }
        candidates.remove(manifest);
        return candidates;
    }

    private static String without(String name, String suffix) {
        return name.length() > suffix.length() && name.endsWith(suffix)
                ? name.substring(0, name.length() - suffix.length())
                : name;
    }
}
