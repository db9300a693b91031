package io.zeroipc.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The script that starts the JVM, with something in the place of java that says how it was called. */
@Tag("process")
class LauncherTest {

    @TempDir
    Path directory;

    private Path launcher;

    @BeforeEach
    void install() throws IOException {
        launcher = executable("opt/with space/zeroipc", Files.readString(Path.of("src/main/launcher/zeroipc")));
        executable("jdk/bin/java", "#!/bin/sh\nfor each; do printf '<%s>' \"$each\"; done\nexit 3\n");
    }

    @Test
    void shouldStartTheJarBesideItWhereverItIsCalledFrom() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link"), launcher);
        String cache = directory.resolve("cache").toString();
        String called = start(link, Map.of("XDG_CACHE_HOME", cache), "push", "lab", "a b", "--", "-x");
        String place = launcher.getParent().toRealPath().toString();
        assertThat(called).contains("<-XX:+AutoCreateSharedArchive><-XX:SharedArchiveFile=" + cache + "/zeroipc/"
                + place.replace('/', '_') + ".jsa>")
                .endsWith("<-jar><" + place + "/zeroipc.jar><push><lab><a b><--><-x>");
    }

    @Test
    void shouldDoWithoutACacheWhereThereIsNoPlaceForOne() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        for (Map<String, String> environment : List.of(Map.of("XDG_CACHE_HOME", file.toString()),
                Map.<String, String>of())) {
            assertThat(start(launcher, environment, "list")).doesNotContain("Archive").endsWith("zeroipc.jar><list>");
        }
    }

    /** What java was called with; the exit code is java's. */
    private String start(Path command, Map<String, String> environment, String... arguments) throws Exception {
        ProcessBuilder builder = new ProcessBuilder();
        builder.command().add(command.toString());
        builder.command().addAll(List.of(arguments));
        builder.environment().keySet().removeIf(name -> name.equals("HOME") || name.equals("XDG_CACHE_HOME"));
        builder.environment().putAll(environment);
        builder.environment().put("JAVA_HOME", directory.resolve("jdk").toString());
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isEqualTo(3);
        return output;
    }

    private Path executable(String name, String text) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file;
    }
}
