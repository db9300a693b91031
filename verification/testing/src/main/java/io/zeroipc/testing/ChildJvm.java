package io.zeroipc.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * A second JVM with the class path of this one, for tests about other processes. What it prints is read line by line
 * and kept; closing it kills it, so that no child outlives its test. A child that waits for its parent should read
 * standard input, which ends with the parent.
 *
 * <pre>{@code
 * try (ChildJvm child = ChildJvm.of(Holder.class).withNativeAccess(false).withArguments(path).start()) {
 *     child.await("held");
 *     child.kill();
 * }
 * }</pre>
 *
 * All methods but the {@code await} ones return at once or wait for the end of the process. Thread-safe.
 */
public final class ChildJvm implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 120;

    private final Process process;
    private final Writer input;
    private final List<String> output = new CopyOnWriteArrayList<>();
    private final List<String> errors = new CopyOnWriteArrayList<>();
    private final Thread outputReader;
    private final Thread errorReader;

    private ChildJvm(Process process) {
        this.process = process;
        this.input = process.outputWriter(StandardCharsets.UTF_8);
        this.outputReader = reader("child-output", process.inputReader(StandardCharsets.UTF_8), output);
        this.errorReader = reader("child-errors", process.errorReader(StandardCharsets.UTF_8), errors);
    }

    /** A JVM that will run this main class. */
    public static Builder of(Class<?> main) {
        return new Builder(main);
    }

    /** How the child is started; nothing happens before {@link #start()}. */
    public static final class Builder {
        private final Class<?> main;
        private boolean nativeAccess = Builder.class.getModule().isNativeAccessEnabled();
        private final List<String> prefix = new ArrayList<>();
        private final List<String> jvmArguments = new ArrayList<>();
        private final List<String> arguments = new ArrayList<>();
        private String classPath = System.getProperty("java.class.path");

        private Builder(Class<?> main) {
            this.main = main;
        }

        /** Whether native access is granted; without this call it is when this JVM has it. */
        public Builder withNativeAccess(boolean granted) {
            nativeAccess = granted;
            return this;
        }

        /** Options of the JVM, for example {@code -Dname=value}. */
        public Builder withJvmArguments(String... more) {
            jvmArguments.addAll(List.of(more));
            return this;
        }

        /** Arguments of the main class. */
        public Builder withArguments(Object... more) {
            for (Object argument : more) {
                arguments.add(argument.toString());
            }
            return this;
        }

        /** Another class path than this JVM's: for a child whose user cannot read the directories of this one. */
        public Builder withClassPath(String path) {
            classPath = path;
            return this;
        }

        /** A command to which the whole java command is appended, for example {@code unshare -rm}. */
        public Builder startedBy(String... command) {
            prefix.addAll(List.of(command));
            return this;
        }

        /** Starts the process. */
        public ChildJvm start() {
            List<String> command = new ArrayList<>(prefix);
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            // A test JVM runs little code once: one compiler and one collector thread are plenty.
            command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-ea"));
            if (nativeAccess) {
                command.add("--enable-native-access=ALL-UNNAMED");
            }
            command.addAll(jvmArguments);
            command.addAll(List.of("-cp", classPath, main.getName()));
            command.addAll(arguments);
            try {
                return new ChildJvm(new ProcessBuilder(command).start());
            } catch (IOException e) {
                throw new UncheckedIOException("child JVM does not start: command=" + command, e);
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

    /** Waits until the child has printed this line. */
    public void await(String line) throws InterruptedException {
        await(1, line);
    }

    /** Waits until the child has printed this line so many times. */
    public void await(int times, String line) throws InterruptedException {
        long start = System.nanoTime();
        while (output.stream().filter(line::equals).count() < times) {
            // A reader ends behind the last line, so nothing can come once it has.
            boolean ended = !outputReader.isAlive();
            if (ended && output.stream().filter(line::equals).count() >= times) {
                return;
            }
            if (ended || System.nanoTime() - start > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
                throw new AssertionError("line did not come from the child: line=" + line + ", times=" + times + ", "
                        + this);
            }
            synchronized (output) {
                output.wait(100);
            }
        }
    }

    /** Sends a line to the standard input of the child. */
    public void send(String line) {
        try {
            input.write(line + "\n");
            input.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("child does not read: " + this, e);
        }
    }

    /** Waits for the end, closing the child's standard input first. Returns the exit status. */
    public int join() throws InterruptedException {
        try {
            input.close();
        } catch (IOException e) {
            // It ended already, with unread lines.
        }
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("child does not end: " + this);
        }
        outputReader.join();
        errorReader.join();
        return process.exitValue();
    }

    /** SIGKILL: the process gets no chance to clean up. Returns when it is gone. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** The lines of standard output so far. */
    public List<String> output() {
        return List.copyOf(output);
    }

    /** The lines of standard error so far. */
    public List<String> errors() {
        return List.copyOf(errors);
    }

    /** Kills the process, and the ones it started, if it still runs. */
    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public String toString() {
        String state = process.isAlive() ? "running" : "ended with " + process.exitValue();
        return "child: pid=" + process.pid() + ", state=" + state + ", output=" + output + ", errors=" + errors;
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
