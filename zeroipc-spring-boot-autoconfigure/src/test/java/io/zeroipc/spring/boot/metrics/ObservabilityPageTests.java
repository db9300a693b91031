package io.zeroipc.spring.boot.metrics;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.spring.observation.ZeroIpcObservation;
import io.zeroipc.testing.Repository;

import static org.assertj.core.api.Assertions.assertThat;

/** The guide's table of meters is what an application registers. */
class ObservabilityPageTests {

    @TempDir
    private Path directory;

    @Test
    void metersWhenApplicationUsesEverythingAreThoseOfThePage() throws Exception {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        Set<String> registered = new TreeSet<>();
        MeteredApplication.runner(directory, meters).run(context -> {
            MeteredApplication.use(context);
            // Timers are made by the first call that has ended.
            Awaitility.await().until(() -> meters.find("zeroipc.listener").timers().size() == 5);
            meters.getMeters().forEach(meter -> registered.add(row(meter.getId())));
        });
        Set<String> documented = Repository.read("docs/guide/observability.md")
                .lines()
                .filter(line -> line.startsWith("| `zeroipc.") && line.chars().filter(c -> c == '|').count() == 6)
                .map(ObservabilityPageTests::sorted)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(documented).isEqualTo(registered);
    }

    @Test
    void observationsWhenComparedWithTheirDocumentationAreThoseOfThePage() throws Exception {
        Set<String> documented = Repository.read("docs/guide/observability.md")
                .lines()
                .filter(line -> line.startsWith("| `zeroipc.") && line.chars().filter(c -> c == '|').count() == 5)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(documented).isEqualTo(Arrays.stream(ZeroIpcObservation.values())
                .map(observation -> "| `" + observation.getName() + "` | `"
                        + observation.getContextualName().formatted("<channel>") + "` | "
                        + names(observation.getLowCardinalityKeyNames()) + "| "
                        + names(observation.getHighCardinalityKeyNames()) + "|")
                .collect(Collectors.toCollection(TreeSet::new)));
    }

    private static String names(KeyName... keys) {
        return Arrays.stream(keys).map(key -> "`" + key.asString() + "` ").collect(Collectors.joining());
    }

    private static String row(Meter.Id id) {
        return row(id.getName(), id.getType().name().toLowerCase(Locale.ROOT),
                Objects.requireNonNullElse(id.getBaseUnit(), "–"),
                id.getTags()
                        .stream()
                        .map(tag -> "`" + tag.getKey() + "`")
                        .collect(Collectors.toCollection(
                                TreeSet::new)),
                id.getDescription());
    }

    /** A line of the page with its tags in order of the alphabet: Micrometer keeps no other. */
    private static String sorted(String line) {
        String[] cells = line.substring(2, line.length() - 2).split(" \\| ");
        return row(cells[0].replace("`", ""), cells[1], cells[2], new TreeSet<>(Arrays.asList(cells[3].split(" "))),
                cells[4]);
    }

    private static String row(String name, String type, String unit, Set<String> tags, String description) {
        return name + " | " + type + " | " + unit + " | " + String.join(" ", tags) + " | " + description;
    }
}
