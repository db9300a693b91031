package io.zeroipc.sample;

/**
 * One sample of this machine's figures, as it lies in the segment: a C++ program reads it as a struct with the same
 * fields in the same order (see {@code peers/telemetry_reader.cpp}).
 * <p>
 * A figure that the machine does not tell is NaN, or -1 where it is a whole number.
 *
 * @param number counts the samples; goes on where the last publisher ended
 * @param takenAt epoch nanoseconds, UTC
 * @param publisher id of the process that took it
 * @param cores how many elements of the array {@code cores} are in use
 * @param cpu busy share of all cores over the last second, 0 to 1
 * @param load runnable tasks
 * @param memory main memory
 * @param network all interfaces but the loopback, over the last second
 * @param disk all disks, over the last second
 */
public record Telemetry(long number, long takenAt, int publisher, int cores, double cpu, Load load, Memory memory,
        Traffic network, Traffic disk) {

    /** Runnable tasks on average over one, five and fifteen minutes. */
    public record Load(double one, double five, double fifteen) {}

    /** Bytes of main memory; available is what programs can have without swapping. */
    public record Memory(long total, long available) {

        public long used() {
            return total < 0 || available < 0 ? -1 : total - available;
        }

        /** 0 to 1. */
        public double usedShare() {
            return used() < 0 || total == 0 ? Double.NaN : (double) used() / total;
        }
    }

    /** Bytes per second into this machine or from its disks, and the other way. */
    public record Traffic(double in, double out) {}
}
