package io.zeroipc.spring.boot;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.Configuration;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.constructors;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static org.assertj.core.api.Assertions.assertThat;

/** The rules that Spring Boot's own build holds its auto-configurations to, as far as they concern us. */
class AutoConfigurationRulesTests {

    private static JavaClasses classes;

    @BeforeAll
    static void readClassFiles() {
        classes = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.zeroipc.spring.boot");
    }

    @Test
    void autoConfigurationsHaveNoPublicMembers() {
        methods().that()
                .areDeclaredInClassesThat()
                .areAnnotatedWith(AutoConfiguration.class)
                .should()
                .notBePublic()
                .check(classes);
        constructors().that()
                .areDeclaredInClassesThat()
                .areAnnotatedWith(AutoConfiguration.class)
                .should()
                .notBePublic()
                .check(classes);
    }

    @Test
    void autoConfigurationsOrderThemselvesByClassOnlyAgainstOurOwn() {
        assertThat(autoConfigurations()).isNotEmpty().allSatisfy(type -> {
            AutoConfiguration annotation = type.reflect().getAnnotation(AutoConfiguration.class);
            assertThat(Arrays.asList(annotation.after())).allMatch(
                    other -> other.getName().startsWith("io.zeroipc."));
            assertThat(annotation.before()).isEmpty();
        });
    }

    @Test
    void autoConfigurationsThatAreNamedAsStringsExist() {
        assertThat(autoConfigurations()).allSatisfy(type -> assertThat(
                type.reflect().getAnnotation(AutoConfiguration.class).afterName()).allSatisfy(
                        name -> assertThat(Class.forName(name)).hasAnnotation(AutoConfiguration.class)));
    }

    @Test
    void configurationsProxyNoBeanMethods() {
        classes().that()
                .areAnnotatedWith(Configuration.class)
                .should(new ArchCondition<>("have proxyBeanMethods = false") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        boolean proxies = type.getAnnotationOfType(Configuration.class).proxyBeanMethods();
                        events.add(new SimpleConditionEvent(type, !proxies, type.getName() + " proxies its methods"));
                    }
                })
                .check(classes);
    }

    @Test
    void postProcessorsAreMadeByStaticMethods() {
        methods().that()
                .areAnnotatedWith(Bean.class)
                .and()
                .haveRawReturnType(DescribedPredicate.describe("a post-processor",
                        type -> type.isAssignableTo(BeanFactoryPostProcessor.class)
                                || type.isAssignableTo(BeanPostProcessor.class)))
                .should()
                .beStatic()
                .check(classes);
    }

    @Test
    void beanMethodsAreNotConditionalOnClasses() {
        noMethods().that()
                .areAnnotatedWith(Bean.class)
                .should()
                .beAnnotatedWith(ConditionalOnClass.class)
                .because("the method's own signature would have been read by then")
                .check(classes);
    }

    @Test
    void missingBeanConditionsDoNotRepeatTheReturnType() {
        methods().that()
                .areAnnotatedWith(ConditionalOnMissingBean.class)
                .should(new ArchCondition<>("not repeat their return type") {
                    @Override
                    public void check(JavaMethod method, ConditionEvents events) {
                        Class<?>[] named = method.getAnnotationOfType(ConditionalOnMissingBean.class).value();
                        boolean repeats = named.length == 1
                                && named[0].getName().equals(method.getRawReturnType().getName());
                        events.add(new SimpleConditionEvent(method, !repeats, method.getFullName() + " repeats it"));
                    }
                })
                .check(classes);
    }

    @Test
    void propertiesNameTheirPrefixByValue() {
        Set<JavaClass> properties = classes.that(
                DescribedPredicate.describe("are properties", type -> type.isAnnotatedWith(
                        ConfigurationProperties.class)))
                .stream()
                .collect(Collectors.toSet());
        assertThat(properties).hasSize(2).allSatisfy(type -> {
            var annotation = type.getAnnotationOfType(ConfigurationProperties.class);
            assertThat(annotation.value()).isIn("zeroipc", "management.endpoint.zeroipc");
            assertThat(annotation.prefix()).isEmpty();
        });
    }

    @Test
    void conditionsAreNotPublic() {
        classes().that()
                .areAssignableTo(Condition.class)
                .should()
                .notBePublic()
                .allowEmptyShould(true)
                .check(classes);
    }

    @Test
    void optionalTechnologyStaysInItsPackages() {
        noClasses().that()
                .resideInAnyPackage("io.zeroipc.spring.boot.autoconfigure", "io.zeroipc.spring.boot.diagnostics")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework.boot.actuate..", "org.springframework.boot.health..",
                        "org.springframework.boot.micrometer..", "io.micrometer.core..", "jakarta.validation..",
                        "tools.jackson..")
                .check(classes);
        noClasses().that()
                .resideInAPackage("..health..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework.boot.actuate..", "io.micrometer.core..")
                .check(classes);
        noClasses().that()
                .resideInAPackage("..metrics..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework.boot.actuate..", "org.springframework.boot.health..")
                .check(classes);
    }

    private static Set<JavaClass> autoConfigurations() {
        return classes.that(DescribedPredicate.describe("are auto-configurations",
                type -> type.isAnnotatedWith(AutoConfiguration.class)))
                .stream()
                .collect(Collectors.toSet());
    }
}
