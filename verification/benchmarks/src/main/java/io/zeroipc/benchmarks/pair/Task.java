package io.zeroipc.benchmarks.pair;

import java.util.Locale;

/**
 * What a slice does.
 *
 * @param workload which one
 * @param filled whether all of each message is written, summed up and compared, and not only its number
 * @param nanos how long
 * @param amount messages of a burst, or messages a second of an open loop
 */
record Task(Workload workload, boolean filled, long nanos, int amount) {

    enum Workload {
        /** One producer, one consumer, one message after the other. */
        THROUGHPUT,
        /** Two threads on each side. */
        THROUGHPUT_2P2C,
        /** There and back, one at a time. */
        ROUND_TRIP,
        /** So many after a quiet moment, until the last of them is back. */
        BURST,
        /** At a fixed rate, each timed from the moment when it should have been sent. */
        OPEN_LOOP;

        boolean isThroughput() {
            return this == THROUGHPUT || this == THROUGHPUT_2P2C;
        }

        String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        static Workload ofLabel(String label) {
            for (Workload workload : values()) {
                if (workload.label().equals(label)) {
                    return workload;
                }
            }
            throw new IllegalArgumentException("workload is unknown: name=" + label);
        }

        int threads() {
            return this == THROUGHPUT_2P2C ? 2 : 1;
        }
    }

    /** As in the options and the files: {@code burst-10}. */
    String label() {
        return amount == 0 ? workload.label() : workload.label() + "-" + amount;
    }

    String mode() {
        return filled ? "fill" : "hand-over";
    }

    Task lasting(long newNanos) {
        return new Task(workload, filled, newNanos, amount);
    }

    String toLine() {
        return workload + " " + filled + " " + nanos + " " + amount;
    }

    static Task parse(String[] words, int from) {
        return new Task(Workload.valueOf(words[from]), Boolean.parseBoolean(words[from + 1]),
                Long.parseLong(words[from + 2]), Integer.parseInt(words[from + 3]));
    }
}
