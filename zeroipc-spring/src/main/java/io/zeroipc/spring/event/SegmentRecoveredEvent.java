package io.zeroipc.spring.event;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

import io.zeroipc.segment.RecoveryOutcome;

/**
 * This application has ended in a segment what dead processes had begun there. What other processes mend is told in those: each
 * thing is mended, and told, once.
 */
public final class SegmentRecoveredEvent extends SegmentEvent {

    private static final long serialVersionUID = 1L;

    private final EnumMap<RecoveryOutcome, Long> outcomes;

    /** @param outcomes how often what was done since the last such event */
    public SegmentRecoveredEvent(Object source, String segment, Map<RecoveryOutcome, Long> outcomes) {
        super(source, segment);
        this.outcomes = new EnumMap<>(RecoveryOutcome.class);
        this.outcomes.putAll(outcomes);
    }

    /** How often what was done since the last such event; what was not done is not in it. */
    public Map<RecoveryOutcome, Long> getOutcomes() {
        return Collections.unmodifiableMap(outcomes);
    }

    @Override
    public String toString() {
        return "SegmentRecoveredEvent[segment=" + getSegment() + ", outcomes=" + outcomes + "]";
    }
}
