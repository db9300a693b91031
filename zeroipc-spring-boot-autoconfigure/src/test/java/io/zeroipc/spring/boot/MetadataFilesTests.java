package io.zeroipc.spring.boot;

import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
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
            try (InputStream file = resource("META-INF/spring-autoconfigure-metadata.properties")) {
                metadata.load(file);
            }
            assertThat(metadata.stringPropertyNames()).contains(name);
        }
    }

    @Test
    void importsFileNamesEveryAutoConfigurationInOrder() throws IOException {
        List<String> names = autoConfigurations();
        if (!names.isEmpty()) {
            assertThat(text("META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports").lines())
                    .filteredOn(line -> !line.isBlank() && !line.startsWith("#"))
                    .containsExactlyElementsOf(names);
        }
    }

    @Test
    void propertyMetadataNamesEveryPropertiesClass() throws IOException {
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

    private static String text(String path) throws IOException {
        try (InputStream file = resource(path)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** From this module's own output, since every jar of Spring Boot has files of the same names. */
    private static InputStream resource(String path) throws IOException {
        for (URL url : Collections.list(MetadataFilesTests.class.getClassLoader().getResources(path))) {
            if (url.toString().contains("zeroipc-spring-boot-autoconfigure")) {
                return url.openStream();
            }
        }
        throw new AssertionError("no such file among the classes of this module: path=" + path);
    }
}
