package io.zeroipc.benchmarks;

import java.nio.file.Path;

import io.zeroipc.segment.Segment;

/** Names for the files of a run, where segments live by default. */
final class Scratch {

    private Scratch() {
    }

    /** More than enough for one structure of elements of eight bytes. */
    static long bytesFor(int capacity) {
        return 64 * 1024 + 16L * capacity;
    }

    static Path file(String purpose) {
        return Segment.defaultDirectory()
                .resolve("zeroipc-benchmark-" + purpose + "-" + ProcessHandle.current().pid() + "-"
                        + System.nanoTime());
    }
}
