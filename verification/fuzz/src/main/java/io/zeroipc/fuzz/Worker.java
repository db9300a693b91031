package io.zeroipc.fuzz;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * A process that runs cases. It may hang or die, and whoever started it goes on with the next cases.
 */
final class Worker {

    static final String WORK = "work";
    static final String KEEP = "keep";
    static final String TELL = "tell";

    private Worker() {
    }

    /**
     * Options of a process that runs many.
     *
     * @param directory for its files
     * @param seeds where each of its threads begins; each goes on with every {@code stride}th seed before {@code end}
     * @param kind with images of this kind only; null for all
     */
    static String[] working(Path directory, long[] seeds, int stride, long end, @Nullable String kind) {
        return new String[] {WORK, directory.toString(),
                String.join(",", Arrays.stream(seeds).mapToObj(Long::toString).toList()), "" + stride, "" + end,
                kind == null ? "" : kind};
    }

    /** Options of a process that runs the {@link KeptSeed kept seeds}, the even ones or the odd ones. */
    static String[] keeping(Path directory, int remainder) {
        return new String[] {KEEP, directory.toString(), "" + remainder};
    }

    /** Options of a process that runs one case, and tells each step. */
    static String[] telling(Path directory, long seed) {
        return new String[] {TELL, directory.toString(), "" + seed};
    }

    static void work(String[] options, PrintStream out) throws Exception {
        Path directory = Path.of(options[1]);
        long[] seeds = Arrays.stream(options[2].split(",")).mapToLong(Long::parseLong).toArray();
        int stride = Integer.parseInt(options[3]);
        long end = Long.parseLong(options[4]);
        String kind = options[5].isEmpty() ? null : options[5];
        Corpus corpus = new Corpus(directory);
        Progress progress = Progress.in(directory, seeds.length);
        for (int i = 0; i < seeds.length; i++) {
            progress.set(i, seeds[i]);
        }
        Crew.work(seeds.length, out, (index, steps) -> {
            try (Bench bench = new Bench(directory.resolve("segment-" + index), Corpus.SIZE_MAX)) {
                FuzzCase cases = new FuzzCase(corpus, bench, steps);
                for (long seed = seeds[index]; seed < end; seed += stride) {
                    progress.set(index, seed);
                    cases.runOf(seed, kind);
                }
                progress.set(index, end);
            }
        });
    }

    static void keep(String[] options, PrintStream out) throws Exception {
        Path directory = Path.of(options[1]);
        int remainder = Integer.parseInt(options[2]);
        Progress progress = Progress.in(directory, 1);
        Crew.work(1, out, (_, steps) -> {
            steps.beUnwearied();
            Corpus corpus = new Corpus(directory);
            try (Bench bench = new Bench(directory.resolve("segment-0"), Corpus.SIZE_MAX)) {
                FuzzCase cases = new FuzzCase(corpus, bench, steps);
                for (KeptSeed each : KeptSeed.all()) {
                    if (Math.floorMod(each.seed(), 2) == remainder) {
                        progress.set(0, each.seed());
                        cases.run(each.seed(), corpus.image(each.image()));
                    }
                }
            }
        });
    }

    static void tell(String[] options, PrintStream out) throws Exception {
        Path directory = Path.of(options[1]);
        Crew.work(1, out, (_, steps) -> {
            steps.tell(out::println);
            steps.beUnwearied();
            try (Bench bench = new Bench(directory.resolve("segment-0"), Corpus.SIZE_MAX)) {
                new FuzzCase(new Corpus(directory), bench, steps).runOf(Long.parseLong(options[2]), null);
            }
        });
    }
}
