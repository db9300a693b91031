package io.zeroipc.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.zeroipc.export.Export;
import io.zeroipc.export.Language;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.Koffi;
import io.zeroipc.testing.Repository;
import io.zeroipc.testing.Requirements;

/**
 * Programs of {@code src/test/<language>/exported.*}, each with the file {@code stage.*} beside it that is exported from a segment with a
 * {@link Stage}. They are made once per run of the tests, with warnings as errors. What they can be told to do
 * stands at {@link ExportedPeersInteropTest}.
 */
final class ExportedPeers {

    private static final Map<Language, List<String>> COMMANDS = new EnumMap<>(Language.class);
    private static final Map<Language, List<String>> STOPPABLE = new EnumMap<>(Language.class);

    private ExportedPeers() {
    }

    /** What starts the program; a test that needs a tool that is not there ends here. */
    static synchronized List<String> command(Language language) {
        List<String> command = COMMANDS.get(language);
        if (command == null) {
            try {
                command = build(language, directory(language));
            } catch (IOException e) {
                throw new UncheckedIOException("program cannot be made: language=" + language.label(), e);
            }
            COMMANDS.put(language, command);
        }
        return command;
    }

    /**
     * What starts the program so that a thread of it stands still when it comes to a step for the n-th time.
     *
     * @param step a name of {@link io.zeroipc.memory.StopPoint}
     */
    static synchronized List<String> stoppable(Language language, String step, int n) {
        List<String> plain = command(language);
        List<String> command = STOPPABLE.computeIfAbsent(language, _ -> switch (language) {
            case CPP -> cpp(directory(language), "stoppable", "-DZIPC_STOPPABLE");
            case RUST -> rust(directory(language), "stoppable", "--cfg", "zipc_stop");
            default -> throw new IllegalArgumentException("cannot be stopped: command=" + plain);
        });
        return Stream.concat(Stream.of("env", "ZIPC_STOP_AT=" + step + ":" + n), command.stream()).toList();
    }

    /** Where a program of this language, and the exported file, are. */
    static Path directory(Language language) {
        return module().resolve("target/exported").resolve(language.label());
    }

    private static List<String> build(Language language, Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("stage." + language.extension()), source(language, directory));
        return switch (language) {
            case CPP -> cpp(directory, "exported");
            case RUST -> rust(directory);
            case PYTHON -> python(directory);
            case TYPESCRIPT -> typescript(directory);
            case C, JAVA -> throw new IllegalArgumentException("types alone: language=" + language.label());
        };
    }

    private static String source(Language language, Path directory) throws IOException {
        Path file = directory.resolve("stage.zipc-example");
        Files.deleteIfExists(file);
        Files.deleteIfExists(Path.of(file + ".zipc"));
        try (Segment segment = Segment.at(file).size(Workbench.SIZE).create()) {
            Stage.in(segment);
            return Export.of(segment).named("stage").source(language);
        }
    }

    private static List<String> cpp(Path directory, String name, String... options) {
        Path program = directory.resolve(name);
        List<String> command = new ArrayList<>(List.of(Requirements.program("g++").toString(), "-O2", "-std=c++17",
                "-pthread", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I", directory.toString(), "-o",
                program.toString(), source("cpp", "exported.cpp")));
        command.addAll(List.of(options));
        run(directory, command.toArray(String[]::new));
        return List.of(program.toString());
    }

    private static List<String> rust(Path directory) throws IOException {
        // The file that is exported is a module of the program's, which is where rustc looks for it.
        Files.copy(Path.of(source("rust", "exported.rs")), directory.resolve("exported.rs"),
                StandardCopyOption.REPLACE_EXISTING);
        return rust(directory, "exported");
    }

    private static List<String> rust(Path directory, String name, String... options) {
        Path program = directory.resolve(name);
        List<String> command = new ArrayList<>(List.of(Requirements.program("rustc").toString(), "--edition=2021", "-O",
                "-Dwarnings", "-o", program.toString(), directory.resolve("exported.rs").toString()));
        command.addAll(List.of(options));
        run(directory, command.toArray(String[]::new));
        return List.of(program.toString());
    }

    private static List<String> python(Path directory) throws IOException {
        Files.copy(Path.of(source("python", "exported.py")), directory.resolve("exported.py"),
                StandardCopyOption.REPLACE_EXISTING);
        return List.of(Requirements.python().toString(), "-B", "-W", "error",
                directory.resolve("exported.py").toString());
    }

    private static List<String> typescript(Path directory) throws IOException {
        Files.copy(Path.of(source("typescript", "exported.ts")), directory.resolve("exported.ts"),
                StandardCopyOption.REPLACE_EXISTING);
        compile(directory, "exported.ts");
        return List.of(node(), directory.resolve("exported.js").toString());
    }

    static String node() {
        return Requirements.program("node").toString();
    }

    /** Programs in TypeScript and what they import, in {@link #directory} or below it, as a strict user compiles them. */
    static void compile(Path directory, String... files) throws IOException {
        String compiler = Requirements.program("tsc").toString();
        Koffi.install(directory(Language.TYPESCRIPT), node());
        List<String> command = new ArrayList<>(List.of(compiler, "--strict", "--noUnusedLocals", "--noUnusedParameters",
                "--noImplicitReturns", "--noImplicitOverride", "--noUncheckedIndexedAccess", "--target", "es2022",
                "--module", "node16"));
        command.addAll(List.of(files));
        run(directory, command.toArray(String[]::new));
    }

    static Path module() {
        return Repository.root().resolve("verification/interop");
    }

    private static String source(String language, String file) {
        return module().resolve("src/test").resolve(language).resolve(file).toString();
    }

    private static void run(Path directory, String... command) {
        List<String> all = new ArrayList<>(List.of(command));
        Path messages = directory.resolve("compiler.log");
        try {
            int status = new ProcessBuilder(all).directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(messages.toFile())
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new AssertionError("program does not compile: command=" + all + ", status=" + status + "\n"
                        + Files.readString(messages, StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("program cannot be compiled: command=" + all, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while compiling: command=" + all, e);
        }
    }
}
