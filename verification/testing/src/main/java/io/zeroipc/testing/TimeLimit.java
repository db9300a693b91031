package io.zeroipc.testing;

import java.time.Duration;

/** The time that the build gives each test. */
final class TimeLimit {

    /** The configuration parameter that JUnit takes it from. */
    static final String PARAMETER = "junit.jupiter.execution.timeout.default";

    private TimeLimit() {
    }

    /** JUnit's {@code 5 m} is {@code PT5m}. */
    static Duration parse(String limit) {
        return Duration.parse("PT" + limit.replace(" ", ""));
    }
}
