package io.zeroipc.spring.core;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

import io.zeroipc.segment.RecoveryOutcome;

/**
 * Counts the deaths of processes that took part in a segment, and what this application has mended after them, for as long as the
 * registry lives: a file that is replaced sets nothing back. Thread-safe. Up to date as of the registry's last look, half a second
 * ago at most.
 */
public final class SegmentRecoveries {

    private final LongAdder deaths = new LongAdder();
    private final Map<RecoveryOutcome, LongAdder> outcomes = new EnumMap<>(RecoveryOutcome.class);

    SegmentRecoveries() {
        for (RecoveryOutcome outcome : RecoveryOutcome.values()) {
            outcomes.put(outcome, new LongAdder());
        }
    }

    /** Deaths that were noticed, by whatever process, since this application opened the segment. */
    public long deaths() {
        return deaths.sum();
    }

    /** How often this application has done so. */
    public long count(RecoveryOutcome outcome) {
        LongAdder count = outcomes.get(outcome);
        return count == null ? 0 : count.sum();
    }

    /** What this application has done, and how often; what it has not done is not in it. */
    public Map<RecoveryOutcome, Long> outcomes() {
        Map<RecoveryOutcome, Long> done = new EnumMap<>(RecoveryOutcome.class);
        outcomes.forEach((outcome, count) -> {
            if (count.sum() > 0) {
                done.put(outcome, count.sum());
            }
        });
        return Collections.unmodifiableMap(done);
    }

    void addDeaths(long more) {
        deaths.add(more);
    }

    void add(Map<RecoveryOutcome, Long> more) {
        more.forEach((outcome, count) -> {
            LongAdder sum = outcomes.get(outcome);
            if (sum != null) {
                sum.add(count);
            }
        });
    }
}
