package io.zeroipc.cli;

import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.zeroipc.testing.Repository;

import static org.assertj.core.api.Assertions.assertThat;

/** The command and the starter read the same files. */
class DeclaredKeysTest {

    private static final Pattern COMPONENT = Pattern.compile("\\s(\\w+)\\s*(?:,|$)");

    @ParameterizedTest
    @CsvSource({"segment,Segment", "structure,Structure"})
    void shouldBeThoseOfTheStarter(String parent, String properties) {
        DeclaredKeys keys = parent.equals("segment") ? DeclaredKeys.OF_SEGMENT : DeclaredKeys.OF_STRUCTURE;
        assertThat(keys.parent()).isEqualTo(parent);
        assertThat(keys.names()).isEqualTo(components(properties));
    }

    /** Of a record in its source: the command has nothing of Spring on its class path, not even in tests. */
    private static List<String> components(String properties) {
        String source = Repository.read("zeroipc-spring-boot-autoconfigure/src/main/java/io/zeroipc/spring/boot/"
                + "autoconfigure/ZeroIpcProperties.java");
        String begin = "public record " + properties + "(";
        assertThat(source).containsOnlyOnce(begin);
        int from = source.indexOf(begin) + begin.length();
        return COMPONENT.matcher(source.substring(from, source.indexOf(") {", from)))
                .results()
                .map((MatchResult component) -> component.group(1)
                        .replaceAll("([A-Z])", "-$1")
                        .toLowerCase(Locale.ROOT))
                .toList();
    }
}
