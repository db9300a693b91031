package io.zeroipc.benchmarks.pair;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import io.zeroipc.benchmarks.pair.Place.Side;
import io.zeroipc.benchmarks.pair.Transport.Family;

/**
 * One measuring JVM, which does what it is told on its standard input, a line at a time, and answers each line with one that begins
 * with {@link #ANSWER}. The end of its input ends it.
 */
final class Worker implements AutoCloseable {

    /** Lines of libraries do not begin so. */
    static final String ANSWER = "@ ";
    static final String OK = "ok";
    static final String FAILED = "failed ";

    private final Path directory;
    private final Map<Family, Supplier<Loop>> loops = new EnumMap<>(Family.class);
    private final Map<String, Connection> connections = new HashMap<>();
    private final WaitingSide waiting = new WaitingSide();
    private final ExecutorService threads = Executors
            .newCachedThreadPool(Thread.ofPlatform().name("second-", 0).daemon().factory());

    private record Connection(Transport transport, Place place, Link link) {}

    private Worker(Path directory) {
        this.directory = directory;
    }

    public static void main(String[] arguments) throws IOException {
        PrintStream out = System.out;
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Worker worker = new Worker(Path.of(arguments[0]))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                out.println(ANSWER + worker.answer(line));
            }
        }
    }

    @SuppressWarnings("CatchAndPrintStackTrace") // into the log of this worker; the other side is told in one line
    private String answer(String line) {
        try {
            return execute(line.split(" "));
        } catch (Exception | LinkageError e) {
            e.printStackTrace();
            Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
            return FAILED + String.valueOf(cause).replaceAll("\\s+", " ");
        }
    }

    private String execute(String[] words) throws Exception {
        return switch (words[0]) {
            // open active|passive TRANSPORT SIZE NAME
            case "open" -> {
                Side side = Side.valueOf(words[1]);
                Transport transport = Transport.valueOf(words[2]);
                Place place = new Place(directory, words[4], side, Integer.parseInt(words[3]));
                connections.put(side + words[4], new Connection(transport, place, transport.open(place)));
                yield OK;
            }
            case "connect" -> {
                connection(words).link().connect();
                yield OK;
            }
            case "close" -> {
                Connection connection = connections.remove(words[1] + words[2]);
                if (connection != null) {
                    connection.link().close();
                }
                yield OK;
            }
            // run active|passive NAME TASK
            case "run" -> run(connection(words), Task.parse(words, 3)).toLine();
            // run-both NAME TASK: between two threads of this JVM
            case "run-both" -> runBoth(words[1], Task.parse(words, 2));
            case "threads" -> Processors.threads();
            default -> waiting.execute(directory, words);
        };
    }

    private Connection connection(String[] words) {
        Connection connection = connections.get(words[1] + words[2]);
        if (connection == null) {
            throw new IllegalStateException("connection is not open: side=" + words[1] + ", name=" + words[2]);
        }
        return connection;
    }

    private String runBoth(String name, Task task) throws Exception {
        Connection passive = connection(new String[] {"", Side.PASSIVE.toString(), name});
        Future<Outcome> partner = threads.submit(() -> run(passive, task));
        Outcome active = run(connection(new String[] {"", Side.ACTIVE.toString(), name}), task);
        return active.toLine() + " " + partner.get().toLine();
    }

    private Outcome run(Connection connection, Task task) throws Exception {
        Link link = connection.link();
        int size = connection.place().size();
        Supplier<Loop> maker = loop(connection.transport().family());
        if (!connection.place().isActive()) {
            AtomicBoolean ended = new AtomicBoolean();
            return task.workload().isThroughput()
                    ? together(task.workload().threads(),
                            _ -> maker.get().consume(link.sender(), link.receiver(), task, size, ended))
                    : maker.get().echo(link.sender(), link.receiver(), task, size);
        }
        Link.Sender sender = link.sender();
        Outcome outcome = task.workload().isThroughput()
                ? together(task.workload().threads(),
                        producer -> maker.get()
                                .produce(producer == 0 ? sender : link.sender(), task, size, producer,
                                        link.budget()))
                : maker.get().roundTrips(sender, link.receiver(), task, size, link.budget());
        maker.get().end(sender, link.receiver(), size);
        return outcome;
    }

    private Supplier<Loop> loop(Family family) {
        synchronized (loops) {
            return loops.computeIfAbsent(family, _ -> Loop.copy());
        }
    }

    /** The first one in this thread, so that nothing is handed over where there is one only. */
    private Outcome together(int count, Work work) throws Exception {
        List<Future<Outcome>> others = new ArrayList<>();
        for (int i = 1; i < count; i++) {
            int number = i;
            Callable<Outcome> task = () -> work.run(number);
            others.add(threads.submit(task));
        }
        Outcome outcome = work.run(0);
        for (Future<Outcome> other : others) {
            outcome = outcome.and(other.get());
        }
        return outcome;
    }

    @FunctionalInterface
    private interface Work {

        Outcome run(int number);
    }

    @Override
    @SuppressWarnings("CatchAndPrintStackTrace") // the next one is to be closed all the same
    public void close() {
        for (Connection connection : connections.values()) {
            try {
                connection.link().close();
            } catch (Exception e) {
                e.printStackTrace();
            }
        }
        AeronLink.closeAll();
        try {
            waiting.close();
        } catch (IOException e) {
            e.printStackTrace();
        }
        threads.shutdownNow();
    }
}
