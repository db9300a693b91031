package io.zeroipc.interop;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.provider.EnumSource;

import io.zeroipc.export.Language;
import io.zeroipc.testing.Repository;

import static org.assertj.core.api.Assertions.assertThat;

/** Every test of this module stands in {@code docs/compatibility.md}, and every test that stands there exists. */
class CompatibilityPageTest {

    private static final String PAGE = "docs/compatibility.md";
    private static final Path SOURCES = Path.of("verification/interop/src/test/java/io/zeroipc/interop");
    private static final Pattern SECTION = Pattern.compile("^## \\w+: `(\\w+)`$(.*?)(?=^## )",
            Pattern.MULTILINE | Pattern.DOTALL);
    private static final String HEAD = "| structure | C++ reads Java | Java reads C++ | Python reads Java | Java reads Python |";
    private static final String HEAD_OF_EXPORTED = "| structure | what | C++ | Rust | Python | Node.js |";
    private static final List<Language> EXPORTED = List.of(Language.CPP, Language.RUST, Language.PYTHON,
            Language.TYPESCRIPT);
    private static final Pattern PAGE_LINK = Pattern.compile("\\(format/(\\w+\\.md)\\)");
    private static final List<String> NOT_STRUCTURES = List.of("catalogue.md", "elements.md", "envelope.md",
            "fingerprint.md",
            "manifest.md", "participants.md");
    private static final Pattern TEST = Pattern.compile("`(should\\w+)`");

    @Test
    void shouldHaveASectionForEachClass() throws IOException {
        try (Stream<Path> files = Files.list(Repository.root().resolve(SOURCES))) {
            List<String> classes = files.map(file -> file.getFileName().toString().replace(".java", ""))
                    .filter(name -> name.endsWith("InteropTest"))
                    .toList();
            assertThat(sections().map(section -> section.group(1))).containsExactlyInAnyOrderElementsOf(classes);
        }
    }

    @TestFactory
    Stream<DynamicTest> shouldNameTheTestsOfEachClass() {
        return sections().map(section -> DynamicTest.dynamicTest(section.group(1), () -> {
            Class<?> type = Class.forName(getClass().getPackageName() + "." + section.group(1));
            List<String> named = TEST.matcher(section.group(2)).results().map(match -> match.group(1)).toList();
            assertThat(named).containsExactlyInAnyOrderElementsOf(tests(type));
        }));
    }

    @Test
    void shouldBackEachCellOfTheHeadByATest() throws IOException {
        List<String> tests = sections().flatMap(section -> TEST.matcher(section.group(2)).results())
                .map(MatchResult::group)
                .toList();
        List<List<String>> rows = rows(HEAD);
        assertThat(rows).isNotEmpty();
        for (List<String> row : rows) {
            assertThat(row).as(row.get(0)).hasSize(5);
            assertThat(row.subList(1, 5).stream().filter(cell -> !cell.isEmpty())).as(row.get(0)).isSubsetOf(tests);
        }

        List<String> pages = rows.stream()
                .flatMap(row -> PAGE_LINK.matcher(row.get(0)).results())
                .map(match -> match.group(1))
                .distinct()
                .toList();
        try (Stream<Path> files = Files.list(Repository.root().resolve("docs/format"))) {
            assertThat(files.map(file -> file.getFileName().toString())).as("a row for each structure")
                    .containsExactlyInAnyOrderElementsOf(
                            Stream.concat(pages.stream(), NOT_STRUCTURES.stream()).toList());
        }
    }

    /** A cell has the name of a test that is run with the language of its column, and no such test is left out. */
    @Test
    void shouldBackEachCellOfExportedFilesByATest() throws Exception {
        List<List<String>> rows = rows(HEAD_OF_EXPORTED);
        assertThat(rows).hasSizeGreaterThan(10);
        for (List<String> row : rows) {
            List<String> cells = row.subList(2, row.size());
            String test = cells.getFirst().replace("`", "");
            List<String> languages = List
                    .of(ExportedPeersInteropTest.class.getDeclaredMethod(test, Language.class)
                            .getAnnotation(EnumSource.class)
                            .names());
            assertThat(cells).as("%s %s", row.get(0), row.get(1))
                    .isEqualTo(EXPORTED.stream()
                            .map(language -> languages.contains(language.name()) ? "`" + test + "`" : "")
                            .toList());
        }
    }

    /** The cells of the table with this head. */
    private static List<List<String>> rows(String head) {
        return Repository.read(PAGE)
                .lines()
                .dropWhile(line -> !line.equals(head))
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .map(line -> List.of(line.substring(2, line.length() - 2).split(" \\| ", -1)))
                .toList();
    }

    private static Stream<MatchResult> sections() {
        return SECTION.matcher(Repository.read(PAGE)).results();
    }

    private static Collection<String> tests(Class<?> type) {
        return Stream.of(type.getDeclaredMethods()).filter(CompatibilityPageTest::isTest).map(Method::getName).toList();
    }

    private static boolean isTest(Method method) {
        return Arrays.stream(method.getAnnotations())
                .anyMatch(annotation -> annotation.annotationType().getSimpleName().endsWith("Test"));
    }
}
