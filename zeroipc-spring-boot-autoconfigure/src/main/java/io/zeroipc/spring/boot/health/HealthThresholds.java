package io.zeroipc.spring.boot.health;

import org.jspecify.annotations.Nullable;

/**
 * From which usage on a segment is reported as down; null where usage does not matter. A full segment is no failure by
 * itself: what is in it was put there at startup and stays.
 *
 * @param segmentUsage bytes in use over all bytes, 0 to 1
 * @param structureUsage elements over capacity, of any structure that this application uses, 0 to 1
 */
public record HealthThresholds(@Nullable Double segmentUsage, @Nullable Double structureUsage) {

    /** Usage does not matter. */
    public static final HealthThresholds NONE = new HealthThresholds(null, null);
}
