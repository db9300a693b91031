package io.zeroipc.spring.config;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.listener.ContainerState;
import io.zeroipc.testing.Repository;

import static org.assertj.core.api.Assertions.assertThat;

/** Compares the guide of listeners with what it describes. */
class ListenersGuideTests {

    private final String page = Repository.read("docs/guide/listeners.md");

    @Test
    void attributeTableNamesEveryAttributeAndNoOther() {
        assertThat(firstColumn("## Attributes")).containsExactlyInAnyOrderElementsOf(
                Arrays.stream(ChannelListener.class.getDeclaredMethods()).map(Method::getName).toList());
    }

    @Test
    void lifecycleTableNamesEveryState() {
        assertThat(firstColumn("## Lifecycle")).containsExactlyElementsOf(
                Arrays.stream(ContainerState.values()).map(Enum::name).toList());
    }

    @Test
    void comparisonHasACellForEachFramework() {
        String table = section("## Coming from another framework");
        assertThat(table.lines().filter(line -> line.startsWith("|"))).hasSizeGreaterThan(15)
                .allSatisfy(line -> assertThat(line.split("\\|", -1)).hasSize(7));
    }

    private List<String> firstColumn(String heading) {
        return Pattern.compile("^\\| `(\\w+)` \\|", Pattern.MULTILINE)
                .matcher(section(heading))
                .results()
                .map((MatchResult row) -> row.group(1))
                .toList();
    }

    private String section(String heading) {
        int start = page.indexOf(heading + "\n");
        assertThat(start).as(heading).isNotNegative();
        int end = page.indexOf("\n## ", start + 1);
        return end < 0 ? page.substring(start) : page.substring(start, end);
    }
}
