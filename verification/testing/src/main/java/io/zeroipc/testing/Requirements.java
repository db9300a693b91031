package io.zeroipc.testing;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * What a test needs from the machine beside a JDK: a compiler, an interpreter, a browser. A test whose need is not met
 * is aborted with the reason, so that {@code mvn verify} passes on any machine. Where everything is installed the
 * system property {@code zeroipc.require=all} turns each such abort into a failure, so that no test is left out
 * unnoticed; {@link AbortIsFailureExtension} does the same for aborts that do not come from here.
 * <p>
 * All methods are thread-safe and keep nothing between calls.
 */
public final class Requirements {

    /** Name of the system property; the one value with a meaning is {@code all}. */
    public static final String PROPERTY = "zeroipc.require";

    private static final long PROBE_TIMEOUT_SECONDS = 60;

    private Requirements() {
    }

    /** Whether an unmet requirement is a failure in this JVM. */
    public static boolean all() {
        return "all".equals(System.getProperty(PROPERTY));
    }

    /**
     * Goes on if the condition holds; otherwise aborts the test, or fails it when everything is required.
     *
     * @param reason what is missing and how to get it, for the report
     */
    public static void require(boolean condition, String reason) {
        if (!condition) {
            throw unmet(reason);
        }
    }

    /**
     * The absolute path of a program on the {@code PATH}, for example {@code g++}; without it the test ends here.
     */
    public static Path program(String name) {
        return findProgram(name).orElseThrow(() -> unmet("program not found on the PATH: name=" + name
                + " (.ci/run installs what the wider tests need)"));
    }

    /** The absolute path of a program on the {@code PATH}, if there is one. */
    public static Optional<Path> findProgram(String name) {
        return findPrograms(name).findFirst();
    }

    /** All programs of this name, in the order of the {@code PATH}. */
    private static Stream<Path> findPrograms(String name) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, name))
                .filter(candidate -> Files.isRegularFile(candidate) && Files.isExecutable(candidate))
                .map(Path::toAbsolutePath);
    }

    /**
     * The first {@code python3} on the {@code PATH} that can import these modules, since a package of the distribution is
     * seen by the distribution's interpreter alone; without one the test ends here.
     */
    public static Path python(String... modules) {
        String program = "import " + String.join(", ", modules.length == 0 ? new String[] {"sys"} : modules);
        return findPrograms("python3").filter(python -> succeeds(List.of(python.toString(), "-c", program)))
                .findFirst()
                .orElseThrow(() -> unmet("no python3 on the PATH can import what is needed: modules="
                        + List.of(modules) + " (.ci/run installs what the wider tests need)"));
    }

    /** Whether a program ends with status 0 within a minute; its output is thrown away. */
    public static boolean succeeds(List<String> command) {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException cannotStart) {
            return false;
        }
        try {
            return process.waitFor(PROBE_TIMEOUT_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            process.destroyForcibly();
        }
    }

    private static RuntimeException unmet(String reason) {
        if (all()) {
            throw new AssertionFailedError(reason + ", " + PROPERTY + "=all");
        }
        return new TestAbortedException(reason);
    }
}
