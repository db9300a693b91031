package io.zeroipc;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.zeroipc.testing.Repository;

import static org.assertj.core.api.Assertions.assertThat;

/** Compares the packages and modules of the whole repository with what is written about them. */
class DocumentationTest {

    private static final String PAGE = "docs/internals.md";

    static Stream<Arguments> packages() {
        return Repository.packages().entrySet().stream().map(each -> Arguments.of(each.getKey(), each.getValue()));
    }

    static Stream<String> modules() {
        return Repository.modules().stream();
    }

    @ParameterizedTest
    @MethodSource("packages")
    void shouldHaveALineInThePageWhenAPackageExists(String name, List<Path> directories) {
        assertThat(Repository.read(PAGE).lines())
                .as("lines of %s that begin with | `%s` |; the package is in %s", PAGE, name, directories)
                .filteredOn(line -> line.startsWith("| `" + name + "` |"))
                .hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("modules")
    void shouldHaveALineInThePageWhenAModuleExists(String name) {
        assertThat(Repository.read(PAGE).lines()).as("lines of %s that begin with | `%s/` |", PAGE, name)
                .filteredOn(line -> line.startsWith("| `" + name + "/` |"))
                .hasSize(1);
    }

    @Test
    void shouldExistWhenAPackageIsInThePage() {
        assertThat(Repository.read(PAGE).lines().filter(line -> line.startsWith("| `io.zeroipc")))
                .as("package lines of %s", PAGE)
                .map(line -> line.substring(3, line.indexOf('`', 3)))
                .containsExactlyInAnyOrderElementsOf(Repository.packages().keySet());
    }

    @ParameterizedTest
    @MethodSource("packages")
    void shouldBeNullMarkedAndDescribedWhenAPackageExists(String name, List<Path> directories) throws Exception {
        for (Path directory : directories) {
            Path file = directory.resolve("package-info.java");
            assertThat(file).exists();
            assertThat(Files.readString(file)).as(name)
                    .startsWith("/**")
                    .contains("@NullMarked\npackage " + name + ";");
        }
    }
}
