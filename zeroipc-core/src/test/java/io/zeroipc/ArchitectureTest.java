package io.zeroipc;

import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/** Holds the import matrix of the engine, as {@code docs/internals.md} tells it. */
class ArchitectureTest {

    private static JavaClasses engine;

    @BeforeAll
    static void readClassFiles() {
        engine = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
                .withImportOption(location -> !location.contains("/io/zeroipc/testing/"))
                .withImportOption(location -> !location.contains("/io/zeroipc/test/"))
                .importPackages("io.zeroipc");
    }

    /** The matrix: a package, and what it may import beside itself and the JDK. The root package has no suffix. */
    static Stream<Layer> layers() {
        return Stream.of(layer("root"),
                layer("memory", "root"),
                layer("os", "root", "memory"),
                layer("wait", "root", "memory", "os"),
                layer("codec", "root", "memory"),
                layer("format", "root", "memory"),
                layer("json", "root"),
                layer("segment", "root", "memory", "os", "wait", "format", "json"),
                layer("collection", "root", "memory", "os", "wait", "codec", "format", "segment"),
                layer("sync", "root", "memory", "os", "wait", "format", "segment"),
                layer("flow", "root", "memory", "os", "wait", "codec", "format", "segment", "collection", "sync"),
                layer("inspect", "root", "memory", "os", "wait", "codec", "format", "json", "segment", "collection",
                        "sync", "flow"),
                layer("manifest", "root", "os", "codec", "json", "segment", "inspect"),
                layer("export", "root", "codec", "json", "segment", "inspect"));
    }

    record Layer(String name, List<String> imports) {

        String[] allowed() {
            return Stream.concat(Stream.of(name, "java..", "org.jspecify.annotations"), imports.stream())
                    .toArray(String[]::new);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static Layer layer(String name, String... imports) {
        return new Layer(fullName(name), Arrays.stream(imports).map(ArchitectureTest::fullName).toList());
    }

    private static String fullName(String name) {
        return name.equals("root") ? "io.zeroipc" : "io.zeroipc." + name;
    }

    @ParameterizedTest
    @MethodSource("layers")
    void shouldExistWhenItIsInTheMatrix(Layer each) {
        assertThat(engine.containPackage(each.name())).as(each.name()).isTrue();
    }

    @Test
    void shouldBeInTheMatrixWhenAPackageExists() {
        assertThat(engine.stream().map(JavaClass::getPackageName).distinct())
                .containsExactlyInAnyOrderElementsOf(
                        layers().map(Layer::name).toList());
    }

    @ParameterizedTest
    @MethodSource("layers")
    void shouldImportOnlyWhatTheMatrixAllowsWhenAClassIsInAPackage(Layer each) {
        classes().that()
                .resideInAPackage(each.name())
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(each.allowed()).or(primitiveOrArrayOfPrimitives()))
                .because("bytes know nothing of structures, and structures nothing of those above them")
                .allowEmptyShould(true)
                .check(engine);
    }

    @Test
    void shouldHaveNoCyclesWhenPackagesImportEachOther() {
        slices().matching("io.zeroipc.(**)").should().beFreeOfCycles().allowEmptyShould(true).check(engine);
    }

    @Test
    void shouldKeepVarHandlesInOnePackageWhenMemoryIsAccessed() {
        noClasses().that()
                .resideOutsideOfPackage("io.zeroipc.memory")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(VarHandle.class)
                .because("the name of each access in Atomics says its ordering, and its partner can be looked up there")
                .allowEmptyShould(true)
                .check(engine);
    }

    @Test
    void shouldKeepNativeCallsInOnePackageWhenTheOperatingSystemIsAsked() {
        noClasses().that()
                .resideOutsideOfPackage("io.zeroipc.os")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(Linker.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(SymbolLookup.class)
                .because("restricted methods are called only where native access has been checked")
                .allowEmptyShould(true)
                .check(engine);
    }

    @Test
    void shouldBeFinalWhenAClassIsAStructure() {
        classes().that(resideInAnyPackage("io.zeroipc.collection", "io.zeroipc.sync", "io.zeroipc.flow"))
                .and()
                .haveSimpleNameStartingWith("Shared")
                .and()
                .areTopLevelClasses()
                .should()
                .haveModifier(JavaModifier.FINAL)
                .because("structures share no base class: each call site sees one type")
                .allowEmptyShould(true)
                .check(engine);
    }

    private static DescribedPredicate<JavaClass> primitiveOrArrayOfPrimitives() {
        return DescribedPredicate.describe("primitive", type -> type.getBaseComponentType().isPrimitive());
    }
}
