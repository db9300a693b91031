package io.zeroipc.stress.model;

import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * What the checker found in a scenario.
 *
 * @param states different ones that were reached
 * @param wedged those from which a drained queue is not reachable, although a consumer lives
 * @param isComplete whether all states were looked at; not so when a violation ended it, or the limit
 * @param trace the steps to the violation or to the first wedged state; empty when it was not asked for
 */
record Verdict(Scenario scenario, int states, int wedged, @Nullable Violation violation, boolean isComplete, long nanos,
        List<String> trace) {

    boolean isAsExpected() {
        return scenario.expectation().isMetBy(this);
    }

    /** One line: name, states, seconds, result. */
    @Override
    public String toString() {
        String result = violation != null ? "violation, " + violation : wedged > 0 ? wedged + " wedged" : "sound";
        return String.format(Locale.ROOT, "%-75s %,12d states %8.1f s  %s%s%s", scenario, states, nanos / 1e9, result,
                isComplete || violation != null ? "" : " (INCOMPLETE)", isAsExpected() ? "" : "  UNEXPECTED");
    }
}
