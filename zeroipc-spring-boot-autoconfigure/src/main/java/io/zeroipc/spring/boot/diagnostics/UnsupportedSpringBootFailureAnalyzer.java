package io.zeroipc.spring.boot.diagnostics;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains which Spring Boot is needed. Refers to nothing that an older one does not have. */
class UnsupportedSpringBootFailureAnalyzer extends AbstractFailureAnalyzer<UnsupportedSpringBootException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, UnsupportedSpringBootException cause) {
        return new FailureAnalysis("This version of zeroipc-spring-boot-starter works with Spring Boot "
                + cause.supported() + ", and Spring Boot " + cause.found() + " is on the class path.",
                "Use spring-boot-starter-parent or spring-boot-dependencies of version " + cause.supported()
                        + ", or the version of zeroipc-spring-boot-starter that was made for Spring Boot "
                        + cause.found() + ".",
                cause);
    }
}
