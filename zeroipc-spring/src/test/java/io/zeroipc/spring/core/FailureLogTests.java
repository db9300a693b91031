package io.zeroipc.spring.core;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class FailureLogTests {

    private final FailureLog log = new FailureLog();

    private static List<String> lines(CapturedOutput output) {
        return output.toString().lines().filter(line -> line.contains("ERROR") && line.contains("FailureLog")).toList();
    }

    @Test
    void failedWhenTheFirstHasItsStackAndTheOthersAreCounted(CapturedOutput output) {
        for (int i = 0; i < 100; i++) {
            log.failed("failure " + i, "discarded", new IllegalStateException("trace " + i), i);
        }
        assertThat(lines(output)).singleElement().asString().contains("failure 0; discarded");
        assertThat(output).contains("java.lang.IllegalStateException: trace 0").doesNotContain("trace 1");

        log.failed("failure 100", "discarded", new IllegalStateException("trace 100"), FailureLog.INTERVAL_NANOS);
        log.failed("failure 101", "discarded", null, FailureLog.INTERVAL_NANOS + 1);
        assertThat(lines(output)).hasSize(2);
        assertThat(lines(output).getLast()).contains("100 more failures", "the last one: failure 100; discarded");
        assertThat(output).doesNotContain("trace 100");
    }

    @Test
    void failedWhenItWasCalmForLongIsTheFirstAgain(CapturedOutput output) {
        log.failed("one", "discarded", null, 0);
        log.failed("two", "discarded", null, 1);
        log.failed("three", "discarded", new IllegalStateException("trace"), 1 + FailureLog.CALM_NANOS);
        assertThat(lines(output)).hasSize(2);
        assertThat(output).contains("three; discarded", "IllegalStateException: trace").doesNotContain("more failures");
    }

    @Test
    void failedWhenTheMessageIsLongCutsIt(CapturedOutput output) {
        log.failed("x".repeat(10_000), "discarded", null);
        assertThat(lines(output)).singleElement().asString().hasSizeLessThan(800).contains("x [cut]; discarded");
    }
}
