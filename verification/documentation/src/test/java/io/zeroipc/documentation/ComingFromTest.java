package io.zeroipc.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.testing.Repository;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code docs/guide/coming-from.md}: each row is shown by a test that exists, and what is counted was counted. */
class ComingFromTest {

    private static final String PAGE = "docs/guide/coming-from.md";
    private static final String STARTED = "docs/guide/getting-started.md";
    private static final Pattern CODE = Pattern.compile("`(\\w+)(?:\\.(\\w+))?`");

    @Test
    void shouldBeShownByATestWhenARowSaysSo() {
        List<List<String>> rows = Pages.rows(PAGE, "| you look for | spring-kafka | spring-amqp | here | shown by |");
        Map<String, Path> tests = tests();

        assertThat(rows).hasSizeGreaterThan(20).allSatisfy(row -> {
            List<MatchResult> named = row.size() < 5 ? List.of() : CODE.matcher(row.get(4)).results().toList();
            if (row.get(3).startsWith("no:")) {
                assertThat(named).as("nothing is there to be shown: " + row).isEmpty();
            } else {
                assertThat(named).as(row.toString()).isNotEmpty();
            }
            named.forEach(test -> {
                assertThat(tests).as(row.toString()).containsKey(test.group(1));
                if (test.group(2) != null) {
                    assertThat(tests.get(test.group(1))).content().contains("void " + test.group(2) + "(");
                }
            });
        });
    }

    private static Map<String, Path> tests() {
        try (Stream<Path> files = Files.walk(Repository.root())) {
            return files.filter(file -> file.toString().matches(".*/src/test/java/.*Tests?\\.java"))
                    .collect(Collectors.toMap(
                            file -> String.valueOf(file.getFileName()).replace(".java", ""), Function.identity(),
                            (one, _) -> one));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldTakeAsManyLinesAsItSays() {
        List<List<String>> rows = Pages.rows(PAGE, "| | spring-kafka | spring-amqp | here |");

        assertThat(rows.getFirst().subList(1, 4)).containsExactly(lines(PAGE, "kafka/", ".java"),
                lines(PAGE, "rabbit/", ".java"),
                lines(STARTED, "src/main/java/sender/Sender", ".java", "src/main/java/receiver/Receiver"));
        assertThat(rows.get(1).subList(1, 3)).containsExactly(lines(PAGE, "kafka/", ".yml"),
                lines(PAGE, "rabbit/", ".yml"));
        assertThat(rows.get(1).get(3)).as("in both projects")
                .isEqualTo(""
                        + 2 * Snippet.files(STARTED, "src/main/resources/application.yml").getFirst().lines().size());
    }

    /** Of the files whose names begin like one of these. */
    private static String lines(String page, String prefix, String suffix, String... more) {
        return "" + Snippet.of(page)
                .stream()
                .filter(snippet -> snippet.file().endsWith(suffix)
                        && Stream.concat(Stream.of(prefix), Arrays.stream(more)).anyMatch(snippet.file()::startsWith))
                .mapToInt(snippet -> snippet.lines().size())
                .sum();
    }

    @ParameterizedTest
    @ValueSource(strings = {"kafka/sender/Sender.java", "kafka/receiver/Receiver.java", "rabbit/sender/Sender.java",
            "rabbit/receiver/Receiver.java"})
    void shouldCompileAsItStands(String file, @TempDir Path classes) {
        JavaSnippets.compileAsIs(List.of(Snippet.file(PAGE, file)), classes);
    }
}
