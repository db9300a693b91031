package io.zeroipc.fuzz;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.Segment;

/**
 * Runs many cases in some processes, takes down what they find, and starts a process again behind a case that it hung in or
 * died of. For one campaign; its own threads take turns.
 */
final class Campaign implements AutoCloseable {

    /** How the JVM itself says that it has died. */
    private static final String ERROR_FILE = "hs_err.log";
    private static final String ERROR_OUTPUT = "stderr";
    private static final int ERROR_LINES = 14;
    private static final int GROUP_MAX = 20;
    /** Cases at a time in one process: so many that the processors are busy while some wait. */
    private static final int THREADS = 4;
    /**
     * Cases of one process. A claim whose slot another program has overwritten cannot be ended, and keeps its mapping; a process
     * has only so many.
     */
    private static final long CASES_MAX = 20_000;
    /** From here on an exit status is the signal that ended the process. */
    private static final int SIGNALS = 128;

    private final Path directory;
    private final Consumer<String> out;
    private final Map<String, List<Finding>> findings = new TreeMap<>();
    private final Map<String, Integer> counts = new TreeMap<>();
    private final Map<String, Long> taken = new TreeMap<>();

    /** @param out gets the first finding of each group at once */
    Campaign(Consumer<String> out) throws IOException {
        this.directory = Files.createTempDirectory(Segment.defaultDirectory(), "zeroipc-fuzz-");
        this.out = out;
    }

    /**
     * Runs the cases of these seeds, one after the other in two processes or more.
     *
     * @param kind with images of this kind only; null for all
     */
    Outcome cases(long first, long count, @Nullable String kind) throws Exception {
        // An even number, so that each process has either the even seeds or the odd ones: see nativeAccess().
        int processes = Math.max(2, Runtime.getRuntime().availableProcessors() / 2 * 2);
        try (ExecutorService executor = Executors.newFixedThreadPool(processes)) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < processes; i++) {
                long begin = first + i;
                all.add(executor.submit(() -> {
                    work(begin, processes, first + count, kind);
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        }
        return new Outcome(findings, counts, taken);
    }

    /** Runs the cases of all {@link KeptSeed kept seeds}. */
    Outcome kept() throws IOException, InterruptedException {
        for (int remainder = 0; remainder < 2; remainder++) {
            Path own = Files.createDirectory(directory.resolve("kept-" + remainder));
            Process process = start(own, remainder, Worker.keeping(own, remainder));
            judge(own, follow(process, this::take), Progress.left(own, new long[] {remainder}));
        }
        return new Outcome(findings, counts, taken);
    }

    /** Runs the case of this seed, and tells all of it. */
    Outcome replay(long seed) throws IOException, InterruptedException {
        Path own = Files.createDirectory(directory.resolve("replay"));
        Process process = start(own, seed, Worker.telling(own, seed));
        int status = follow(process, this::take);
        judge(own, status, new long[] {seed});
        return new Outcome(findings, counts, taken);
    }

    /** Reads for so long what another process overwrites, first with native access and then without. */
    Outcome scribble(long first, long seconds) throws IOException, InterruptedException {
        for (int part = 0; part < 2; part++) {
            long end = System.nanoTime() + seconds * 1_000_000_000L / 2;
            for (int number = 0; System.nanoTime() - end < 0; number++) {
                long seed = first + part;
                Path own = Files.createDirectory(directory.resolve("scribble-" + part + "-" + number));
                Files.createDirectory(own.resolve(Scribbler.SCRIBBLE));
                Process scribbler = start(own, seed, Scribbler.scribbling(own));
                try {
                    long left = Math.max(1, (end - System.nanoTime()) / 1_000_000_000L);
                    Process reader = start(own, seed, Scribbler.reading(own, seed + 1000L * number, left));
                    int status = follow(reader, this::take);
                    if (!scribbler.isAlive()) {
                        throw new IllegalStateException(
                                "scribbler ended by itself: status=" + scribbler.exitValue() + "\n"
                                        + Files.readString(own.resolve(ERROR_OUTPUT)));
                    }
                    judge(own, status, Progress.left(own, new long[] {seed}));
                } finally {
                    scribbler.destroyForcibly().waitFor();
                }
                remove(own);
            }
        }
        return new Outcome(findings, counts, taken);
    }

    /** All cases of one process, in as many processes as it takes. */
    private void work(long begin, int processes, long end, @Nullable String kind)
            throws IOException, InterruptedException {
        int stride = processes * THREADS;
        long[] seeds = new long[THREADS];
        Arrays.setAll(seeds, i -> begin + (long) i * processes);
        for (int number = 0; Arrays.stream(seeds).anyMatch(seed -> seed < end); number++) {
            Path own = Files.createDirectory(directory.resolve("worker-" + begin + "-" + number));
            long until = Math.min(end, Arrays.stream(seeds).max().orElseThrow() + CASES_MAX * processes);
            Process process = start(own, begin, Worker.working(own, seeds, stride, until, kind));
            AtomicLong hung = new AtomicLong(Long.MIN_VALUE);
            int status = follow(process, line -> {
                Finding finding = take(line);
                if (finding != null && finding.what().equals(Finding.HANG)) {
                    hung.set(finding.seed());
                }
                return finding;
            });
            long[] reached = Progress.left(own, seeds);
            judge(own, status, reached);
            if (status == Crew.HUNG) {
                // The others were in the middle of theirs, and begin them again.
                Arrays.setAll(seeds, i -> reached[i] == hung.get() ? reached[i] + stride : reached[i]);
            } else if (status != 0) {
                Arrays.setAll(seeds, i -> reached[i] + stride);
            } else {
                Arrays.setAll(seeds, i -> Math.ceilDiv(until - seeds[i], stride) * stride + seeds[i]);
            }
            remove(own);
        }
    }

    /** Even cases run with native access, odd ones without, the first time and whenever they are run again. */
    private static List<String> nativeAccess(long seed) {
        return seed % 2 == 0 ? List.of("--enable-native-access=ALL-UNNAMED") : List.of();
    }

    private static Process start(Path own, long seed, String[] command) throws IOException {
        Stream<String> java = Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-ea",
                "-Xmx256m", "-XX:+UseSerialGC", "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=" + own.resolve(ERROR_FILE));
        // A process of cases ends before what the second compiler does has paid for itself: it takes half of the time. Whoever
        // reads what is overwritten meanwhile has it, and the races that it makes.
        Stream<String> compiler = command[0].equals(Scribbler.READ)
                ? Stream.empty()
                : Stream.of("-XX:TieredStopAtLevel=1");
        Stream<String> main = Stream.of("-cp", System.getProperty("java.class.path"), Main.class.getName());
        List<String> all = Stream.of(java, compiler, nativeAccess(seed).stream(), main, Stream.of(command))
                .flatMap(each -> each)
                .toList();
        return new ProcessBuilder(all).redirectError(own.resolve(ERROR_OUTPUT).toFile()).start();
    }

    private interface Reading {

        @Nullable
        Finding line(String line);
    }

    /** Reads the output of a process until it ends; its exit status. */
    private static int follow(Process process, Reading reading) throws IOException, InterruptedException {
        try (BufferedReader output = process.inputReader()) {
            output.lines().forEach(reading::line);
            return process.waitFor();
        } finally {
            process.destroyForcibly();
        }
    }

    private void judge(Path own, int status, long[] seeds) throws IOException {
        if (status >= SIGNALS || Files.exists(own.resolve(ERROR_FILE))) {
            add(new Finding(seeds[0], "", "", Finding.DEATH,
                    "status=" + status + ", one of the seeds " + Arrays.toString(seeds), errorLines(own)));
        } else if (status != 0 && status != Crew.HUNG) {
            throw new IllegalStateException(
                    "process failed: status=" + status + ", seeds=" + Arrays.toString(seeds) + "\n"
                            + Files.readString(own.resolve(ERROR_OUTPUT)));
        }
    }

    /** The finding that a line of the output tells; null when it is another line. */
    private synchronized @Nullable Finding take(String line) {
        if (line.startsWith(Crew.TAKEN)) {
            int end = line.lastIndexOf('\t');
            taken.merge(line.substring(Crew.TAKEN.length(), end), Long.valueOf(line.substring(end + 1)), Long::sum);
            return null;
        }
        if (!line.startsWith(Crew.FINDING)) {
            // What the JVM says of itself.
            out.accept(line);
            return null;
        }
        Finding finding = Finding.parse(line.substring(Crew.FINDING.length()));
        add(finding);
        return finding;
    }

    private synchronized void add(Finding finding) {
        String group = finding.group();
        List<Finding> known = findings.computeIfAbsent(group, _ -> new ArrayList<>());
        if (known.isEmpty()) {
            out.accept(finding.toString());
        }
        counts.merge(group, 1, Integer::sum);
        if (known.size() < GROUP_MAX) {
            known.add(finding);
        }
    }

    private static List<String> errorLines(Path own) throws IOException {
        Path file = own.resolve(ERROR_FILE);
        if (!Files.exists(file)) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.length() > 2).limit(ERROR_LINES).toList();
        }
    }

    @Override
    public void close() throws IOException {
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
