package io.zeroipc.test;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A second JVM with the class path of this one, for tests of what several processes do together, and of what is left
 * when one of them is killed. Its main class says on standard output how far it is, line by line, and should read
 * standard input until its end when it has nothing else to wait for: that ends with this JVM.
 *
 * <pre>{@code
 * try (PeerProcess peer = PeerProcess.of(Producer.class).withArguments(segment.path()).start()) {
 *     peer.await("halfway");
 *     peer.kill();
 *     ...
 * }
 * }</pre>
 *
 * <p>
 * Every error of waiting shows the process id, the state and all that the peer printed. With {@link PeerProcesses} so
 * does every other failure of the test. Closing kills, so that no peer outlives its test. Waiting is limited only to
 * end a test that hangs ({@link Builder#withPatience}). Thread-safe.
 */
public final class PeerProcess implements AutoCloseable {

    private static final Duration DEFAULT_PATIENCE = Duration.ofMinutes(2);

    private final String main;
    private final Duration patience;
    private final Process process;
    private final Writer input;
    private final List<String> output = new CopyOnWriteArrayList<>();
    private final List<String> errors = new CopyOnWriteArrayList<>();
    private final Thread outputReader;
    private final Thread errorReader;

    private PeerProcess(String main, Duration patience, Process process) {
        this.main = main;
        this.patience = patience;
        this.process = process;
        this.input = process.outputWriter(StandardCharsets.UTF_8);
        this.outputReader = reader("peer-output", process.inputReader(StandardCharsets.UTF_8), output);
        this.errorReader = reader("peer-errors", process.errorReader(StandardCharsets.UTF_8), errors);
    }

    /** A peer that will run this class's main method. */
    public static Builder of(Class<?> main) {
        return of(main.getName());
    }

    /** As {@link #of(Class)}, for a class that this JVM does not have. */
    public static Builder of(String main) {
        return new Builder(main);
    }

    /** How the peer is started; nothing happens before {@link #start()}. For one thread. */
    public static final class Builder {
        private final String main;
        private boolean nativeAccess = Builder.class.getModule().isNativeAccessEnabled();
        private final List<String> prefix = new ArrayList<>();
        private final List<String> jvmArguments = new ArrayList<>();
        private final List<String> arguments = new ArrayList<>();
        private String classPath = System.getProperty("java.class.path");
        private Duration patience = DEFAULT_PATIENCE;

        private Builder(String main) {
            this.main = main;
        }

        /** Whether native access is granted; without this call it is when this JVM has it. */
        public Builder withNativeAccess(boolean granted) {
            nativeAccess = granted;
            return this;
        }

        /** Options of the JVM. They win over those that make a short-lived JVM start fast. */
        public Builder withJvmArguments(String... more) {
            jvmArguments.addAll(List.of(more));
            return this;
        }

        /** A system property, which a Spring Boot application takes as a property of its own. */
        public Builder withSystemProperty(String name, Object value) {
            jvmArguments.add("-D" + name + "=" + value);
            return this;
        }

        /** As {@link #withSystemProperty}, for each of them. */
        public Builder withSystemProperties(Map<String, ?> properties) {
            properties.forEach(this::withSystemProperty);
            return this;
        }

        /** Arguments of the main class. */
        public Builder withArguments(Object... more) {
            for (Object argument : more) {
                arguments.add(argument.toString());
            }
            return this;
        }

        /** Another class path than this JVM's. */
        public Builder withClassPath(String path) {
            classPath = path;
            return this;
        }

        /** A command to which the whole java command is appended, for example {@code setpriv --reuid=1000}. */
        public Builder startedBy(String... command) {
            prefix.addAll(List.of(command));
            return this;
        }

        /** How long to wait for a line, or for the end, before the test is given up: two minutes by default. */
        public Builder withPatience(Duration limit) {
            patience = limit;
            return this;
        }

        /**
         * Starts the process and returns at once.
         *
         * @throws UncheckedIOException when the operating system does not start it
         */
        public PeerProcess start() {
            List<String> command = new ArrayList<>(prefix);
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            // It runs little code once: one compiler and one collector thread are plenty.
            command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-ea"));
            if (nativeAccess) {
                command.add("--enable-native-access=ALL-UNNAMED");
            }
            command.addAll(jvmArguments);
            command.addAll(List.of("-cp", classPath, main));
            command.addAll(arguments);
            try {
                return new PeerProcess(main, patience, new ProcessBuilder(command).start());
            } catch (IOException e) {
                throw new UncheckedIOException("peer does not start: command=" + command, e);
            }
        }
    }

    /** Process id; of the command that started the JVM, if that did not replace itself by it. */
    public long pid() {
        return process.pid();
    }

    /** Whether it runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Waits until the peer has printed this line.
     *
     * @throws AssertionError when it ends, or patience does, before that
     */
    public void await(String line) throws InterruptedException {
        await(1, line);
    }

    /** As {@link #await(String)}, until it has printed the line so many times. */
    public void await(int times, String line) throws InterruptedException {
        await(times, "line=" + line + ", times=" + times, line::equals);
    }

    /**
     * Waits until the peer has printed a line with all of these parts, on standard output.
     *
     * @return the first such line
     * @throws AssertionError when it ends, or patience does, before that
     */
    public String awaitLineWith(String... parts) throws InterruptedException {
        return await(1, "parts=" + List.of(parts), line -> Stream.of(parts).allMatch(line::contains));
    }

    private String await(int times, String wanted, Predicate<String> predicate) throws InterruptedException {
        long start = System.nanoTime();
        while (true) {
            // A reader ends behind the last line, so nothing can come once it has.
            boolean ended = !outputReader.isAlive();
            List<String> found = output.stream().filter(predicate).toList();
            if (found.size() >= times) {
                return found.getFirst();
            }
            if (ended) {
                throw new AssertionError("peer ended without the line: " + wanted + ", " + this);
            }
            if (System.nanoTime() - start > patience.toNanos()) {
                throw new AssertionError("line did not come from the peer: " + wanted + ", patience=" + patience + ", "
                        + this);
            }
            synchronized (output) {
                output.wait(100);
            }
        }
    }

    /**
     * Sends a line to the standard input of the peer.
     *
     * @throws UncheckedIOException when it has ended, or closed its input
     */
    public void send(String line) {
        try {
            input.write(line + "\n");
            input.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("peer does not read: line=" + line + ", " + this, e);
        }
    }

    /**
     * Closes the peer's standard input and waits for its end.
     *
     * @return the exit status; 128 and the signal's number for a peer that was killed
     * @throws AssertionError when patience ends before it does
     */
    public int join() throws InterruptedException {
        try {
            input.close();
        } catch (IOException e) {
            // It ended already, with unread lines.
        }
        if (!process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new AssertionError("peer does not end: patience=" + patience + ", " + this);
        }
        outputReader.join();
        errorReader.join();
        return process.exitValue();
    }

    /** {@code kill -9}: the process gets no chance to clean up. Returns when it is gone. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** {@code kill}: asks the process to end, and returns at once. Shutdown hooks run, so a context is closed. */
    public void terminate() {
        // Not Process.destroy(), which also closes the streams that its last lines come through.
        process.toHandle().destroy();
    }

    /** The lines of standard output so far. */
    public List<String> output() {
        return List.copyOf(output);
    }

    /** The lines of standard error so far. */
    public List<String> errors() {
        return List.copyOf(errors);
    }

    /** Kills the process, and the ones it started, if they still run; returns when it is gone. Idempotent. */
    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.onExit().join();
    }

    /** What there is to know of it, its lines on lines of their own. */
    @Override
    public String toString() {
        String state = process.isAlive() ? "running" : "ended with " + process.exitValue();
        return "peer: main=" + main + ", pid=" + process.pid() + ", state=" + state + lines("\n  out| ", output)
                + lines("\n  err| ", errors);
    }

    private static String lines(String prefix, List<String> lines) {
        return lines.stream().map(line -> prefix + line).collect(Collectors.joining());
    }

    private static Thread reader(String name, BufferedReader from, List<String> to) {
        return Thread.ofPlatform().daemon().name(name).start(() -> {
            try (from) {
                for (String line = from.readLine(); line != null; line = from.readLine()) {
                    to.add(line);
                    synchronized (to) {
                        to.notifyAll();
                    }
                }
            } catch (IOException e) {
                to.add("(reading ended: " + e + ")");
            }
        });
    }
}
