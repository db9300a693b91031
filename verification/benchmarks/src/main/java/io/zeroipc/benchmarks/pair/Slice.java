package io.zeroipc.benchmarks.pair;

/**
 * The record of a slice.
 *
 * @param rawNanos the round trip of raw cache lines at the median, taken just before
 * @param active what the side saw that keeps the time
 * @param passive what the other one saw
 */
record Slice(int fork, int round, Transport transport, int size, Task task, double rawNanos, Outcome active,
        Outcome passive) {

    /** What is compared between slices: messages a second, or nanoseconds at the median. */
    double value() {
        return task.workload().isThroughput() ? passive.perSecond() : at(50);
    }

    double at(double percentile) {
        return active.times().getValueAtPercentile(percentile);
    }

    /** Messages that were changed, out of order or lost on the way. */
    long wrong() {
        long lost = task.workload() == Task.Workload.OPEN_LOOP ? 0 : active.messages() - passive.messages();
        return active.wrong() + passive.wrong() + Math.abs(lost);
    }

    /** Slices that are compared with each other. */
    Kind kind() {
        return new Kind(task.label(), task.mode(), size);
    }

    /** Slices of the same round that differ in the transport only are of one kind. */
    record Kind(String task, String mode, int size) {}
}
