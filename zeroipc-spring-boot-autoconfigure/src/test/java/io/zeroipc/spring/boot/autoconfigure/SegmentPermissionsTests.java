package io.zeroipc.spring.boot.autoconfigure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What a person writes in YAML is what the file gets. */
class SegmentPermissionsTests {

    private static final String PROPERTY = "zeroipc.segments.market.permissions";

    @ParameterizedTest
    @CsvSource({"rw-rw----, rw-rw----", "rw-rw-rw-, rw-rw-rw-", "'\"0660\"', 0660", "'''660''', 660", "0660, 0660",
            "0640, 0640", "660, 660", "0600, 0600", "600, 600", "0644, 0644", "644, 644", "0o660, 0660", "0700, 0700",
            "755, 755"})
    void permissionsWhenTheyAreWrittenAreThose(String written, String expected) throws IOException {
        SegmentPermissions permissions = bound(written);
        permissions.check(PROPERTY);
        assertThat(permissions).hasToString(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0666        | 0666      | permissions let everybody write
            666         | 666       | permissions let everybody write
            "0666"      | 0666      | permissions let everybody write
            0662        | 0662      | permissions let everybody write
            "432"       | 432       | permissions do not let the owner read and write
            0440        | 0440      | permissions do not let the owner read and write
            r--r-----   | r--r----- | permissions do not let the owner read and write
            "0060"      | 0060      | permissions do not let the owner read and write
            1777        | 1777      | permissions cannot be read
            -1          | -1        | permissions cannot be read
            680         | 680       | permissions cannot be read
            rw-rw       | rw-rw     | permissions cannot be read
            everybody   | everybody | permissions cannot be read
            """)
    void permissionsWhenNobodyMeansThemAreRefused(String written, String value, String problem) throws IOException {
        SegmentPermissions permissions = bound(written);
        assertThatExceptionOfType(InvalidZeroIpcPropertyException.class).isThrownBy(() -> permissions.check(PROPERTY))
                .satisfies(e -> {
                    assertThat(e.property()).isEqualTo(PROPERTY);
                    assertThat(e.value()).isEqualTo(value);
                    assertThat(e.problem()).isEqualTo(problem);
                });
    }

    private static SegmentPermissions bound(String written) throws IOException {
        StandardEnvironment environment = new StandardEnvironment();
        String yaml = PROPERTY + ": " + written;
        new YamlPropertySourceLoader()
                .load("file", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
                .forEach(environment.getPropertySources()::addFirst);
        return Binder.get(environment)
                .bind("zeroipc", ZeroIpcProperties.class)
                .get()
                .segments()
                .get("market")
                .permissions();
    }
}
