package io.zeroipc.stress.survival;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What was wrong, with the evidence. Thread-safe. */
final class Findings {

    /** Promises that can be broken. */
    enum Promise {
        /** What was accepted is delivered, or still there. */
        LOST,
        /** Nothing is delivered twice. */
        DUPLICATE,
        /** Nothing is delivered that nobody has offered. */
        INVENTED,
        /** What comes from one producer comes to one consumer in order. */
        ORDER,
        /** Values are those that somebody has written. */
        TORN,
        /** Survivors go on. */
        WEDGE,
        /** They do so in time. */
        SLOW,
        /** No operation throws what it should not, or never ends. */
        REFUSAL,
        /** One at a time is inside. */
        EXCLUSION,
        /** What a dead process had in its hands in the middle of an operation can be used again. */
        LEAK,
        /** A process that was only stopped keeps what is its own. */
        ROBBED,
        /** The table of a segment is whole. */
        TABLE
    }

    /** Of each kind so many are kept. */
    private static final int KEPT = 20;

    private final Map<Promise, List<String>> found = new EnumMap<>(Promise.class);
    private final Map<Promise, Integer> counts = new EnumMap<>(Promise.class);

    synchronized void add(Promise promise, String evidence) {
        List<String> known = found.computeIfAbsent(promise, _ -> new ArrayList<>());
        if (known.size() < KEPT) {
            known.add(evidence);
        }
        counts.merge(promise, 1, Integer::sum);
    }

    synchronized void addAll(Findings others) {
        others.found().forEach((promise, list) -> {
            list.forEach(each -> add(promise, each));
            counts.merge(promise, others.count(promise) - list.size(), Integer::sum);
        });
    }

    synchronized int count(Promise promise) {
        return counts.getOrDefault(promise, 0);
    }

    synchronized boolean isEmpty() {
        return counts.isEmpty();
    }

    synchronized Map<Promise, List<String>> found() {
        Map<Promise, List<String>> copy = new EnumMap<>(Promise.class);
        found.forEach((promise, list) -> copy.put(promise, List.copyOf(list)));
        return Collections.unmodifiableMap(copy);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        found().forEach((promise, list) -> {
            text.append(promise).append(": ").append(count(promise)).append('\n');
            list.forEach(each -> text.append("    ").append(each.replace("\n", "\n    ")).append('\n'));
        });
        return text.toString();
    }
}
