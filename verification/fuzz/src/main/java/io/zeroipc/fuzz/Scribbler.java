package io.zeroipc.fuzz;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/**
 * Two processes: one writes wrong bytes into some files all the time, and the right ones again now and then; the other does to
 * them what there is to do. What is found depends on the moment: the seed says only which segment it was.
 */
final class Scribbler {

    static final String READ = "read";
    static final String SCRIBBLE = "scribble";

    /** Files, each with one thread that reads it and one that overwrites it: some wait while others are at work. */
    private static final int FILES = 6;
    private static final int ROUNDS_PER_IMAGE = 10;
    private static final int CHANGES_BEFORE_REPAIR = 30;
    private static final long PAUSE_NANOS = 5_000;

    private Scribbler() {
    }

    static String[] reading(Path directory, long first, long seconds) {
        return new String[] {READ, directory.toString(), "" + first, "" + seconds};
    }

    static String[] scribbling(Path directory) {
        return new String[] {SCRIBBLE, directory.toString()};
    }

    /** Reads for some seconds; ends then. */
    static void read(Path directory, long first, long seconds, PrintStream out) throws Exception {
        Corpus corpus = new Corpus(directory);
        Progress progress = Progress.in(directory, FILES);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        Crew.work(FILES, out, (index, steps) -> {
            try (Bench bench = new Bench(file(directory, index), Corpus.SIZE_MAX)) {
                FuzzCase cases = new FuzzCase(corpus, bench, steps);
                for (long seed = first + index; System.nanoTime() - end < 0; seed += FILES) {
                    Image image = corpus.choose(new SplittableRandom(seed));
                    bench.overwrite(image);
                    progress.set(index, seed);
                    steps.begin(seed, image, bench.label());
                    RandomGenerator random = new SplittableRandom(seed);
                    // It takes part itself, too: in the middle of operations, where the other one comes by chance.
                    Mischief mischief = new Mischief(new Mutator(image), bench::memory, seed, true);
                    for (int i = 0; i < ROUNDS_PER_IMAGE && steps.isPatient(); i++) {
                        cases.use(image, random, mischief, () -> {
                            // The other process does enough.
                        });
                    }
                }
            }
        });
    }

    /** Overwrites until the process is ended. */
    static void scribble(Path directory) throws IOException {
        Corpus corpus = new Corpus(directory.resolve(SCRIBBLE));
        Progress progress = Progress.in(directory, FILES);
        for (int i = 0; i < FILES; i++) {
            int index = i;
            Thread.ofPlatform().name("scribble-" + i).start(() -> {
                try {
                    scribble(directory, index, corpus, progress);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
        }
    }

    private static void scribble(Path directory, int index, Corpus corpus, Progress progress) throws IOException {
        RandomGenerator random = new SplittableRandom(index);
        while (progress.get(index) == 0) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        try (FileChannel channel = FileChannel.open(file(directory, index), StandardOpenOption.READ,
                StandardOpenOption.WRITE); Arena arena = Arena.ofShared()) {
            MemorySegment file = channel.map(MapMode.READ_WRITE, 0, Corpus.SIZE_MAX, arena);
            while (true) {
                long seed = progress.get(index);
                Image image = corpus.choose(new SplittableRandom(seed));
                MemorySegment memory = file.asSlice(0, image.size());
                Mutator mutator = new Mutator(image);
                while (progress.get(index) == seed) {
                    int changes = random.nextInt(CHANGES_BEFORE_REPAIR);
                    for (int i = 0; i < changes; i++) {
                        mutator.change(memory, random);
                        LockSupport.parkNanos(PAUSE_NANOS);
                    }
                    memory.copyFrom(image.bytes());
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
        }
    }

    private static Path file(Path directory, int index) {
        return directory.resolve("segment-" + index);
    }
}
