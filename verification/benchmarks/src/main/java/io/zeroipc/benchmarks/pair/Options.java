package io.zeroipc.benchmarks.pair;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

import io.zeroipc.benchmarks.pair.Task.Workload;
import io.zeroipc.segment.Segment;

/** What the command was given. */
final class Options {

    static final String USAGE = """
            java -cp benchmarks.jar io.zeroipc.benchmarks.pair.Pair [options]
              --short              everything once, in less than five minutes: whether it runs, no figures
              --out DIR            where the tables, records and charts go (default: pair-results)
              --forks N            pairs of JVMs, one after the other (3)
              --rounds N           slices of each kind in each fork (8)
              --slice MILLIS       length of a slice (300)
              --warm-up MILLIS     length of the slices of the first size that warm a fork up, not counted (2000)
              --sizes A,B          bytes of a message, each a multiple of 8 (8,64,256,1024,65536,1048576)
              --detail-sizes A,B   those for bursts and open loops, among the sizes (64)
              --transports A,B     the names are in transports.csv (all)
              --workloads A,B      throughput,throughput-2p2c,round-trip,burst,open-loop (all)
              --modes A,B          hand-over,fill (both)
              --bursts A,B         messages of a burst (1,10,100)
              --rates A,B          messages a second of an open loop (10000,100000,1000000)
              --base NAME          what ratios are of (agrona-one-to-one)
              --cpus A,B           processors of the two processes (0,1)
              --waiting yes|no|only   the table of what waiting costs (yes)
              --idle-seconds N     how long the processor time of those who wait is taken (60)
              --waiters A,B        how many of them (1,50,1000)
              --wake-seconds N     how long wake-ups are timed at each rate (30)
              --directory DIR      where shared files lie (where segments do)
            """;

    private static final long MILLI = 1_000_000;

    final String command;
    boolean quick;
    Path out = Path.of("pair-results");
    Path directory = Segment.defaultDirectory();
    int forks = 3;
    int rounds = 8;
    long sliceNanos = 300 * MILLI;
    long rawNanos = 20 * MILLI;
    long warmUpNanos = 2_000 * MILLI;
    List<Integer> sizes = List.of(8, 64, 256, 1024, 65536, 1048576);
    List<Integer> detailSizes = List.of(64);
    Set<Transport> transports = EnumSet.allOf(Transport.class);
    Set<Workload> workloads = EnumSet.allOf(Workload.class);
    List<Boolean> fillings = List.of(false, true);
    List<Integer> bursts = List.of(1, 10, 100);
    List<Integer> rates = List.of(10_000, 100_000, 1_000_000);
    Transport base = Transport.AGRONA_ONE_TO_ONE;
    List<String> cpus = List.of("0", "1");
    boolean matrix = true;
    boolean waiting = true;
    int idleSeconds = 60;
    int wakeSeconds = 30;
    List<Integer> waiters = List.of(1, 50, 1000);

    /** @throws IllegalArgumentException with what is wrong */
    Options(String... arguments) {
        command = String.join(" ", arguments);
        for (int i = 0; i < arguments.length; i++) {
            String name = arguments[i];
            if (name.equals("--short")) {
                shorten();
            } else if (i + 1 < arguments.length) {
                set(name, arguments[++i]);
            } else {
                throw new IllegalArgumentException("option is unknown or has no value: " + name);
            }
        }
        for (int size : sizes) {
            if (size < Long.BYTES || size % Long.BYTES != 0 || size > 1 << 20) {
                throw new IllegalArgumentException(
                        "size is out of range: size=" + size + " (expected: a multiple of 8, up to 1048576)");
            }
        }
        if (cpus.size() != 2) {
            throw new IllegalArgumentException("processors: cpus=" + cpus + " (expected: two, as in 0,1)");
        }
    }

    private void shorten() {
        quick = true;
        forks = 1;
        rounds = 1;
        sliceNanos = 80 * MILLI;
        rawNanos = 4 * MILLI;
        warmUpNanos = sliceNanos;
        idleSeconds = 2;
        wakeSeconds = 1;
    }

    private void set(String name, String value) {
        switch (name) {
            case "--out" -> out = Path.of(value);
            case "--directory" -> directory = Path.of(value);
            case "--forks" -> forks = positive(name, value);
            case "--rounds" -> rounds = positive(name, value);
            case "--slice" -> sliceNanos = positive(name, value) * MILLI;
            case "--warm-up" -> warmUpNanos = positive(name, value) * MILLI;
            case "--sizes" -> sizes = list(value, text -> positive(name, text));
            case "--detail-sizes" -> detailSizes = list(value, text -> positive(name, text));
            case "--transports" -> transports = EnumSet.copyOf(list(value, Transport::ofLabel));
            case "--workloads" -> workloads = EnumSet.copyOf(list(value, Workload::ofLabel));
            case "--modes" -> fillings = list(value, Options::filling);
            case "--bursts" -> bursts = list(value, text -> positive(name, text));
            case "--rates" -> rates = list(value, text -> positive(name, text));
            case "--base" -> base = Transport.ofLabel(value);
            case "--cpus" -> cpus = list(value, Function.identity());
            case "--waiting" -> {
                waiting = !value.equals("no");
                matrix = !value.equals("only");
            }
            case "--idle-seconds" -> idleSeconds = positive(name, value);
            case "--wake-seconds" -> wakeSeconds = positive(name, value);
            case "--waiters" -> waiters = list(value, text -> positive(name, text));
            default -> throw new IllegalArgumentException("option is unknown: " + name);
        }
    }

    /** Everything a connection of this size does, in the order of a round. */
    List<Task> tasks(int size) {
        List<Task> tasks = new ArrayList<>();
        for (boolean filled : fillings) {
            for (Workload workload : workloads) {
                List<Integer> amounts = switch (workload) {
                    case BURST -> detailSizes.contains(size) ? bursts : List.of();
                    case OPEN_LOOP -> detailSizes.contains(size) ? rates : List.of();
                    case THROUGHPUT, THROUGHPUT_2P2C, ROUND_TRIP -> List.of(0);
                };
                amounts.forEach(amount -> tasks.add(new Task(workload, filled, sliceNanos, amount)));
            }
        }
        return tasks;
    }

    private static boolean filling(String mode) {
        return switch (mode) {
            case "fill" -> true;
            case "hand-over" -> false;
            default -> throw new IllegalArgumentException(
                    "mode is unknown: name=" + mode + " (expected: hand-over or fill)");
        };
    }

    private static int positive(String name, String value) {
        int number = Integer.parseInt(value.trim());
        if (number <= 0) {
            throw new IllegalArgumentException(name + " must be positive: " + value);
        }
        return number;
    }

    private static <T> List<T> list(String value, Function<String, T> parser) {
        return Arrays.stream(value.split(",")).map(String::trim).map(parser).toList();
    }
}
