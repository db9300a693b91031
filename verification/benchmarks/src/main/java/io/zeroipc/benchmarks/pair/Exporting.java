package io.zeroipc.benchmarks.pair;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import io.zeroipc.benchmarks.pair.Statistics.Quartiles;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.export.Export;
import io.zeroipc.export.Language;
import io.zeroipc.segment.Segment;

/**
 * The command: a ring and a queue of {@code int64} between two pinned processes, one element at a time, each side in Java and in C++ with
 * the header that is exported from the segment. All four pairs do a slice in turn, then the next round, as in {@link Pair}; the first
 * round is for the compiler. The tables go to standard output. Needs {@code g++}.
 *
 * <p>
 * Arguments, all optional: rounds (8), milliseconds of a slice (500).
 */
public final class Exporting {

    private static final int CAPACITY = 65_536;
    /** The first slice of each is so many times as long. */
    private static final int WARM_UP = 4;
    private static final double NANOS_OF_MILLIONTH = TimeUnit.SECONDS.toNanos(1) / 1e6;

    private Exporting() {
    }

    private enum Pairing {
        JAVA_JAVA("Java to Java"),
        JAVA_CPP("Java to C++"),
        CPP_JAVA("C++ to Java"),
        CPP_CPP("C++ to C++");

        private final String title;

        Pairing(String title) {
            this.title = title;
        }

        boolean isProducedInCpp() {
            return this == CPP_JAVA || this == CPP_CPP;
        }

        boolean isConsumedInCpp() {
            return this == JAVA_CPP || this == CPP_CPP;
        }
    }

    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 8;
        int millis = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 500;
        run(rounds, millis).forEach(System.out::println);
    }

    static List<String> run(int rounds, int millis) throws Exception {
        try (ScratchDirectory scratch = new ScratchDirectory("exporting")) {
            return run(scratch.path(), rounds, millis);
        }
    }

    private static List<String> run(Path directory, int rounds, int millis) throws Exception {
        Path file = directory.resolve("exported");
        try (Segment segment = Segment.at(file).size(4L << 20).create()) {
            var _ = SharedRing.create(segment, "ring", Codecs.int64(), CAPACITY);
            var _ = SharedQueue.create(segment, "queue", Codecs.int64(), CAPACITY);
            Path program = compile(directory, Export.of(segment).source(Language.CPP));
            List<String> cpp = List.of(program.toString(), file.toString());
            try (Peer javaProducer = new Peer("Java, producer", "0", ExportedSide.class, file, log(directory, "a"));
                    Peer javaConsumer = new Peer("Java, consumer", "1", ExportedSide.class, file, log(directory, "b"));
                    Peer cppProducer = new Peer("C++, producer", "0", cpp, log(directory, "c"));
                    Peer cppConsumer = new Peer("C++, consumer", "1", cpp, log(directory, "d"))) {
                List<String> lines = new ArrayList<>();
                lines.add(
                        Header.processorName() + ", " + Header.system() + "; " + Processors.placement(List.of("0", "1"))
                                + "; " + rounds + " slices of " + millis + " ms in turn");
                for (String structure : List.of("ring", "queue")) {
                    Map<Pairing, List<Double>> rates = new EnumMap<>(Pairing.class);
                    for (int round = 0; round <= rounds; round++) {
                        for (Pairing pairing : Pairing.values()) {
                            Peer producer = pairing.isProducedInCpp() ? cppProducer : javaProducer;
                            Peer consumer = pairing.isConsumedInCpp() ? cppConsumer : javaConsumer;
                            double rate = slice(producer, consumer, structure, round == 0 ? WARM_UP * millis : millis);
                            if (round > 0) {
                                rates.computeIfAbsent(pairing, _ -> new ArrayList<>()).add(rate);
                            }
                        }
                    }
                    lines.addAll(table(structure, rates));
                }
                return lines;
            }
        }
    }

    private static Path log(Path directory, String name) {
        return directory.resolve(name + ".log");
    }

    /** Elements that came through, in millions a second. */
    private static double slice(Peer producer, Peer consumer, String structure, int millis)
            throws Peer.PeerException, InterruptedException {
        consumer.tell("consume " + structure);
        producer.tell("produce " + structure + " " + millis);
        String[] sent = producer.answer().split(" ");
        String[] received = consumer.answer().split(" ");
        if (!sent[0].equals(received[0])) {
            throw new IllegalStateException(
                    "elements were lost: structure=" + structure + ", sent=" + sent[0] + ", received="
                            + received[0]);
        }
        return Long.parseLong(received[0]) * NANOS_OF_MILLIONTH / Long.parseLong(received[1]);
    }

    private static List<String> table(String structure, Map<Pairing, List<Double>> rates) {
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add("| " + structure + ", `int64` one by one | million a second | ratio |");
        lines.add("|---|---|---|");
        List<Double> base = rates.getOrDefault(Pairing.JAVA_JAVA, List.of());
        rates.forEach((pairing, all) -> {
            double[] ratios = new double[all.size()];
            for (int i = 0; i < ratios.length; i++) {
                ratios[i] = all.get(i) / base.get(i);
            }
            lines.add(
                    "| " + pairing.title + " | " + shown(Quartiles.of(all.stream().mapToDouble(each -> each).toArray()))
                            + " | " + shown(Quartiles.of(ratios)) + " |");
        });
        return lines;
    }

    private static String shown(Quartiles of) {
        return Report.number(of.median()) + " [" + Report.number(of.first()) + ", " + Report.number(of.third()) + "]";
    }

    private static Path compile(Path directory, String header) throws IOException, InterruptedException {
        Files.writeString(directory.resolve("exported.hpp"), header);
        Path source = directory.resolve("exported.cpp");
        try (InputStream in = Objects.requireNonNull(Exporting.class.getResourceAsStream("exported.cpp"))) {
            Files.copy(in, source);
        }
        Path program = directory.resolve("program");
        Path messages = directory.resolve("compiler.log");
        int status = new ProcessBuilder("g++", "-O3", "-std=c++17", "-pthread", "-o", program.toString(),
                source.toString())
                .redirectErrorStream(true)
                .redirectOutput(messages.toFile())
                .start()
                .waitFor();
        if (status != 0) {
            throw new IllegalStateException("exported header does not compile: status=" + status + "\n"
                    + Files.readString(messages, StandardCharsets.UTF_8));
        }
        return program;
    }
}
