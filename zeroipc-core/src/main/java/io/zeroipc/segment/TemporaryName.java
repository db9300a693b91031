package io.zeroipc.segment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.zeroipc.os.FileFacts;
import io.zeroipc.os.ProcessIdentity;

/**
 * Names of segments under construction: {@code .NAME.<pid>.<nonce>.zipc-tmp} beside the final name. A process that
 * dies while building leaves one behind; the next creator of the same segment removes it.
 */
final class TemporaryName {

    private static final String SUFFIX = ".zipc-tmp";
    /** Room for pid, nonce and dots below the 255 bytes of a file name. */
    private static final int STEM_BYTES_MAX = 180;
    private static final Pattern REST = Pattern.compile("([0-9]{1,18})\\.[0-9a-f]+" + Pattern.quote(SUFFIX));

    private TemporaryName() {
    }

    static Path of(Path path) {
        // New is all it must be, since whoever builds creates the file and never opens one: a generator that nobody can foresee
        // takes 30 ms to begin with.
        long nonce = ThreadLocalRandom.current().nextLong();
        return path.resolveSibling(stem(path) + ProcessHandle.current().pid() + "." + HexFormat.of().toHexDigits(nonce)
                + SUFFIX);
    }

    /** Whether a directory entry is a segment under construction: never listed, never opened. */
    static boolean isTemporary(Path path) {
        return String.valueOf(path.getFileName()).endsWith(SUFFIX);
    }

    /**
     * Removes what dead builders of this segment left. A builder is dead when its process is gone and nobody holds the
     * lock that every user of a file holds: the process number alone would be wrong in another namespace, and the lock
     * alone in the instant before it is taken.
     */
    static void removeStale(Path path) {
        Path directory = path.getParent();
        if (directory == null) {
            return;
        }
        String stem = stem(path);
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory,
                entry -> String.valueOf(entry.getFileName()).startsWith(stem) && isTemporary(entry))) {
            for (Path entry : entries) {
                try {
                    removeIfStale(entry, stem);
                } catch (IOException | UncheckedIOException e) {
                    // Another user's, or gone meanwhile: it is in nobody's way, and says nothing of the next one.
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // A directory that cannot be listed: what is left in it stays.
        }
    }

    private static void removeIfStale(Path entry, String stem) throws IOException {
        // Exactly: a segment's name may go on with a dot and a number, and then this is the work of another one's builder.
        Matcher rest = REST.matcher(String.valueOf(entry.getFileName()).substring(stem.length()));
        if (!rest.matches() || ProcessIdentity.of(Long.parseLong(rest.group(1))).isPresent()) {
            return;
        }
        FileFacts facts = FileFacts.of(entry);
        if (!facts.isRegularFile()) {
            return;
        }
        OpenFile file = OpenFile.open(entry, facts, true);
        try {
            if (file.isLastUse()) {
                Files.deleteIfExists(entry);
            }
        } finally {
            file.release();
        }
    }

    private static String stem(Path path) {
        String name = String.valueOf(path.getFileName());
        if (name.getBytes(StandardCharsets.UTF_8).length > STEM_BYTES_MAX) {
            name = name.substring(0, STEM_BYTES_MAX / 4) + "-" + Integer.toHexString(name.hashCode());
        }
        return "." + name + ".";
    }
}
