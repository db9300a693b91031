package io.zeroipc.interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A running program in another language that does with a segment what it is told, see {@code src/test/cpp/peer.cpp}: one
 * line for a command, one line for the answer, and a line {@code ready} before that when the command takes its time. It
 * ends when its standard input does. For one thread at a time.
 */
final class Peer implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 120;
    private static final String END_OF_OUTPUT = "(end of output)";

    private final Process process;
    private final Writer input;
    private final BlockingQueue<String> output = new LinkedBlockingQueue<>();
    private final Thread reader;

    Peer(List<String> command) {
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new UncheckedIOException("peer does not start: command=" + command, e);
        }
        input = process.outputWriter(StandardCharsets.UTF_8);
        reader = Thread.ofPlatform()
                .daemon()
                .name("peer-output")
                .start(() -> read(process.inputReader(StandardCharsets.UTF_8)));
    }

    /** Tells the peer something and returns its answer. */
    String ask(String command, Object... arguments) throws InterruptedException {
        send(command, arguments);
        return answer();
    }

    /** As {@link #ask}, for an answer of several words. */
    List<String> list(String command, Object... arguments) throws InterruptedException {
        String answer = ask(command, arguments);
        return answer.isEmpty() ? List.of() : List.of(answer.split(" "));
    }

    /** As {@link #ask}, for an answer of several numbers. */
    List<Long> numbers(String command, Object... arguments) throws InterruptedException {
        send(command, arguments);
        return numbers();
    }

    /** Tells the peer something that it refuses; returns why. */
    String refusal(String command, Object... arguments) throws InterruptedException {
        send(command, arguments);
        return refusal();
    }

    /** Why the peer did not end what it was told last, waiting for that. */
    String refusal() throws InterruptedException {
        String line = lastLine();
        assertThat(line).as("answer of the peer").startsWith("error ");
        return line.substring("error ".length());
    }

    /** Sets the peer to work and returns when it has begun; the answer comes later, from {@link #answer}. */
    void begin(String command, Object... arguments) throws InterruptedException {
        send(command, arguments);
        assertThat(next()).as("first line of %s %s", command, Arrays.toString(arguments)).isEqualTo("ready");
    }

    /** The answer to the last command, waiting for it. */
    String answer() throws InterruptedException {
        String line = lastLine();
        assertThat(line).as("answer of the peer").matches("ok( .*)?");
        return line.length() > 3 ? line.substring(3) : "";
    }

    /** Waits until a thread of the peer stands still at this step, see {@link ExportedPeers#stoppable}. */
    void awaitStop(String step) throws InterruptedException {
        assertThat(next()).as("what the peer says").isEqualTo("stopped " + step);
    }

    /** Whether an answer is there, so that {@link #answer} does not wait: the peer has done what it was told, or ended. */
    boolean hasAnswered() {
        return !output.isEmpty();
    }

    /** As {@link #answer}, for several numbers. */
    List<Long> numbers() throws InterruptedException {
        return Arrays.stream(answer().split(" ")).map(Long::valueOf).toList();
    }

    long pid() {
        return process.pid();
    }

    /** SIGKILL: the process gets no chance to clean up. Returns when it is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Closes the peer's standard input, which ends it whatever it is doing; returns its exit status. */
    int end() throws InterruptedException {
        closeInput();
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("the peer ends with its input").isTrue();
        reader.join();
        return process.exitValue();
    }

    /** Ends the process in any case. */
    @Override
    public void close() {
        closeInput();
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Tells the peer something, whatever comes of it. */
    void send(String command, Object... arguments) {
        String line = Arrays.stream(arguments)
                .map(String::valueOf)
                .collect(Collectors.joining(" ", command + " ", "\n"));
        try {
            input.write(line);
            input.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("peer does not read: pid=" + pid() + ", line=" + line.strip() + ", output="
                    + List.copyOf(output), e);
        }
    }

    /** The next line that does not merely say that the peer has begun. */
    private String lastLine() throws InterruptedException {
        String line = next();
        return line.equals("ready") ? next() : line;
    }

    private String next() throws InterruptedException {
        String line = output.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (line == null || line.equals(END_OF_OUTPUT)) {
            throw new AssertionError("peer does not answer: pid=" + pid() + ", "
                    + (process.isAlive() ? "running" : "ended with " + process.exitValue()));
        }
        return line;
    }

    /** Ends the peer, as soon as it has done what it was told. */
    void closeInput() {
        try {
            input.close();
        } catch (IOException e) {
            // It ended already, with unread lines.
        }
    }

    private void read(BufferedReader from) {
        try (from) {
            from.lines().forEach(output::add);
        } catch (IOException | UncheckedIOException e) {
            output.add("(reading ended: " + e + ")");
        }
        output.add(END_OF_OUTPUT);
    }
}
