package io.zeroipc.spring.boot.console;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.zeroipc.testing.ModuleOutput;
import io.zeroipc.testing.Repository;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

/** The console reads what the endpoints answer, and nothing behind them; and its files name what there is. */
class ConsoleArchitectureTests {

    private static final String SPRING = "META-INF/spring/org.springframework.boot.";

    private static JavaClasses classes;

    @BeforeAll
    static void readClassFiles() {
        classes = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.zeroipc.spring.boot.console");
    }

    @Test
    void consoleKnowsNothingButSpring() {
        noClasses().should()
                .dependOnClassesThat()
                .resideOutsideOfPackages("io.zeroipc.spring.boot.console..", "java..", "jakarta.servlet..",
                        "org.springframework..", "org.jspecify..", "reactor.core..")
                .check(classes);
    }

    @Test
    void autoConfigurationIsPublicAndFinal() {
        classes().that().areAnnotatedWith(AutoConfiguration.class).should().bePublic().check(classes);
    }

    @Test
    void importsFilesNameEveryConfiguration() {
        assertThat(text(SPRING + "autoconfigure.AutoConfiguration.imports").lines())
                .containsExactly(ZeroIpcConsoleAutoConfiguration.class.getName());
        assertThat(text(SPRING + "actuate.autoconfigure.web.ManagementContextConfiguration.imports").lines())
                .containsExactlyElementsOf(classes.stream()
                        .filter(type -> type.isAnnotatedWith(ManagementContextConfiguration.class))
                        .map(type -> type.getName())
                        .sorted()
                        .toList());
    }

    @Test
    void guideListsThePropertiesOfTheMetadata() {
        Map<String, String> metadata = new TreeMap<>();
        for (JsonNode property : JsonMapper.shared()
                .readTree(text("META-INF/spring-configuration-metadata.json"))
                .get("properties")) {
            metadata.put(property.get("name").asString(),
                    property.get("defaultValue").asString() + ": " + property.get("description").asString());
        }
        Map<String, String> guide = new TreeMap<>();
        Matcher row = Pattern.compile("\\| `(zeroipc\\.console[^`]+)` \\| `([^`]+)` \\| ([^|]+) \\|")
                .matcher(Repository.read("docs/guide/console.md"));
        while (row.find()) {
            guide.put(row.group(1), row.group(2) + ": " + row.group(3));
        }
        assertThat(metadata).hasSize(2).isEqualTo(guide);
    }

    private static String text(String path) {
        return ModuleOutput.text(Console.class, path);
    }
}
