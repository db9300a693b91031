package io.zeroipc.spring.boot.diagnostics;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.annotation.Order;

import io.zeroipc.spring.boot.autoconfigure.InvalidDefinitionException;

/**
 * Explains which bean that defines a segment or a structure cannot work. Asked before those that explain its cause, which do not
 * know the bean.
 */
@Order(0)
class InvalidDefinitionFailureAnalyzer extends AbstractFailureAnalyzer<InvalidDefinitionException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidDefinitionException cause) {
        return new FailureAnalysis("A definition of ZeroIPC cannot work: " + cause.problem() + ".\n\n    Definition: "
                + cause.definition(), cause.remedy(), cause);
    }
}
