package io.zeroipc.testing;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

/** Isolated, because it changes the property that every other test of this JVM would obey. */
@Isolated
class RequirementsTest {

    private static final String MISSING = "no-such-program-of-zeroipc";

    private @Nullable String before;

    @BeforeEach
    void remember() {
        before = System.getProperty(Requirements.PROPERTY);
        System.setProperty(Requirements.PROPERTY, "available");
    }

    @AfterEach
    void restore() {
        if (before == null) {
            System.clearProperty(Requirements.PROPERTY);
        } else {
            System.setProperty(Requirements.PROPERTY, before);
        }
    }

    @Test
    void shouldAbortWithTheReasonWhenAProgramIsMissing() {
        assertThatThrownBy(() -> Requirements.program(MISSING)).isInstanceOf(TestAbortedException.class)
                .hasMessageContaining("name=" + MISSING);
    }

    @Test
    void shouldFailWithTheReasonWhenAProgramIsMissingAndEverythingIsRequired() {
        System.setProperty(Requirements.PROPERTY, "all");

        assertThatThrownBy(() -> Requirements.program(MISSING)).isInstanceOf(AssertionFailedError.class)
                .hasMessageContaining("name=" + MISSING)
                .hasMessageContaining("zeroipc.require=all");
    }

    @Test
    void shouldFindAProgramWhenItIsOnThePath() {
        assertThat(Requirements.program("sh")).isAbsolute().isExecutable();
    }

    @Test
    void shouldTellSuccessFromFailureWhenAProgramRuns() {
        String sh = Requirements.program("sh").toString();

        assertThat(Requirements.succeeds(List.of(sh, "-c", "exit 0"))).isTrue();
        assertThat(Requirements.succeeds(List.of(sh, "-c", "exit 3"))).isFalse();
        assertThat(Requirements.succeeds(List.of(MISSING))).isFalse();
    }

    @Test
    void shouldLeaveAbortsAloneWhenNotEverythingIsRequired() {
        run(AbortsInTest.class).assertStatistics(events -> events.aborted(1).failed(0));
    }

    @Test
    void shouldFailAbortedTestsWhenEverythingIsRequired() {
        System.setProperty(Requirements.PROPERTY, "all");

        run(AbortsInTest.class).assertStatistics(events -> events.aborted(0).failed(1));
        run(AbortsBeforeEach.class).assertStatistics(events -> events.aborted(0).failed(1));
    }

    @Test
    void shouldSkipOrRunByNativeAccessWhenATestAsksForIt() {
        boolean enabled = RequirementsTest.class.getModule().isNativeAccessEnabled();

        run(OnlyNative.class).assertStatistics(events -> events.started(enabled ? 1 : 0).skipped(enabled ? 0 : 1));
    }

    private static Events run(Class<?> testClass) {
        return EngineTestKit.engine("junit-jupiter")
                .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "true")
                .selectors(selectClass(testClass))
                .execute()
                .testEvents();
    }

    static class AbortsInTest {

        @Test
        void aborts() {
            Assumptions.abort("on purpose");
        }
    }

    static class AbortsBeforeEach {

        @BeforeEach
        void abort() {
            Assumptions.abort("on purpose");
        }

        @Test
        void neverRuns() {
        }
    }

    static class OnlyNative {

        @Test
        @EnabledWithNativeAccess
        void runsOnlyWithNativeAccess() {
        }
    }
}
