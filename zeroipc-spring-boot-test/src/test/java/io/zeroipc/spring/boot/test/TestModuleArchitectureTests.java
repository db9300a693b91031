package io.zeroipc.spring.boot.test;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfiguration;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** What users have for their tests is made of what they have anyway: public types, and no knowledge of bytes. */
class TestModuleArchitectureTests {

    private static JavaClasses classes;

    @BeforeAll
    static void readClassFiles() {
        classes = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.zeroipc.spring.boot.test", "io.zeroipc.test");
    }

    @Test
    void testSupportNeverSeesAnOffset() {
        noClasses().should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.zeroipc.memory..", "io.zeroipc.format..", "io.zeroipc.os..",
                        "java.lang.foreign..")
                .check(classes);
    }

    @Test
    void peerProcessKnowsNeitherEngineNorSpring() {
        noClasses().that()
                .resideInAPackage("io.zeroipc.test")
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages("io.zeroipc.test", "java..", "org.jspecify..", "org.junit.jupiter.api..")
                .because("tests of the engine use it")
                .check(classes);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.zeroipc.spring.boot.test.(*)..")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(
                        classes);
    }

    @Test
    void autoConfigurationIsPublicAndFinalAndHasNoPublicMethods() {
        classes().that()
                .areAnnotatedWith(AutoConfiguration.class)
                .should()
                .bePublic()
                .andShould()
                .haveModifier(JavaModifier.FINAL)
                .check(classes);
        methods().that()
                .areDeclaredInClassesThat()
                .areAnnotatedWith(AutoConfiguration.class)
                .should()
                .notBePublic()
                .check(classes);
    }
}
