package io.zeroipc.sample;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplicationAotProcessor;

import io.zeroipc.test.PeerProcess;

import static io.zeroipc.sample.Patiently.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample as the Maven profile {@code aot} builds it: processed by Spring ahead of time, compiled, and started with
 * what was generated. Spring refuses that start when anything of it is missing.
 */
@Tag("process")
@Tag("slow")
class AheadOfTimeProcessTests {

    @TempDir
    Path directory;

    @Test
    void applicationWhenProcessedAheadOfTimeRuns() throws Exception {
        Path sources = directory.resolve("sources");
        Path resources = directory.resolve("resources");
        Path classes = directory.resolve("classes");
        Path segments = Files.createDirectory(directory.resolve("segments"));
        try (PeerProcess processor = PeerProcess.of(SpringApplicationAotProcessor.class)
                .withArguments(SampleApplication.class.getName(), sources, resources, classes, "io.zeroipc", "sample")
                .start()) {
            assertThat(processor.join()).as(processor.toString()).isZero();
        }
        assertThat(segments).as("nothing is opened ahead of time").isEmptyDirectory();
        compile(sources, classes);
        String metadata = read(resources);
        assertThat(metadata).contains("io.zeroipc.sample.Telemetry", "io.zeroipc.sample.Alert",
                "io.zeroipc.sample.app.AlertListener",
                "io.zeroipc.spring.boot.actuate.endpoint.ZeroIpcEndpoint$SegmentsDescriptor",
                "io.zeroipc.spring.boot.actuate.endpoint.ChannelListenersEndpoint$ListenersDescriptor");

        String classPath = classes + File.pathSeparator + resources + File.pathSeparator
                + System.getProperty("java.class.path");
        try (PeerProcess application = PeerProcess.of(SampleApplication.class)
                .withClassPath(classPath)
                .withJvmArguments("-Dspring.aot.enabled=true")
                .withArguments("--zeroipc.base-directory=" + segments, "--server.port=0")
                .start()) {
            await().until(() -> !application.isAlive()
                    || application.output().stream().anyMatch(line -> line.contains("telemetry cpu")));

            assertThat(application.isAlive()).as(application.toString()).isTrue();
            assertThat(segments.resolve(TelemetrySegment.NAME)).exists();
        }
    }

    private static void compile(Path sources, Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
                Stream<Path> found = Files.walk(sources)) {
            List<Path> java = found.filter(file -> file.toString().endsWith(".java")).toList();
            assertThat(java).isNotEmpty();
            files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(Files.createDirectories(classes)));
            // What was generated as class files lies there already: proxies of configuration classes.
            String path = classes + File.pathSeparator + System.getProperty("java.class.path");
            assertThat(compiler.getTask(null, files, null, List.of("-proc:none", "-classpath", path), null,
                    files.getJavaFileObjectsFromPaths(java)).call()).isTrue();
        }
    }

    private static String read(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            return files.filter(Files::isRegularFile).map(file -> {
                try {
                    return Files.readString(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }).collect(Collectors.joining("\n"));
        }
    }
}
