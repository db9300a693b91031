package io.zeroipc.cli;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import io.zeroipc.inspect.Catalog;

/**
 * The keys that may stand below a segment, or below a structure, of a configuration: all that the application knows, used here or
 * not. What is none of them says something that nobody reads, and is refused, as the application does when it starts.
 *
 * @param parent what they stand below, for messages
 * @param names as they are written in files, in the order of the application's properties
 */
record DeclaredKeys(String parent, List<String> names) {

    /** A test compares both with the properties of the starter. */
    static final DeclaredKeys OF_SEGMENT = new DeclaredKeys("segment",
            List.of("enabled", "name", "path", "mode", "size", "max-entries", "permissions", "preallocate", "owner",
                    "on-close", "on-replaced", "strict-size", "catalogue", "recovery", "huge-pages", "numa-node",
                    "pre-touch", "manifest", "structures"));
    static final DeclaredKeys OF_STRUCTURE = new DeclaredKeys("structure",
            List.of("enabled", "name", "type", "element-type", "codec", "element-size", "capacity", "shape", "mode",
                    "bean-name", "primary", "lazy", "options"));

    private static final String OPTIONS = "options";
    /** In so few letters, two others make another word. */
    private static final int SHORT = 4;

    /** @throws UsageException for the first key that is none of these, with what may have been meant */
    void require(Property properties) {
        for (Property each : properties.all()) {
            if (names.stream().noneMatch(each::isCalled)) {
                throw new UsageException(
                        "unknown key of a " + parent + ": " + parent + "=" + properties.key() + ", key="
                                + each.key() + ", at=" + each.at() + suggestion(each.key()) + " (expected: "
                                + String.join(", ", names) + ")");
            }
        }
    }

    private String suggestion(String key) {
        boolean isOption = names.contains(OPTIONS)
                && Catalog.types().stream().anyMatch(type -> type.optionNames().contains(key));
        String meant = isOption ? OPTIONS + "." + key : nearest(key);
        return meant == null ? "" : "; did you mean " + meant + "?";
    }

    private @Nullable String nearest(String key) {
        String wrong = letters(key);
        int most = wrong.length() < SHORT ? 1 : Math.max(2, wrong.length() / 3);
        return names.stream()
                .filter(name -> distance(wrong, letters(name)) <= most)
                .min(Comparator.comparingInt(name -> distance(wrong, letters(name))))
                .orElse(null);
    }

    private static String letters(String name) {
        return name.replaceAll("[-_]", "").toLowerCase(Locale.ROOT);
    }

    /** How many letters are missing, too many, or others. */
    private static int distance(String from, String to) {
        int[] distances = new int[to.length() + 1];
        Arrays.setAll(distances, j -> j);
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = distances[0];
            distances[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = distances[j];
                distances[j] = Math.min(replaced, Math.min(distances[j], distances[j - 1]) + 1);
            }
        }
        return distances[to.length()];
    }
}
