package io.zeroipc.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.zeroipc.testing.Requirements;

/** The one package that exported files in TypeScript import, from npm. What is installed once stays until the next clean build. */
final class Koffi {

    private static final String VERSION = "3.3.4";
    private static final int ATTEMPTS = 3;
    private static final long PATIENCE_MINUTES = 3;

    private Koffi() {
    }

    /** Makes the directory one of modules that find the package; a test that cannot have it ends here. */
    static void install(Path directory, Path node) throws IOException {
        Files.writeString(directory.resolve("package.json"), """
                {"private": true, "type": "module", "dependencies": {"koffi": "%s"}}
                """.formatted(VERSION));
        if (isInstalled(directory, node)) {
            return;
        }
        Path npm = Requirements.program("npm");
        Path messages = directory.resolve("npm.log");
        // What belongs to the processor is a package of its own: no script has to run.
        List<String> command = List.of(npm.toString(), "install", "--no-audit", "--no-fund", "--ignore-scripts",
                "--no-package-lock", "--no-progress");
        for (int attempt = 1; attempt <= ATTEMPTS && !isInstalled(directory, node); attempt++) {
            run(directory, command, messages);
        }
        Requirements.require(isInstalled(directory, node), "npm does not install koffi " + VERSION + ": command="
                + command + ", output=" + Files.readString(messages, StandardCharsets.UTF_8).strip());
    }

    private static boolean isInstalled(Path directory, Path node) {
        return Requirements
                .succeeds(List.of(node.toString(), "-e", "if (require(process.argv[1]).version !== '" + VERSION
                        + "') process.exit(1)", directory.resolve("node_modules/koffi").toString()));
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
