package io.zeroipc.spring.boot;

import java.lang.foreign.MemorySegment;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClass.Predicates;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;

import io.zeroipc.spring.annotation.Internal;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.dependOnClassesThat;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/** Holds what the Spring side may know of the engine, and which of its packages may know which. */
class ArchitectureTests {

    private static JavaClasses classes;

    @BeforeAll
    static void readClassFiles() {
        classes = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.zeroipc.spring");
    }

    @ParameterizedTest
    @ValueSource(strings = {"io.zeroipc.spring.annotation", "io.zeroipc.spring.config", "io.zeroipc.spring.converter",
            "io.zeroipc.spring.listener", "io.zeroipc.spring.listener.adapter", "io.zeroipc.spring.core",
            "io.zeroipc.spring.core.envelope", "io.zeroipc.spring.event", "io.zeroipc.spring.observation",
            "io.zeroipc.spring.aot", "io.zeroipc.spring.boot.autoconfigure",
            "io.zeroipc.spring.boot.autoconfigure.observation",
            "io.zeroipc.spring.boot.autoconfigure.health", "io.zeroipc.spring.boot.autoconfigure.metrics",
            "io.zeroipc.spring.boot.autoconfigure.endpoint", "io.zeroipc.spring.boot.autoconfigure.info",
            "io.zeroipc.spring.boot.autoconfigure.json",
            "io.zeroipc.spring.boot.health",
            "io.zeroipc.spring.boot.metrics", "io.zeroipc.spring.boot.actuate.endpoint",
            "io.zeroipc.spring.boot.actuate.info",
            "io.zeroipc.spring.boot.diagnostics"})
    void packageOfTheDesignExists(String name) {
        assertThat(classes.containPackage(name)).as(name).isTrue();
    }

    @Test
    void springSideNeverSeesAnOffset() {
        noClasses().should(dependOnClassesThat(
                resideInAPackage("io.zeroipc.memory..").or(resideInAPackage("io.zeroipc.format.."))
                        .or(resideInAPackage("io.zeroipc.os.."))))
                .because("knowledge of bytes, formats and system calls stays in the engine")
                .allowEmptyShould(true)
                .check(classes);
    }

    @Test
    void springSideKnowsForeignMemoryOnlyAsAPayload() {
        noClasses().should(dependOnClassesThat(resideInAPackage("java.lang.foreign")
                .and(JavaClass.Predicates.type(MemorySegment.class).negate())))
                .because("a segment handed to a listener is the one exception")
                .allowEmptyShould(true)
                .check(classes);
    }

    @Test
    void whatIsForApplicationsShowsNothingInternal() {
        assertThat(classes.stream()
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(type -> !type.getPackageName().startsWith("io.zeroipc.spring.boot"))
                .filter(type -> !isInternal(type))
                .flatMap(type -> type.getMethods().stream())
                .filter(method -> method.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(method -> isInternal(method.getRawReturnType())
                        || method.getRawParameterTypes().stream().anyMatch(ArchitectureTests::isInternal))
                .map(JavaMethod::getFullName)).isEmpty();
        assertThat(classes.stream().filter(ArchitectureTests::isInternal)).hasSizeGreaterThan(20);
    }

    private static boolean isInternal(JavaClass type) {
        return type.isAnnotatedWith(Internal.class);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.zeroipc.spring.(**)").should().beFreeOfCycles().allowEmptyShould(true).check(classes);
    }

    @Test
    void onlyAutoConfigurationWires() {
        noClasses().that(resideInAPackage("io.zeroipc.spring.boot..").and(
                Predicates.resideOutsideOfPackage("io.zeroipc.spring.boot.autoconfigure.."))
                .and(Predicates.resideOutsideOfPackage("io.zeroipc.spring.boot.diagnostics..")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.zeroipc.spring.boot.autoconfigure..")
                .because("auto-configuration knows health, metrics and endpoints, and never the other way round")
                .allowEmptyShould(true)
                .check(classes);
    }

    @Test
    void autoConfigurationIsPublicAndFinal() {
        classes().that()
                .areAnnotatedWith(AutoConfiguration.class)
                .should()
                .bePublic()
                .andShould()
                .haveModifier(JavaModifier.FINAL)
                .because("it is named in conditions of others, and extended by none")
                .allowEmptyShould(true)
                .check(classes);
    }
}
