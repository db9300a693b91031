package io.zeroipc.fuzz;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a campaign came to.
 *
 * @param findings by what they have in common; of each group the first ones
 * @param counts how many there were, by the same names
 * @param taken how often each kind of step was taken, by processes that came to their end
 */
record Outcome(Map<String, List<Finding>> findings, Map<String, Integer> counts, Map<String, Long> taken) {

    /** Each group with its first finding, and seeds of others. */
    @Override
    public String toString() {
        return findings.isEmpty()
                ? "nothing found in " + taken.values().stream().mapToLong(Long::longValue).sum() + " steps of "
                        + taken.size()
                        + " kinds"
                : findings.entrySet()
                        .stream()
                        .map(group -> counts.get(group.getKey()) + " times " + group.getKey() + ", seeds="
                                + group.getValue().stream().map(Finding::seed).distinct().limit(5).toList() + "\n"
                                + group.getValue().getFirst())
                        .collect(Collectors.joining("\n\n"));
    }
}
