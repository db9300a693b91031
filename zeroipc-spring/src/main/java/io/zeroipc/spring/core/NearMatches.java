package io.zeroipc.spring.core;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

import io.zeroipc.spring.annotation.Internal;

/** Finds what somebody may have meant, for messages. */
@Internal
public final class NearMatches {

    private static final int SUGGESTIONS_MAX = 3;
    /** In so few letters, two others make another word. */
    private static final int SHORT = 5;
    /** Fewer letters are the beginning of too many words. */
    private static final int ABBREVIATION_MIN = 3;

    private NearMatches() {
    }

    /** What to ask somebody who wrote this: {@code Did you mean 'queue'? }, with a space at the end; empty without a near name. */
    public static String question(String text, Collection<String> names) {
        List<String> near = of(text, names);
        return near.isEmpty() ? "" : "Did you mean '" + String.join("' or '", near) + "'? ";
    }

    /**
     * At most three of the names, the nearest first; names that are too different are left out. Where none differs in a few
     * letters, those are near that have the same words in longer: {@code base-dir} and {@code base-directory}.
     */
    public static List<String> of(String text, Collection<String> names) {
        String wanted = normalize(text);
        List<String> words = words(text);
        record Candidate(String name, int distance) {}
        int distanceMax = wanted.length() < SHORT ? 1 : Math.max(2, wanted.length() / 3);
        List<Candidate> candidates = names.stream()
                .map(name -> new Candidate(name, words(name).equals(words) ? 0 : distance(wanted, normalize(name))))
                .sorted(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
                .toList();
        Predicate<Candidate> near = candidates.isEmpty() || candidates.getFirst().distance() > distanceMax
                ? each -> abbreviates(words, words(each.name())) || abbreviates(words(each.name()), words)
                : each -> each.distance() <= distanceMax
                        && (candidates.getFirst().distance() > 0 || each.distance() == 0);
        return candidates.stream().filter(near).limit(SUGGESTIONS_MAX).map(Candidate::name).toList();
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

    /** In the order of the alphabet: {@code create-or-open} is {@code open-or-create}. */
    private static List<String> words(String name) {
        return Arrays.stream(name.replaceAll("([a-z])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT).split("[^a-z0-9]+"))
                .filter(word -> !word.isEmpty())
                .sorted()
                .toList();
    }

    /** Whether each of the words begins one of the others. */
    private static boolean abbreviates(List<String> words, List<String> others) {
        return !words.isEmpty() && words.stream()
                .allMatch(word -> word.length() >= ABBREVIATION_MIN
                        && others.stream().anyMatch(other -> other.startsWith(word)));
    }

    /** Insertions, deletions, replacements, and neighbours that have changed places. */
    private static int distance(String from, String to) {
        int[][] distances = new int[from.length() + 1][to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            distances[0][j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            distances[i][0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = distances[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                int least = Math.min(replaced, Math.min(distances[i - 1][j], distances[i][j - 1]) + 1);
                boolean swapped = i > 1 && j > 1 && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1);
                distances[i][j] = swapped ? Math.min(least, distances[i - 2][j - 2] + 1) : least;
            }
        }
        return distances[from.length()][to.length()];
    }
}
