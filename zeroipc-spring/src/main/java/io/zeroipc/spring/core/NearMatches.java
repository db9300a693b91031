package io.zeroipc.spring.core;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Finds what somebody may have meant, for messages. */
public final class NearMatches {

    private static final int SUGGESTIONS_MAX = 3;

    private NearMatches() {
    }

    /** At most three of the names, the nearest first; names that are too different are left out. */
    public static List<String> of(String text, Collection<String> names) {
        String wanted = normalize(text);
        record Candidate(String name, int distance) {}
        return names.stream()
                .map(name -> new Candidate(name, distance(wanted, normalize(name))))
                .filter(each -> each.distance() <= Math.max(2, wanted.length() / 3))
                .sorted(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
                .limit(SUGGESTIONS_MAX)
                .map(Candidate::name)
                .toList();
    }

    /** Case and the characters between words do not count: {@code coreLoad}, {@code core-load} and {@code CORE_LOAD}. */
    private static String normalize(String name) {
        StringBuilder result = new StringBuilder(name.length());
        for (char c : name.toLowerCase(Locale.ROOT).toCharArray()) {
            if (c != '-' && c != '_' && c != '.') {
                result.append(c);
            }
        }
        return result.toString();
    }

    /** Levenshtein's distance: insertions, deletions and replacements. */
    private static int distance(String from, String to) {
        int[] previous = new int[to.length() + 1];
        int[] current = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            current[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
            }
            int[] swap = previous;
            previous = current;
            current = swap;
        }
        return previous[to.length()];
    }
}
