package io.zeroipc.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/** The one package that exported files in TypeScript import, from npm. What is installed once stays until the next clean build. */
public final class Koffi {

    private static final String VERSION = "3.3.4";
    private static final int ATTEMPTS = 3;
    private static final long PATIENCE_MINUTES = 1;

    /** Why it is not there, in this run; null as long as nobody has tried in vain. */
    private static @Nullable String failure;

    private Koffi() {
    }

    /**
     * Makes a directory of modules that find the package, as do all below it; a test that cannot have it ends here.
     *
     * @param node the program
     */
    public static synchronized void install(Path home, String node) throws IOException {
        Files.createDirectories(home);
        Files.writeString(home.resolve("package.json"), """
                {"private": true, "type": "module", "dependencies": {"koffi": "%s"}}
                """.formatted(VERSION));
        if (isInstalled(home, node)) {
            return;
        }
        if (failure == null) {
            failure = tryToInstall(home, node);
        }
        Requirements.require(failure == null, "npm does not install koffi " + VERSION + ": " + failure);
    }

    private static @Nullable String tryToInstall(Path home, String node) throws IOException {
        Path npm = Requirements.program("npm");
        Path messages = home.resolve("npm.log");
        // What belongs to the processor is a package of its own: no script has to run.
        List<String> command = List.of(npm.toString(), "install", "--no-audit", "--no-fund", "--ignore-scripts",
                "--no-package-lock", "--no-progress", "--fetch-retries=1", "--fetch-retry-mintimeout=1000");
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            run(home, command, messages);
            if (isInstalled(home, node)) {
                return null;
            }
        }
        return "command=" + command + ", output=" + Files.readString(messages, StandardCharsets.UTF_8).strip();
    }

    private static boolean isInstalled(Path home, String node) {
        return Requirements.succeeds(List.of(node, "-e", "if (require(process.argv[1]).version !== '" + VERSION
                + "') process.exit(1)", home.resolve("node_modules/koffi").toString()));
    }

    private static void run(Path directory, List<String> command, Path messages) throws IOException {
        Process process = new ProcessBuilder(command).directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(messages.toFile())
                .start();
        try {
            if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while installing: command=" + command, e);
        } finally {
            process.destroyForcibly();
        }
    }
}
