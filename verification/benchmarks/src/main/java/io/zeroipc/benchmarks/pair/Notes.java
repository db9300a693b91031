package io.zeroipc.benchmarks.pair;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What the tables say beside figures: why one is not there, and what went wrong. */
final class Notes {

    /** By reason: who, and in what. */
    private final Map<String, Map<Transport, Set<String>>> refusals = new LinkedHashMap<>();
    private final Set<String> others = new LinkedHashSet<>();
    private long wrong;

    void add(String note) {
        if (others.add(note)) {
            System.err.println(note);
        }
    }

    /** @param where a size or a workload */
    void refused(Transport transport, String where, String reason) {
        Set<String> places = refusals.computeIfAbsent(reason, _ -> new EnumMap<>(Transport.class))
                .computeIfAbsent(transport, _ -> new LinkedHashSet<>());
        if (places.isEmpty()) {
            System.err.println(transport.title() + ", " + where + ": " + reason);
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
        refusals.forEach((reason, transports) -> lines.add(reason + ": " + transports.entrySet()
                .stream()
                .map(entry -> entry.getKey().title() + " (" + String.join(", ", entry.getValue()) + ")")
                .collect(Collectors.joining("; "))));
        lines.addAll(others);
        return lines;
    }
}
