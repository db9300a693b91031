package io.zeroipc.spring.boot.kafka;

import java.util.Set;
import java.util.stream.Collectors;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfiguration;

import io.zeroipc.testing.ModuleOutput;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

/** What the packages of this module know of each other and of the rest. */
class KafkaArchitectureTests {

    private static final String ROOT = "io.zeroipc.spring.boot.kafka";
    private static final String AUTO_CONFIGURATIONS = "META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports";

    private static JavaClasses classes;

    @BeforeAll
    static void readClassFiles() {
        classes = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages(ROOT);
    }

    @Test
    void everyPackageIsThere() {
        Set<String> packages = classes.stream().map(type -> type.getPackageName()).collect(Collectors.toSet());

        assertThat(packages).containsExactlyInAnyOrder(ROOT, ROOT + ".outbound", ROOT + ".inbound", ROOT + ".actuate",
                ROOT + ".autoconfigure");
    }

    @Test
    void whatABridgeIsKnowsNobodyWhoMakesOne() {
        noClasses().that()
                .resideInAPackage(ROOT)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + ".outbound", ROOT + ".inbound", ROOT + ".actuate", ROOT + ".autoconfigure")
                .check(classes);
    }

    @Test
    void directionsDoNotKnowEachOther() {
        noClasses().that()
                .resideInAPackage(ROOT + ".outbound")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + ".inbound", ROOT + ".actuate", ROOT + ".autoconfigure",
                        "org.apache.kafka.clients.consumer..")
                .check(classes);
        noClasses().that()
                .resideInAPackage(ROOT + ".inbound")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + ".outbound", ROOT + ".actuate", ROOT + ".autoconfigure",
                        "org.apache.kafka.clients.producer..")
                .check(classes);
    }

    @Test
    void whatShowsBridgesKnowsNoBroker() {
        noClasses().that()
                .resideInAPackage(ROOT + ".actuate")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + ".outbound", ROOT + ".inbound", ROOT + ".autoconfigure",
                        "org.apache.kafka..")
                .check(classes);
    }

    @Test
    void memoryIsOtherPeoplesMatter() {
        noClasses().should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.zeroipc.memory..", "io.zeroipc.format..", "io.zeroipc.os..",
                        "java.lang.foreign..")
                .check(classes);
    }

    @Test
    void autoConfigurationsArePublicFinalAndRegistered() {
        classes().that().areAnnotatedWith(AutoConfiguration.class).should().bePublic().check(classes);
        assertThat(text(AUTO_CONFIGURATIONS).lines()).containsExactlyElementsOf(classes.stream()
                .filter(type -> type.isAnnotatedWith(AutoConfiguration.class))
                .map(type -> type.getName())
                .sorted()
                .toList());
    }

    private static String text(String path) {
        return ModuleOutput.text(Bridge.class, path);
    }
}
