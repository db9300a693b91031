package io.zeroipc.benchmarks.pair;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A {@link Worker} as seen from the command. One thread at a time. */
final class Peer implements AutoCloseable {

    private static final String GONE = "";
    private static final long PATIENCE_SECONDS = 90;

    private final String name;
    private final Process process;
    private final Writer commands;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final Thread reader;

    /** The other process does not do what it was told: it refused, failed or is gone. */
    static final class PeerException extends Exception {

        private static final long serialVersionUID = 1;

        private final String reason;

        PeerException(String reason) {
            super(reason);
            this.reason = reason;
        }

        String reason() {
            return reason;
        }
    }

    /**
     * Starts a JVM.
     *
     * @param processors where it runs, as taskset calls them
     * @param main class whose main method it runs
     */
    Peer(String name, String processors, Class<?> main, Path directory, Path log) {
        this(name, processors, Jvm.command(main, directory), log);
    }

    /**
     * Starts a program that keeps to the rules of a {@link Worker}.
     *
     * @param processors where it runs, as taskset calls them
     */
    Peer(String name, String processors, List<String> program, Path log) {
        this.name = name;
        List<String> command = new ArrayList<>(Processors.pinnedTo(processors));
        command.addAll(program);
        try {
            process = new ProcessBuilder(command).redirectError(log.toFile()).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        commands = process.outputWriter(StandardCharsets.UTF_8);
        reader = Thread.ofPlatform().daemon().name("answers of " + name).start(this::read);
    }

    private void read() {
        try (BufferedReader in = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith(Worker.ANSWER)) {
                    answers.add(line.substring(Worker.ANSWER.length()));
                }
            }
        } catch (IOException e) {
            // it is gone, and whoever asks is told so
        }
        answers.add(GONE);
    }

    /** Tells it what to do, and does not wait for the answer. */
    void tell(String command) throws PeerException {
        try {
            commands.write(command + "\n");
            commands.flush();
        } catch (IOException e) {
            throw new PeerException(name + " is gone: " + e.getMessage());
        }
    }

    /** The answer to the oldest command that has none yet. */
    String answer() throws PeerException, InterruptedException {
        String answer = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (answer == null || answer.equals(GONE)) {
            process.destroyForcibly();
            throw new PeerException(name + (answer == null ? " does not answer" : " is gone"));
        }
        if (answer.startsWith(Worker.FAILED)) {
            throw new PeerException(answer.substring(Worker.FAILED.length()));
        }
        return answer;
    }

    String ask(String command) throws PeerException, InterruptedException {
        tell(command);
        return answer();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** Ends its input, waits a while, and kills it if that is not enough, or at once when this thread is interrupted. */
    @Override
    public void close() {
        try {
            commands.close();
        } catch (IOException e) {
            // it is gone already
        }
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            reader.join();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
