package io.zeroipc.benchmarks.pair;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import org.HdrHistogram.Histogram;

import io.zeroipc.benchmarks.pair.Exchange.Part;
import io.zeroipc.benchmarks.pair.Statistics.Quartiles;

/**
 * The command: messages of 64 bytes to methods that a framework calls, ours beside what Spring applications use today, in one JVM. All
 * ways do a slice in turn, then the next round, as in {@link Pair}; the first round is for the compiler. The tables go to standard output.
 *
 * <p>
 * Arguments, all optional: rounds (8), milliseconds of a slice (500), names of ways (all).
 */
public final class Listening {

    private static final long MILLI = 1_000_000;
    /** The first slice of each is so many times as long. */
    private static final int WARM_UP = 3;
    private static final double MICRO = 1e3;
    private static final double MILLION = 1e6;

    private Listening() {
    }

    /** What is measured. */
    enum Way {
        RAW("`SharedQueue`, two threads that spin", desk -> new OwnExchange(OwnExchange.How.RAW, desk)),
        SPIN("`@ChannelListener`, `spin`", desk -> new OwnExchange(OwnExchange.How.SPIN, desk)),
        BLOCK("`@ChannelListener`, `block`", desk -> new OwnExchange(OwnExchange.How.BLOCK, desk)),
        BATCH("`@ChannelListener`, `block`, batches", desk -> new OwnExchange(OwnExchange.How.BATCH, desk)),
        RING("`@ChannelListener`, `block`, ring", desk -> new OwnExchange(OwnExchange.How.RING, desk)),
        RING_BATCH("`@ChannelListener`, `block`, ring, batches",
                desk -> new OwnExchange(OwnExchange.How.RING_BATCH, desk)),
        INTEGRATION("Spring Integration `QueueChannel`, poller, heap", QueueChannelExchange::new),
        STREAM("Spring Cloud Stream, binder `zeroipc`", desk -> new StreamExchange(StreamExchange.Below.ZEROIPC, desk)),
        STREAM_NATIVE("Spring Cloud Stream, binder `zeroipc`, native encoding",
                desk -> new StreamExchange(StreamExchange.Below.ZEROIPC_NATIVE, desk)),
        KAFKA("`@KafkaListener`, broker in the same JVM", KafkaExchange::new),
        STREAM_KAFKA("Spring Cloud Stream, binder `kafka`, broker in the same JVM",
                desk -> new StreamExchange(StreamExchange.Below.KAFKA, desk)),
        HTTP("HTTP/1.1 on loopback, JDK", HttpExchange::new);

        private final String title;
        @SuppressWarnings("ImmutableEnumChecker") // it has no state
        private final Opener opener;

        Way(String title, Opener opener) {
            this.title = title;
            this.opener = opener;
        }

        @FunctionalInterface
        private interface Opener {

            Exchange open(Desk desk) throws Exception;
        }
    }

    /** One way that is open, with a value for each round. */
    private static final class Measured {

        private final Way way;
        private final Desk desk = new Desk();
        private final Exchange exchange;
        private final List<Double> perSecond = new ArrayList<>();
        private final List<Double> medians = new ArrayList<>();
        private final Histogram times = Outcome.histogram();

        Measured(Way way) throws Exception {
            this.way = way;
            exchange = way.opener.open(desk);
        }

        void slices(long nanos, boolean counted) throws Exception {
            exchange.begin(Part.COUNT);
            double received = desk.throughput(exchange, nanos);
            exchange.end(Part.COUNT);
            exchange.begin(Part.ANSWER);
            Histogram answered = desk.roundTrips(exchange, nanos);
            exchange.end(Part.ANSWER);
            if (counted) {
                perSecond.add(received);
                medians.add((double) answered.getValueAtPercentile(50));
                times.add(answered);
            }
        }
    }

    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 8;
        long nanos = (arguments.length > 1 ? Long.parseLong(arguments[1]) : 500) * MILLI;
        List<Way> ways = arguments.length > 2
                ? Arrays.stream(arguments[2].split(","))
                        .map(name -> Way.valueOf(name.toUpperCase(Locale.ROOT)))
                        .toList()
                : List.of(Way.values());
        PrintStream out = System.out;
        // Kafka's broker says there what it does.
        System.setOut(System.err);
        run(rounds, nanos, ways).forEach(out::println);
        // Kafka's threads may stay.
        System.exit(0);
    }

    /** Measures; the lines of the table. */
    static List<String> run(int rounds, long nanos, List<Way> ways) throws Exception {
        List<Measured> all = new ArrayList<>();
        try {
            for (Way way : ways) {
                all.add(new Measured(way));
            }
            for (int round = 0; round <= rounds; round++) {
                for (Measured each : all) {
                    System.err.println("round " + round + " of " + rounds + ", " + each.way);
                    each.slices(round == 0 ? WARM_UP * nanos : nanos, round > 0);
                }
            }
        } finally {
            all.forEach(each -> each.exchange.close());
        }
        return table(all, rounds, nanos);
    }

    private static List<String> table(List<Measured> all, int rounds, long nanos) {
        Measured base = all.getFirst();
        List<String> lines = new ArrayList<>();
        lines.add(Runtime.getRuntime().availableProcessors() + " processors, " + Header.processorName() + ", "
                + Header.system() + "; " + rounds + " slices of " + nanos / MILLI
                + " ms in turn; medians [quartiles] of the slices, p99 of all samples; ratios slice by slice to the first row");
        lines.add("");
        lines.add("| | messages a second, million | ratio | round trip, us | ratio | p99, us |");
        lines.add("|---|---|---|---|---|---|");
        for (Measured each : all) {
            lines.add("| " + String.join(" | ", each.way.title, quartiles(each.perSecond, 1 / MILLION),
                    Report.number(ratio(each.perSecond, base.perSecond)), quartiles(each.medians, 1 / MICRO),
                    Report.number(ratio(each.medians, base.medians)),
                    Report.number(each.times.getValueAtPercentile(99) / MICRO)) + " |");
        }
        return lines;
    }

    private static double ratio(List<Double> mine, List<Double> base) {
        double[] ratios = new double[mine.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = mine.get(i) / base.get(i);
        }
        return Quartiles.of(ratios).median();
    }

    private static String quartiles(List<Double> values, double factor) {
        Quartiles of = Quartiles.of(values.stream().mapToDouble(value -> value * factor).toArray());
        return Report.number(of.median()) + " [" + Report.number(of.first()) + ", " + Report.number(of.third()) + "]";
    }
}
