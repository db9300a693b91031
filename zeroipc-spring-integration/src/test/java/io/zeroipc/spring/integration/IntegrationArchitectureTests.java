package io.zeroipc.spring.integration;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/** Holds that flows know listeners, template and structures, and nothing of bytes or of Spring Boot. */
class IntegrationArchitectureTests {

    private static final String BASE = "io.zeroipc.spring.integration";

    private static JavaClasses classes;

    @BeforeAll
    static void readClassFiles() {
        classes = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages(BASE);
    }

    @ParameterizedTest
    @ValueSource(strings = {BASE, BASE + ".inbound", BASE + ".outbound", BASE + ".channel", BASE + ".dsl"})
    void packageOfTheDesignExists(String name) {
        assertThat(classes.containPackage(name)).as(name).isTrue();
    }

    @Test
    void moduleKnowsZeroIpcSpringAndSpringIntegration() {
        noClasses().should()
                .dependOnClassesThat()
                .resideOutsideOfPackages(BASE + "..", "io.zeroipc", "io.zeroipc.segment", "io.zeroipc.wait",
                        "io.zeroipc.spring.annotation", "io.zeroipc.spring.config", "io.zeroipc.spring.converter",
                        "io.zeroipc.spring.core..", "io.zeroipc.spring.listener..",
                        "org.springframework.integration..", "org.springframework.messaging..",
                        "org.springframework.beans..", "org.springframework.context..", "org.springframework.core..",
                        "org.springframework.expression..", "org.springframework.util..", "org.apache.commons.logging",
                        "org.jspecify..", "java..")
                .check(classes);
    }

    @Test
    void moduleKnowsNoForeignMemory() {
        noClasses().should().dependOnClassesThat().resideInAPackage("java.lang.foreign").check(classes);
    }

    @Test
    void onlyTheDslKnowsTheDsl() {
        noClasses().that()
                .resideOutsideOfPackage(BASE + ".dsl")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(BASE + ".dsl", "org.springframework.integration.dsl..")
                .check(classes);
        slices().matching(BASE + ".(*)..")
                .should()
                .notDependOnEachOther()
                .ignoreDependency(resideInAPackage(BASE + ".dsl"), alwaysTrue())
                .check(classes);
    }

    @Test
    void componentsAreFinal() {
        classes().that()
                .arePublic()
                .and()
                .areNotInterfaces()
                .should()
                .haveModifier(JavaModifier.FINAL)
                .check(classes);
    }
}
