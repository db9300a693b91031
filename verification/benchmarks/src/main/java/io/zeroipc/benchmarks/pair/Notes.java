package io.zeroipc.benchmarks.pair;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the tables say beside figures: why one is not there, and what went wrong. */
final class Notes {

    private final Map<String, Set<String>> refusals = new LinkedHashMap<>();
    private final Set<String> others = new LinkedHashSet<>();
    private long wrong;

    void add(String note) {
        if (others.add(note)) {
            System.err.println(note);
        }
    }

    void refused(Transport transport, int size, String reason) {
        refused(transport.title() + ": " + reason, size + " bytes");
    }

    void refused(Transport transport, Task task, String reason) {
        refused(transport.title() + ": " + reason, task.workload().label());
    }

    private void refused(String reason, String where) {
        Set<String> places = refusals.computeIfAbsent(reason, _ -> new LinkedHashSet<>());
        if (places.isEmpty()) {
            System.err.println(reason + " (" + where + ")");
        }
        places.add(where);
    }

    void wrong(Slice slice) {
        wrong++;
        add("WRONG: " + slice.wrong() + " messages changed, out of order or lost: " + slice.transport().title() + ", "
                + slice.kind());
    }

    long wrong() {
        return wrong;
    }

    /** As the lines of a list. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        refusals.forEach((reason, places) -> lines.add(reason + " (" + String.join(", ", places) + ")"));
        lines.addAll(others);
        return lines;
    }
}
