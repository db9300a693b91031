package io.zeroipc.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.Arguments;

import io.zeroipc.testing.Repository;
import io.zeroipc.testing.Requirements;

/** What peers are written in. The C++ one is compiled once per run of the tests. */
enum Language {

    CPP {
        @Override
        List<String> command() {
            return List.of(program().toString());
        }
    },

    PYTHON {
        @Override
        List<String> command() {
            return python();
        }
    };

    private static final Path MODULE = Path.of("verification", "interop");

    private static @Nullable Path compiled;

    /** What starts a peer; a test that needs a tool that is not there ends here. */
    abstract List<String> command();

    /** In every language, created by either side: language, whether Java creates. */
    static Stream<Arguments> eachWithEitherSide() {
        return Arrays.stream(values())
                .flatMap(language -> Stream.of(true, false).map(java -> Arguments.of(language, java)));
    }

    /** What starts a Python peer that can import these modules. */
    static List<String> python(String... modules) {
        // -B: no compiled files beside the sources.
        return List.of(Requirements.python(modules).toString(), "-B", sources("python").resolve("peer.py").toString());
    }

    private static Path sources(String language) {
        return Repository.root().resolve(MODULE).resolve("src/test").resolve(language);
    }

    private static synchronized Path program() {
        Path compiler = Requirements.program("g++");
        Path known = compiled;
        if (known == null) {
            known = compile(compiler);
            compiled = known;
        }
        return known;
    }

    private static Path compile(Path compiler) {
        Path target = Repository.root().resolve(MODULE).resolve("target/peers");
        Path program = target.resolve("peer");
        Path messages = target.resolve("compiler.log");
        try {
            Files.createDirectories(target);
            int status = new ProcessBuilder(compiler.toString(), "-O2", "-std=c++17", "-pthread", "-Wall", "-Wextra",
                    "-Werror", "-o", program.toString(), sources("cpp").resolve("peer.cpp").toString(), "-lrt")
                    .redirectErrorStream(true)
                    .redirectOutput(messages.toFile())
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new AssertionError("peer does not compile: status=" + status + "\n"
                        + Files.readString(messages, StandardCharsets.UTF_8));
            }
            return program;
        } catch (IOException e) {
            throw new UncheckedIOException("peer cannot be compiled: compiler=" + compiler, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while compiling the peer", e);
        }
    }
}
