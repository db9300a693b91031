package io.zeroipc;

/**
 * How full a structure or segment is, as a stranger sees it: an estimate taken without stopping anybody.
 *
 * @param used units in use, within 0..capacity
 * @param capacity units in all; 0 when the notion does not apply
 * @param unit what is counted: {@code elements}, {@code bytes}, {@code permits}, ...
 */
public record Occupancy(long used, long capacity, String unit) {

    /** Clamps {@code used}: two racing counters may be seen out of order, a report must not show the nonsense. */
    public Occupancy {
        if (capacity < 0) {
            throw new IllegalArgumentException("capacity is negative: capacity=" + capacity);
        }
        used = Math.clamp(used, 0L, capacity);
    }

    public static Occupancy ofElements(long used, long capacity) {
        return new Occupancy(used, capacity, "elements");
    }

    /** Used over capacity, 0 to 1; 0 when the capacity is 0. */
    public double usage() {
        return capacity == 0 ? 0.0 : (double) used / capacity;
    }
}
