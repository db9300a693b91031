package io.zeroipc.spring.boot;

import java.io.IOException;
import java.io.StringReader;
import java.lang.annotation.Annotation;
import java.util.List;
import java.util.Properties;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationProperties;

import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.testing.ModuleOutput;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares the files that annotation processors and we ourselves put into {@code META-INF} with the classes. A processor
 * that is not on {@code annotationProcessorPaths} is not run, and nothing else would tell.
 */
class MetadataFilesTests {

    private static JavaClasses classes;

    @BeforeAll
    static void readClassFiles() {
        classes = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.zeroipc.spring");
    }

    @Test
    void conditionMetadataNamesEveryAutoConfiguration() throws IOException {
        for (String name : autoConfigurations()) {
            Properties metadata = new Properties();
            metadata.load(new StringReader(text("META-INF/spring-autoconfigure-metadata.properties")));
            assertThat(metadata.stringPropertyNames()).contains(name);
        }
    }

    @Test
    void importsFileNamesEveryAutoConfigurationInOrder() {
        List<String> names = autoConfigurations();
        if (!names.isEmpty()) {
            assertThat(text("META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports").lines())
                    .filteredOn(line -> !line.isBlank() && !line.startsWith("#"))
                    .containsExactlyElementsOf(names);
        }
    }

    @Test
    void propertyMetadataNamesEveryPropertiesClass() {
        for (JavaClass properties : annotatedWith(ConfigurationProperties.class)) {
            assertThat(text("META-INF/spring-configuration-metadata.json"))
                    .contains("\"sourceType\": \"" + properties.getName() + "\"");
        }
    }

    private static List<String> autoConfigurations() {
        return annotatedWith(AutoConfiguration.class).stream().map(JavaClass::getName).sorted().toList();
    }

    private static List<JavaClass> annotatedWith(Class<? extends Annotation> annotation) {
        return classes.stream().filter(type -> type.isAnnotatedWith(annotation)).toList();
    }

    private static String text(String path) {
        return ModuleOutput.text(ZeroIpcAutoConfiguration.class, path);
    }
}
