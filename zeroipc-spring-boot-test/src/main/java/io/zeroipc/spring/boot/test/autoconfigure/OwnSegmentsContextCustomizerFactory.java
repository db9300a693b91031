package io.zeroipc.spring.boot.test.autoconfigure;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.test.context.SpringBootTestContextBootstrapper;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotatedBeanDefinitionReader;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.test.context.BootstrapWith;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.MergedContextConfiguration;
import org.springframework.test.context.TestContextAnnotationUtils;

/**
 * Gives each context of a test of Spring Boot, {@code @SpringBootTest} or a slice, segments of its own, as
 * {@link AutoConfigureTestZeroIpc} does. Without an annotation, because whoever forgets one meets what is in use.
 */
final class OwnSegmentsContextCustomizerFactory implements ContextCustomizerFactory {

    /** Called by the test framework. */
    OwnSegmentsContextCustomizerFactory() {
    }

    @Override
    public @Nullable ContextCustomizer createContextCustomizer(Class<?> testClass,
            List<ContextConfigurationAttributes> configAttributes) {
        BootstrapWith bootstrap = TestContextAnnotationUtils.findMergedAnnotation(testClass, BootstrapWith.class);
        return bootstrap != null && SpringBootTestContextBootstrapper.class.isAssignableFrom(bootstrap.value())
                ? new OwnSegments()
                : null;
    }

    /** A part of the key of the context cache. All are equal: no context is made twice for its sake. */
    private record OwnSegments() implements ContextCustomizer {

        @Override
        public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration merged) {
            if (context.getBeanFactory() instanceof BeanDefinitionRegistry registry) {
                new AnnotatedBeanDefinitionReader(registry, context.getEnvironment())
                        .register(OwnSegmentsConfiguration.class);
            }
        }
    }

    /**
     * Asked while the context is refreshed, when all of the test's properties are there. What it imports comes after what the
     * application declares, as the harness is the innermost of the interceptors.
     */
    @Configuration(proxyBeanMethods = false)
    @Conditional(Wanted.class)
    @ImportAutoConfiguration(TestZeroIpcAutoConfiguration.class)
    static class OwnSegmentsConfiguration {}

    /** Unless it was declined, or the test itself says where its segments are. */
    static class Wanted implements Condition {

        private static final List<ConfigurationPropertyName> PLACES = List.of(
                ConfigurationPropertyName.of("zeroipc.base-directory"),
                ConfigurationPropertyName.of("zeroipc.file-prefix"));

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            Environment environment = context.getEnvironment();
            return environment.getProperty(TestZeroIpcAutoConfiguration.ISOLATE, Boolean.class, true)
                    && !(environment instanceof ConfigurableEnvironment configurable && isPlacedByTest(configurable));
        }

        /** What only a test says comes before system properties; what the application says for every start, after them. */
        private static boolean isPlacedByTest(ConfigurableEnvironment environment) {
            for (PropertySource<?> source : environment.getPropertySources()) {
                if (source.getName().equals(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME)) {
                    return false;
                }
                // Null for the source that stands for all others.
                ConfigurationPropertySource properties = ConfigurationPropertySource.from(source);
                if (properties != null
                        && PLACES.stream().anyMatch(name -> properties.getConfigurationProperty(name) != null)) {
                    return true;
                }
            }
            return false;
        }
    }
}
