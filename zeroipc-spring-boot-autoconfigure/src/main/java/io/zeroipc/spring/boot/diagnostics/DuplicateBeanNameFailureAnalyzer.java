package io.zeroipc.spring.boot.diagnostics;

import java.util.List;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import io.zeroipc.spring.boot.autoconfigure.DuplicateBeanNameException;

/** Explains which two want to be the bean of one name. */
class DuplicateBeanNameFailureAnalyzer extends AbstractFailureAnalyzer<DuplicateBeanNameException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, DuplicateBeanNameException cause) {
        boolean structure = cause.property().contains(".structures");
        return new FailureAnalysis(
                "The bean '" + cause.beanName() + "' of '" + cause.property()
                        + "' cannot be registered: its name belongs"
                        + " to " + cause.other() + ".",
                Ways.list("Do one of these:",
                        List.of(structure
                                ? "set '" + cause.property() + ".bean-name' to another name;"
                                : "choose another key for the segment, and set its property 'name' to the present one;",
                                "rename the other bean;",
                                "set '" + cause.property()
                                        + ".enabled' to 'false', if your own bean takes its place.")),
                cause);
    }
}
