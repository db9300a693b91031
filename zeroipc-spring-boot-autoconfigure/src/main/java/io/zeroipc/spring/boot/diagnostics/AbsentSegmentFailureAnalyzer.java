package io.zeroipc.spring.boot.diagnostics;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Structure;
import io.zeroipc.spring.boot.autoconfigure.InvalidDefinitionException;

/**
 * Explains that a segment or structure is not there yet where the application starts without it: to Spring it looks as if
 * there were no such bean.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class AbsentSegmentFailureAnalyzer extends AbstractFailureAnalyzer<NoSuchBeanDefinitionException> {

    private final @Nullable Environment environment;

    AbsentSegmentFailureAnalyzer(@Nullable Environment environment) {
        this.environment = environment;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, NoSuchBeanDefinitionException cause) {
        ResolvableType type = cause.getResolvableType();
        Class<?> wanted = type == null ? null : type.resolve();
        boolean ours = wanted != null && (Segment.class.equals(wanted) || Structure.class.isAssignableFrom(wanted));
        if (!ours || environment == null || findCause(rootFailure, InvalidDefinitionException.class) != null
                || !"continue".equalsIgnoreCase(environment.getProperty("zeroipc.startup-failure-policy"))) {
            return null;
        }
        return new FailureAnalysis("A bean of type " + type
                + " is injected that does not exist yet, or is not declared:"
                + " with 'zeroipc.startup-failure-policy' set to 'continue' the application starts without the segments"
                + " and structures that other processes have yet to create.",
                "Inject an ObjectProvider<" + type
                        + ">, which gives it as soon as it is there, if its declaration says its"
                        + " type; or set the policy to 'retry', to wait for it.",
                cause);
    }
}
