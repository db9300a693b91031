package io.zeroipc.benchmarks.pair;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

import io.zeroipc.benchmarks.pair.Peer.PeerException;
import io.zeroipc.benchmarks.pair.Place.Side;

/**
 * Runs slices of all transports in turn: for each size and round, each task by one transport after the other, and a short one of raw
 * cache lines before each, which tells in what state the machine is. All JVMs live as long as the fork, and those that are not at it
 * wait for their next line.
 */
final class Matrix {

    private static final String REGIME = "regime";

    private final Options options;
    private final Path scratch;
    private final List<Slice> slices = new ArrayList<>();
    private final Notes notes;

    Matrix(Options options, Path scratch, Notes notes) {
        this.options = options;
        this.scratch = scratch;
        this.notes = notes;
    }

    List<Slice> run() throws InterruptedException {
        for (int fork = 1; fork <= options.forks; fork++) {
            try (Fork current = new Fork(fork)) {
                current.run();
            } catch (PeerException e) {
                notes.add("fork " + fork + " ended early: " + e.reason());
            }
        }
        return slices;
    }

    private final class Fork implements AutoCloseable {

        private final int number;
        private final Peer active;
        private final Peer passive;
        private final Peer oneJvm;
        private final @Nullable Peer driver;
        /** Processor time of drivers and of clients, and time, while slices ran. */
        private final Map<Transport, long[]> aeronCosts = new EnumMap<>(Transport.class);
        private final Map<Transport, String> open = new EnumMap<>(Transport.class);

        Fork(int number) {
            this.number = number;
            active = peer("active", options.cpus.get(0), Worker.class);
            passive = peer("passive", options.cpus.get(1), Worker.class);
            oneJvm = peer("one-jvm", String.join(",", options.cpus), Worker.class);
            driver = options.transports.stream().anyMatch(Transport::needsDriver)
                    ? peer("aeron-driver", String.join(",", options.cpus), AeronLink.Driver.class)
                    : null;
        }

        private Peer peer(String name, String processors, Class<?> main) {
            return new Peer(name, processors, main, scratch,
                    options.out.resolve("fork-" + number + "-" + name + ".log"));
        }

        void run() throws PeerException, InterruptedException {
            long start = System.nanoTime();
            if (driver != null) {
                driver.answer();
            }
            open(Transport.RAW, Long.BYTES, REGIME);
            raw(Math.max(options.rawNanos, options.sliceNanos));
            for (int size : options.sizes) {
                for (Transport transport : options.transports) {
                    open(transport, size);
                }
                for (int round = 0; round <= options.rounds; round++) {
                    System.err.printf("fork %d of %d, %d bytes, %s%n", number, options.forks, size,
                            round == 0 ? "warm-up" : "round " + round + " of " + options.rounds);
                    for (Task task : options.tasks(size)) {
                        for (Transport transport : EnumSet.copyOf(options.transports)) {
                            // What the compiler learns at the first size it knows at the others.
                            boolean cold = round == 0 && size == options.sizes.getFirst();
                            slice(transport, size, cold ? task.lasting(options.warmUpNanos) : task, round);
                        }
                    }
                }
                for (Transport transport : Set.copyOf(open.keySet())) {
                    close(transport);
                }
            }
            long nanos = System.nanoTime() - start;
            aeronCosts.forEach((transport, costs) -> notes.add(String.format(Locale.ROOT,
                    "%s, fork %d: while its slices ran, the driver took %s %% of a processor, the threads of all clients %s %%",
                    transport.title(), number, percent(costs[0], costs[2]), percent(costs[1], costs[2]))));
            if (driver != null) {
                notes.add(String.format(Locale.ROOT,
                        "Aeron's separate driver, fork %d: its process took %s %% of a processor in all, and was idle most of the time",
                        number, percent(Processors.time(driver.handle()), nanos)));
            }
        }

        private static String percent(long cpuNanos, long nanos) {
            return Report.number(100.0 * cpuNanos / Math.max(1, nanos));
        }

        /** Processor time of Aeron's own threads so far: the driver's, and those of its clients. */
        private long[] aeronNanos(Transport transport) throws PeerException, InterruptedException {
            long[] nanos = {transport.needsDriver() && driver != null ? Processors.time(driver.handle()) : 0, 0};
            for (Peer peer : List.of(active, passive)) {
                for (String thread : peer.ask("threads").split(";")) {
                    String[] words = thread.split("=");
                    boolean driving = words[0].contains("driver-conductor");
                    if (driving ? !transport.needsDriver() : words[0].contains("aeron-client")) {
                        nanos[driving ? 0 : 1] += Long.parseLong(words[1]) * 1000;
                    }
                }
            }
            return nanos;
        }

        /** Where it cannot be opened the reason is kept. */
        private void open(Transport transport, int size) throws PeerException, InterruptedException {
            String refusal = transport.refusal(new Task(Task.Workload.ROUND_TRIP, false, 0, 0), size);
            if (refusal != null) {
                notes.refused(transport, Report.bytes(size), refusal);
                return;
            }
            try {
                String name = transport.label() + "-" + size;
                open(transport, size, name);
                open.put(transport, name);
            } catch (PeerException e) {
                notes.refused(transport, Report.bytes(size), e.reason());
                checkAlive();
            }
        }

        private void open(Transport transport, int size, String name) throws PeerException, InterruptedException {
            String words = " " + transport.name() + " " + size + " " + name;
            Peer second = transport.isInOneJvm() ? oneJvm : passive;
            Peer first = transport.isInOneJvm() ? oneJvm : active;
            first.ask("open " + Side.ACTIVE + words);
            try {
                second.ask("open " + Side.PASSIVE + words);
                first.ask("connect " + Side.ACTIVE + " " + name);
                second.ask("connect " + Side.PASSIVE + " " + name);
            } catch (PeerException e) {
                first.ask("close " + Side.ACTIVE + " " + name);
                throw e;
            }
        }

        private void close(Transport transport) throws PeerException, InterruptedException {
            String name = open.remove(transport);
            if (name != null) {
                try {
                    (transport.isInOneJvm() ? oneJvm : passive).ask("close " + Side.PASSIVE + " " + name);
                    (transport.isInOneJvm() ? oneJvm : active).ask("close " + Side.ACTIVE + " " + name);
                } catch (PeerException e) {
                    notes.add(transport.title() + " did not close: " + e.reason());
                    checkAlive();
                }
            }
        }

        private void slice(Transport transport, int size, Task task, int round)
                throws PeerException, InterruptedException {
            if (!open.containsKey(transport)) {
                return;
            }
            String refusal = transport.refusal(task, size);
            if (refusal != null) {
                notes.refused(transport, task.label(), refusal);
                return;
            }
            if (transport.isOpenedForEachSlice()) {
                close(transport);
                open(transport, size);
                if (!open.containsKey(transport)) {
                    return;
                }
            }
            double rawNanos = raw(options.rawNanos).getValueAtPercentile(50);
            try {
                Outcome[] outcomes = costed(transport, open.get(transport), task);
                if (round > 0) {
                    Slice slice = new Slice(number, round, transport, size, task, rawNanos, outcomes[0], outcomes[1]);
                    slices.add(slice);
                    if (slice.wrong() > 0) {
                        notes.wrong(slice);
                    }
                }
            } catch (PeerException e) {
                notes.refused(transport, task.label() + " of " + Report.bytes(size), e.reason());
                checkAlive();
                close(transport);
            }
        }

        private Outcome[] costed(Transport transport, String name, Task task)
                throws PeerException, InterruptedException {
            if (transport.family() != Transport.Family.AERON) {
                return run(transport, name, task);
            }
            long[] before = aeronNanos(transport);
            long start = System.nanoTime();
            Outcome[] outcomes = run(transport, name, task);
            long nanos = System.nanoTime() - start;
            long[] after = aeronNanos(transport);
            long[] costs = aeronCosts.computeIfAbsent(transport, _ -> new long[3]);
            costs[0] += after[0] - before[0];
            costs[1] += after[1] - before[1];
            costs[2] += nanos;
            return outcomes;
        }

        private Histogram raw(long nanos) throws PeerException, InterruptedException {
            return run(Transport.RAW, REGIME, new Task(Task.Workload.ROUND_TRIP, false, nanos, 0))[0].times();
        }

        private Outcome[] run(Transport transport, String name, Task task) throws PeerException, InterruptedException {
            if (transport.isInOneJvm()) {
                String[] words = oneJvm.ask("run-both " + name + " " + task.toLine()).split(" ");
                int half = words.length / 2;
                return new Outcome[] {Outcome.parse(String.join(" ", List.of(words).subList(0, half))),
                        Outcome.parse(String.join(" ", List.of(words).subList(half, words.length)))};
            }
            passive.tell("run " + Side.PASSIVE + " " + name + " " + task.toLine());
            active.tell("run " + Side.ACTIVE + " " + name + " " + task.toLine());
            // Both answer, whatever happens: else the next answers would be to these questions.
            String first = null;
            PeerException failure = null;
            try {
                first = active.answer();
            } catch (PeerException e) {
                failure = e;
            }
            String second = passive.answer();
            if (first == null) {
                throw failure == null ? new PeerException("no answer") : failure;
            }
            return new Outcome[] {Outcome.parse(first), Outcome.parse(second)};
        }

        private void checkAlive() throws PeerException {
            if (!active.isAlive() || !passive.isAlive() || !oneJvm.isAlive()) {
                throw new PeerException("a measuring JVM is gone, see its log");
            }
        }

        @Override
        public void close() {
            passive.close();
            active.close();
            oneJvm.close();
            if (driver != null) {
                driver.close();
            }
        }
    }
}
