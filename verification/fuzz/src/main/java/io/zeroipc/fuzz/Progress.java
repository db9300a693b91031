package io.zeroipc.fuzz;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What each thread of a process is at, in a file: it outlives the process, and other processes may look. */
final class Progress {

    private static final String FILE = "progress";

    private final MemorySegment seeds;

    private Progress(MemorySegment seeds) {
        this.seeds = seeds;
    }

    /** @param threads how many there are; as many zeroes when the file is new */
    static Progress in(Path directory, int threads) throws IOException {
        try (FileChannel file = FileChannel.open(directory.resolve(FILE), StandardOpenOption.CREATE,
                StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return new Progress(file.map(MapMode.READ_WRITE, 0, (long) Long.BYTES * threads, Arena.global()));
        }
    }

    void set(int thread, long seed) {
        seeds.setAtIndex(ValueLayout.JAVA_LONG, thread, seed);
    }

    long get(int thread) {
        return seeds.getAtIndex(ValueLayout.JAVA_LONG, thread);
    }

    /** What a process that has ended has left; {@code otherwise} when it has not begun. */
    static long[] left(Path directory, long[] otherwise) throws IOException {
        Path file = directory.resolve(FILE);
        return Files.exists(file)
                ? MemorySegment.ofArray(Files.readAllBytes(file)).toArray(ValueLayout.JAVA_LONG_UNALIGNED)
                : otherwise;
    }
}
