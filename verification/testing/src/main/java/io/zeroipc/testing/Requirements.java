package io.zeroipc.testing;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

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
        String path = System.getenv().getOrDefault("PATH", "");
        for (String directory : path.split(File.pathSeparator)) {
            if (directory.isEmpty()) {
                continue;
            }
            Path candidate = Path.of(directory, name);
            if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
                return Optional.of(candidate.toAbsolutePath());
            }
        }
        return Optional.empty();
    }

    /**
     * The path of {@code python3}, once it has shown that it can import these modules; without them the test ends here.
     */
    public static Path python(String... modules) {
        Path python = program("python3");
        for (String module : modules) {
            require(succeeds(List.of(python.toString(), "-c", "import " + module)),
                    "Python module not found: name=" + module + " (.ci/run installs what the wider tests need)");
        }
        return python;
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
