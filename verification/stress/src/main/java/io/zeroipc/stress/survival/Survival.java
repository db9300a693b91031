package io.zeroipc.stress.survival;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.zeroipc.segment.Segment;

/**
 * Kills processes at one structure after the other: without options 1,000 of them, at all structures. The exit status is 1 when a
 * promise was broken.
 */
public final class Survival implements AutoCloseable {

    private static final String USAGE = """
            options:
              --kills N          how many processes, 1000 unless given
              --seconds-limit T  none is killed any more after so many seconds, 3600 unless given
              --seed S           of the moments and the victims; one of this moment unless given
              --structure A,B    which ones, "all" unless given: %s
              --limit-ms M       survivors go on within that time, and ten times as much is a wedge; 1000 unless given
              --round N          kills in one segment at most, 100 unless given
              --native B         whether workers have native access, true unless given"""
            .formatted(String.join(", ", Structures.names()));

    /** Idle workers. */
    private static final int IDLE = 3;
    private static final String[] COLUMNS = {"structure", "kills", "operations", "p50 ms", "p99 ms", "p99.9 ms",
            "max ms", "calm p50", "calm p99", "wedges", "broken promises"};

    private final Path directory;
    private final Nursery nursery;
    private final Consumer<String> out;
    private final long limitMillis;
    private final Map<String, Tally> tallies = new LinkedHashMap<>();
    private final Findings findings = new Findings();
    private int rounds;

    /** What came of one structure. */
    private static final class Tally {

        private final Findings findings = new Findings();
        private final List<Long> recoveries = new ArrayList<>();
        private final List<Long> calm = new ArrayList<>();
        private int kills;
        private long operations;
        private int wedges;

        private void add(Round.Result result) {
            kills += result.kills();
            operations += result.operations();
            wedges += result.wedges();
            recoveries.addAll(result.recoveries());
            calm.addAll(result.calm());
        }
    }

    /** @param out gets what is found at once */
    Survival(boolean nativeAccess, long limitMillis, Consumer<String> out) throws IOException {
        this.directory = Files.createTempDirectory(Segment.defaultDirectory(), "zeroipc-survival-");
        this.nursery = new Nursery(directory, IDLE, nativeAccess);
        this.limitMillis = limitMillis;
        this.out = out;
    }

    public static void main(String[] options) throws Exception {
        Map<String, String> given = new LinkedHashMap<>(Map.of("--kills", "1000", "--seconds-limit", "3600", "--seed",
                "" + System.nanoTime() % 1_000_000_007, "--structure", "all", "--limit-ms", "1000", "--round", "100",
                "--native", "true"));
        for (int i = 0; i < options.length; i += 2) {
            if (i + 1 == options.length || given.replace(options[i], options[i + 1]) == null) {
                System.out.println(USAGE);
                System.exit(2);
            }
        }
        PrintStream out = System.out;
        long seed = Long.parseLong(given.getOrDefault("--seed", ""));
        out.println("seed: " + seed);
        String structures = given.getOrDefault("--structure", "all");
        List<String> names = structures.equals("all")
                ? List.copyOf(Structures.names())
                : List.of(structures.split(","));
        boolean clean;
        try (Survival survival = new Survival(Boolean.parseBoolean(given.getOrDefault("--native", "")),
                Long.parseLong(given.getOrDefault("--limit-ms", "")), out::println)) {
            long began = System.nanoTime();
            clean = survival
                    .run(names, Integer.parseInt(given.getOrDefault("--kills", "")),
                            Integer.parseInt(given.getOrDefault("--round", "")),
                            Long.parseLong(given.getOrDefault("--seconds-limit", "")), seed)
                    .isEmpty();
            out.println(survival.table());
            out.println("seconds: " + (System.nanoTime() - began) / 1_000_000_000 + ", seed: " + seed);
        }
        System.exit(clean ? 0 : 1);
    }

    /** Kills so many, in turns at each of these structures; what was broken. */
    Findings run(List<String> structures, int kills, int perRound, long secondsLimit, long seed)
            throws IOException, InterruptedException {
        SplittableRandom random = new SplittableRandom(seed);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(secondsLimit);
        structures.forEach(name -> tallies.put(name, new Tally()));
        int share = Math.max(1, Math.ceilDiv(kills, structures.size()));
        boolean open = true;
        while (open && System.nanoTime() - deadline < 0) {
            open = false;
            for (String name : structures) {
                Tally tally = tallies.get(name);
                if (tally != null && tally.kills < share && System.nanoTime() - deadline < 0) {
                    round(name, tally, Math.min(perRound, share - tally.kills), random.nextLong(), deadline);
                    open |= tally.kills < share;
                }
            }
        }
        return findings;
    }

    private void round(String name, Tally tally, int kills, long seed, long deadline)
            throws IOException, InterruptedException {
        Path own = Files.createDirectory(directory.resolve("round-" + rounds++));
        try {
            Findings found = new Findings();
            tally.add(new Round(name, own, nursery, seed, limitMillis, found).run(kills, deadline));
            if (!found.isEmpty()) {
                out.accept(name + ", round " + rounds + ", " + found);
            }
            tally.findings.addAll(found);
            findings.addAll(found);
        } finally {
            remove(own);
        }
    }

    /** What was done, and how long it took to go on: the longest time in which survivors did nothing, after each kill. */
    String table() {
        StringBuilder text = new StringBuilder();
        row(text, COLUMNS);
        Tally all = new Tally();
        tallies.forEach((name, tally) -> {
            row(text, name, tally);
            all.kills += tally.kills;
            all.operations += tally.operations;
            all.wedges += tally.wedges;
            all.recoveries.addAll(tally.recoveries);
            all.calm.addAll(tally.calm);
            all.findings.addAll(tally.findings);
        });
        row(text, "all", all);
        return text.toString();
    }

    private static void row(StringBuilder text, String name, Tally tally) {
        long[] sorted = sorted(tally.recoveries);
        long[] calm = sorted(tally.calm);
        String broken = String.join(", ", tally.findings.found()
                .keySet()
                .stream()
                .map(promise -> promise + "=" + tally.findings.count(promise))
                .toList());
        row(text, name, "" + tally.kills, "" + tally.operations, millis(sorted, 0.5), millis(sorted, 0.99),
                millis(sorted, 0.999), millis(sorted, 1), millis(calm, 0.5), millis(calm, 0.99), "" + tally.wedges,
                broken.isEmpty() ? "none" : broken);
    }

    private static void row(StringBuilder text, String... cells) {
        for (int i = 0; i < cells.length; i++) {
            text.append(String.format(i == 0 || i == cells.length - 1 ? "%-12s " : "%10s  ", cells[i]));
        }
        text.append('\n');
    }

    private static long[] sorted(List<Long> times) {
        return times.stream().mapToLong(Long::longValue).sorted().toArray();
    }

    private static String millis(long[] sorted, double share) {
        if (sorted.length == 0) {
            return "-";
        }
        int index = (int) Math.min(sorted.length - 1L, Math.max(0, (long) Math.ceil(share * sorted.length) - 1));
        return String.format("%.2f", sorted[index] / 1e6);
    }

    @Override
    public void close() throws IOException {
        nursery.close();
        remove(directory);
    }

    private static void remove(Path directory) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                if (Files.isDirectory(file)) {
                    remove(file);
                } else {
                    Files.delete(file);
                }
            }
        }
        Files.delete(directory);
    }
}
