package io.zeroipc.sample;

/**
 * A figure has crossed its limit.
 *
 * @param takenAt epoch nanoseconds, UTC, of the sample that crossed it
 * @param metric which figure
 * @param raised whether it went above the limit; otherwise it came back, and stayed back by a margin
 * @param value the figure
 * @param limit what it crossed
 */
public record Alert(long takenAt, Metric metric, boolean raised, double value, double limit) {

    /** What can raise an alert, each a share of 0 to 1. */
    public enum Metric {
        /** Busy share of all cores. */
        CPU,
        /** Used share of main memory. */
        MEMORY
    }
}
