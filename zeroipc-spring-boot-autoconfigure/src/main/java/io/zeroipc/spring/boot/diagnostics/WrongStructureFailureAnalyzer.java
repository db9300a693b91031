package io.zeroipc.spring.boot.diagnostics;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.analyzer.AbstractInjectionFailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Structure;
import io.zeroipc.spring.boot.autoconfigure.InvalidDefinitionException;
import io.zeroipc.spring.core.StructureDefinition;

/**
 * Explains that no declared structure is of the type that is injected, and lists those there are: most often the elements are others.
 * Asked after {@link AbsentSegmentFailureAnalyzer}, which knows those that are not there yet.
 */
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
class WrongStructureFailureAnalyzer extends AbstractInjectionFailureAnalyzer<NoSuchBeanDefinitionException> {

    private final @Nullable BeanFactory beanFactory;
    private final @Nullable Environment environment;

    WrongStructureFailureAnalyzer(@Nullable BeanFactory beanFactory, @Nullable Environment environment) {
        this.beanFactory = beanFactory;
        this.environment = environment;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, NoSuchBeanDefinitionException cause,
            @Nullable String description) {
        ResolvableType wanted = cause.getResolvableType();
        // A definition that cannot be made has an analysis of its own.
        if (wanted == null || cause.getNumberOfBeansFound() != 0
                || findCause(rootFailure, InvalidDefinitionException.class) != null
                || !(Structure.class.isAssignableFrom(wanted.toClass()) || Segment.class.equals(wanted.toClass()))) {
            return null;
        }
        Class<?> type = wanted.toClass().equals(Segment.class) ? Segment.class : Structure.class;
        List<String> declared = declared(type, ResolvableType.forClass(type));
        String who = description == null ? "A component" : description;
        if (areDefinitionsUnread(declared)) {
            return new FailureAnalysis(
                    who + " required a bean of type '" + wanted + "' before the definitions of structures are read:"
                            + " post-processors of beans, and what they need, are made first.",
                    "Inject an ObjectProvider<" + wanted + ">, and ask it later; or declare the structure under"
                            + " 'zeroipc.segments.<segment>.structures.<structure>', where it is known from the beginning.",
                    cause);
        }
        if (declared.isEmpty()) {
            return new FailureAnalysis(who + " required a bean of type '" + wanted + "', and none is declared.",
                    "Declare one under 'zeroipc.segments.<segment>.structures.<structure>', or by a bean of type"
                            + " StructureDefinition.",
                    cause);
        }
        List<String> fitting = declared(type, wanted);
        if (!fitting.isEmpty()) {
            return new FailureAnalysis(
                    Ways.list(who + " required a bean of type '" + wanted
                            + "', and the qualifier there is that of none of those that are of this type:", fitting),
                    "Give the qualifier one of these names, @Qualifier(\"segment.structure\"), or take it away where there is"
                            + " only one. A qualifier at the method of a definition is that of the definition alone.",
                    cause);
        }
        return new FailureAnalysis(
                Ways.list(
                        who + " required a bean of type '" + wanted + "', and none of those that are declared is one:",
                        declared),
                "Change the type where it is injected, or type and element type where the structure is declared, so that"
                        + " they agree.",
                cause);
    }

    /** Whether there are definitions, and nobody has looked at them yet: what one defines says which bean it is from. */
    private boolean areDefinitionsUnread(List<String> declared) {
        return beanFactory instanceof ConfigurableListableBeanFactory factory
                && declared.stream().noneMatch(structure -> structure.contains(", declared by bean '"))
                && factory.getBeanNamesForType(StructureDefinition.class, true, false).length > 0
                && environment != null && environment.getProperty("zeroipc.enabled", Boolean.class, true);
    }

    private List<String> declared(Class<?> type, ResolvableType wanted) {
        List<String> declared = new ArrayList<>();
        if (beanFactory instanceof ConfigurableListableBeanFactory factory) {
            for (String name : factory.getBeanNamesForType(type, true, false)) {
                if (!factory.containsBeanDefinition(name) || !factory.isTypeMatch(name, wanted)) {
                    continue;
                }
                BeanDefinition definition = factory.getMergedBeanDefinition(name);
                declared.add(name + ": " + definition.getResolvableType() + ", declared by "
                        + definition.getResourceDescription());
            }
        }
        return declared;
    }
}
