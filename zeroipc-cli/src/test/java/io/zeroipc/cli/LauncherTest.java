package io.zeroipc.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
        assertThat(called).contains("<-XX:+AutoCreateSharedArchive><-XX:SharedArchiveFile=" + cache + "/zeroipc/")
                .endsWith(".jsa><-jar><" + place + "/zeroipc.jar><push><lab><a b><--><-x>");
    }

    /** They would stand among the results, and be executed by a shell that reads the completion. */
    @Test
    void shouldWriteNothingOfTheJvmWhenItKeepsClasses() throws Exception {
        assertThat(start(launcher, Map.of("XDG_CACHE_HOME", directory.resolve("cache").toString())))
                .contains("<-Xlog:disable><-XX:-PrintWarnings><-XX:+AutoCreateSharedArchive>");
    }

    @Test
    void shouldKeepClassesUnderANameThatTheJvmTakesWhateverThePlaceIs() throws Exception {
        Map<String, String> environment = Map.of("XDG_CACHE_HOME", directory.resolve("cache").toString());
        Set<String> archives = new HashSet<>();
        for (String place : List.of("a/b_c", "a_b/c", "co:lon", "quo'te \"$*", "line\nfeed", "end\n",
                "long".repeat(50) + "/" + "longer".repeat(40))) {
            Path other = executable(place + "/zeroipc", Files.readString(launcher));
            String called = start(other, environment, "list");
            assertThat(called).endsWith("<-jar><" + other.getParent().toRealPath() + "/zeroipc.jar><list>");
            String archive = called.replaceAll("(?s).*<-XX:SharedArchiveFile=([^>]*)>.*", "$1");
            assertThat(Path.of(archive).getFileName().toString()).matches("[0-9-]+\\.jsa");
            assertThat(archives.add(archive)).as(place).isTrue();
        }
    }

    @Test
    void shouldDoWithoutACacheWhereThereIsNoPlaceForOne() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        for (Map<String, String> environment : List.of(Map.of("XDG_CACHE_HOME", file.toString()),
                Map.of("XDG_CACHE_HOME", directory.resolve("co:lon").toString()), Map.of("XDG_CACHE_HOME", "relative"),
                Map.<String, String>of())) {
            assertThat(start(launcher, environment, "list")).doesNotContain("Archive").endsWith("zeroipc.jar><list>");
        }
        assertThat(Path.of("relative")).doesNotExist();
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
