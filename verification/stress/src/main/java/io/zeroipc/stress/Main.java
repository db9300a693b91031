package io.zeroipc.stress;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.zeroipc.segment.Segment;

/**
 * Runs jcstress with what these tests need: a directory for their segments, which is gone when the run ends however its JVMs
 * ended, native access, and a limit to the states alive. Takes the options of jcstress, {@code -h} shows them.
 */
public final class Main {

    private static final String DIRECTORY = "zeroipc.stress.directory";
    private static final int STRIDE_SIZE = 64;
    private static final int STRIDE_COUNT = 16;

    /** At most so many state objects that are still looked at exist in a JVM at a time. */
    static final int STATES_ALIVE = STRIDE_SIZE * STRIDE_COUNT;

    private Main() {
    }

    /** Runs the tests; the status is 1 when an outcome was forbidden. */
    public static void main(String[] options) throws Exception {
        Path directory = Files.createTempDirectory(Segment.defaultDirectory(), "zeroipc-stress-");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(directory), "remove-" + directory.getFileName()));
        List<String> all = new ArrayList<>(List.of("-strideSize", "" + STRIDE_SIZE, "-strideCount", "" + STRIDE_COUNT,
                "-jvmArgsPrepend", "--enable-native-access=ALL-UNNAMED -D" + DIRECTORY + "=" + directory));
        all.addAll(List.of(options));
        org.openjdk.jcstress.Main.main(all.toArray(String[]::new));
    }

    /** Where the segments of this run are. */
    static Path directory() {
        String directory = System.getProperty(DIRECTORY);
        if (directory == null) {
            throw new IllegalStateException(
                    "directory for segments is missing: property=" + DIRECTORY + " (run " + Main.class.getName() + ")");
        }
        return Path.of(directory);
    }

    private static void remove(Path directory) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
