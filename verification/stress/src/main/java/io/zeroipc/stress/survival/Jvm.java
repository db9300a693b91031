package io.zeroipc.stress.survival;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.zeroipc.segment.Segment;

/**
 * A process of this class path that is told on standard input what to do, and ends with it.
 *
 * @param output where its standard output and error go
 */
record Jvm(Process process, Writer input, Path output) implements AutoCloseable {

    /** Starts quickly, stays small, and waits for its command. */
    static Jvm start(Class<?> main, Path output, boolean nativeAccess, String... options) {
        Stream<String> java = Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m", "-Xshare:auto",
                "-XX:-UsePerfData", "-XX:-CreateCoredumpOnCrash", "-ea");
        List<String> command = Stream
                .of(java, nativeAccess ? Stream.of("--enable-native-access=ALL-UNNAMED") : Stream.<String>empty(),
                        Stream.of(options), Stream.of("-cp", classPath(main), main.getName()))
                .flatMap(each -> each)
                .toList();
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            return new Jvm(process, process.outputWriter(StandardCharsets.UTF_8), output);
        } catch (IOException e) {
            throw new UncheckedIOException("worker does not start: command=" + command, e);
        }
    }

    /** The engine and these classes, and nothing else: a short class path is quickly searched. */
    private static String classPath(Class<?> main) {
        return Stream.of(Segment.class, Jvm.class, main).map(Jvm::origin).distinct().collect(Collectors.joining(":"));
    }

    private static String origin(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("class comes from nowhere: " + type, e);
        }
    }

    void tell(String line) throws IOException {
        input.write(line + "\n");
        input.flush();
    }

    /** Sends it a signal by its name. */
    void signal(String name) throws IOException, InterruptedException {
        int status = new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor();
        if (status != 0) {
            throw new IOException("process gets no signal: pid=" + process.pid() + ", signal=" + name);
        }
    }

    /** Ends it in any case. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            input.close();
        } catch (IOException e) {
            // It has ended, with something unread.
        }
        process.onExit().join();
    }
}
