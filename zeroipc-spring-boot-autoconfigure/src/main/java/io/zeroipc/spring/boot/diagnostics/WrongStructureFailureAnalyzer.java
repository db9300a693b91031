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

import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Structure;
import io.zeroipc.spring.boot.autoconfigure.InvalidDefinitionException;

/**
 * Explains that no declared structure is of the type that is injected, and lists those there are: most often the elements are others.
 * Asked after {@link AbsentSegmentFailureAnalyzer}, which knows those that are not there yet.
 */
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
class WrongStructureFailureAnalyzer extends AbstractInjectionFailureAnalyzer<NoSuchBeanDefinitionException> {

    private final @Nullable BeanFactory beanFactory;

    WrongStructureFailureAnalyzer(@Nullable BeanFactory beanFactory) {
        this.beanFactory = beanFactory;
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
        List<String> declared = declared(wanted.toClass().equals(Segment.class) ? Segment.class : Structure.class);
        String who = description == null ? "A component" : description;
        if (declared.isEmpty()) {
            return new FailureAnalysis(who + " required a bean of type '" + wanted + "', and none is declared.",
                    "Declare one under 'zeroipc.segments.<segment>.structures.<structure>', or by a bean of type"
                            + " StructureDefinition.",
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

    private List<String> declared(Class<?> type) {
        List<String> declared = new ArrayList<>();
        if (beanFactory instanceof ConfigurableListableBeanFactory factory) {
            for (String name : factory.getBeanNamesForType(type, true, false)) {
                if (!factory.containsBeanDefinition(name)) {
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
