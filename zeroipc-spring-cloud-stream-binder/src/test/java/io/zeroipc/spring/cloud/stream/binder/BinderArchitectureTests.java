package io.zeroipc.spring.cloud.stream.binder;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.zeroipc.spring.cloud.stream.binder.config.ZeroIpcBinderConfiguration;
import io.zeroipc.testing.ModuleOutput;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

/** What the module may know, and that its files and the guide name what there is. */
class BinderArchitectureTests {

    private static final String BINDER = "io.zeroipc.spring.cloud.stream.binder";

    private static JavaClasses classes;

    @BeforeAll
    static void readClassFiles() {
        classes = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages(BINDER);
    }

    @Test
    void binderKnowsNothingBehindTheStructures() {
        noClasses().should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.zeroipc.memory..", "io.zeroipc.format..", "io.zeroipc.os..")
                .check(classes);
    }

    @Test
    void binderKnowsNoOtherBinder() {
        noClasses().should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.kafka..", "org.springframework.kafka..",
                        "org.springframework.cloud.stream.binder.kafka..")
                .check(classes);
    }

    @Test
    void everyPartKnowsThoseBelowIt() {
        noClasses().that()
                .resideInAPackage(BINDER + ".properties")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(BINDER, BINDER + ".provisioning", BINDER + ".config")
                .check(classes);
        noClasses().that()
                .resideInAPackage(BINDER + ".provisioning")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(BINDER, BINDER + ".config")
                .check(classes);
        noClasses().that()
                .resideInAPackage(BINDER)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(BINDER + ".config")
                .check(classes);
    }

    @Test
    void healthIsKnownWhereItMayBeAbsent() {
        noClasses().that()
                .haveNameNotMatching(".*\\.ZeroIpcBinderHealth(Configuration|Indicator)")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.springframework.boot.health..")
                .check(classes);
    }

    @Test
    void filesNameEveryConfiguration() {
        assertThat(text("META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports").lines())
                .containsExactlyElementsOf(classes.stream()
                        .filter(type -> type.isAnnotatedWith(AutoConfiguration.class))
                        .map(type -> type.getName())
                        .sorted()
                        .toList());
        assertThat(text("META-INF/spring.binders"))
                .isEqualTo("zeroipc:\\\n" + ZeroIpcBinderConfiguration.class.getName() + "\n");
    }

    @Test
    void guideListsThePropertiesOfTheMetadata() {
        Map<String, String> metadata = new TreeMap<>();
        for (JsonNode property : JsonMapper.shared()
                .readTree(text("META-INF/spring-configuration-metadata.json"))
                .get("properties")) {
            assertThat(property.path("description").asString("")).as(property.get("name").asString()).endsWith(".");
            metadata.put(property.get("name").asString(), property.path("defaultValue").asString("") + ": "
                    + property.get("description").asString());
        }
        assertThat(metadata.remove("spring.cloud.stream.zeroipc.bindings")).isNotNull();
        Map<String, String> guide = new TreeMap<>();
        Matcher row = Pattern
                .compile("\\| `(spring\\.cloud\\.stream\\.zeroipc[^`]+)` \\| (?:`([^`]*)`)? ?\\| ([^|]+) \\|")
                .matcher(Guide.TEXT);
        while (row.find()) {
            guide.put(row.group(1), (row.group(2) == null ? "" : row.group(2)) + ": " + row.group(3));
        }
        assertThat(metadata).hasSizeGreaterThan(20).isEqualTo(guide);
    }

    private static String text(String path) {
        return ModuleOutput.text(ZeroIpcMessageChannelBinder.class, path);
    }
}
