package io.zeroipc.testing;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.testkit.engine.EngineTestKit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

/** The time limit in the root pom: a test that spins, whatever it is made of, fails, and the next one runs. */
class StalledTestTest {

    private static final Queue<Thread> SPINNING = new ConcurrentLinkedQueue<>();
    private static volatile boolean spin;

    @BeforeEach
    void start() {
        spin = true;
    }

    @AfterEach
    void end() throws InterruptedException {
        spin = false;
        for (Thread thread; (thread = SPINNING.poll()) != null;) {
            thread.join();
        }
    }

    @Test
    void shouldBeLimitedByTheBuild() {
        assertThat(System.getProperty("junit.jupiter.execution.timeout.default")).isNotBlank();
        assertThat(System.getProperty("junit.jupiter.execution.timeout.thread.mode.default"))
                .isEqualTo("SEPARATE_THREAD");
    }

    @ParameterizedTest
    @ValueSource(classes = {InTheTest.class, BeforeTheTest.class, InADynamicTest.class})
    void shouldFailAndLetTheNextOneRunWhenATestSpins(Class<?> stalls) {
        EngineTestKit.engine("junit-jupiter")
                .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "true")
                .configurationParameter("junit.jupiter.execution.timeout.default", "1 s")
                .configurationParameter("junit.jupiter.execution.timeout.thread.mode.default", "SEPARATE_THREAD")
                .selectors(selectClass(stalls), selectClass(Passes.class))
                .execute()
                .testEvents()
                .assertStatistics(events -> events.failed(1).succeeded(1));
    }

    /** As a loop over bytes that never change does: no interrupt ends it. */
    private static void spin() {
        SPINNING.add(Thread.currentThread());
        while (spin) {
            Thread.onSpinWait();
        }
    }

    static class InTheTest {

        @Test
        void spins() {
            spin();
        }
    }

    static class BeforeTheTest {

        @BeforeEach
        void spins() {
            spin();
        }

        @Test
        void isNotReached() {
        }
    }

    static class InADynamicTest {

        @TestFactory
        Stream<DynamicTest> spins() {
            return Stream.of(DynamicTest.dynamicTest("spins", StalledTestTest::spin));
        }
    }

    static class Passes {

        @Test
        void passes() {
        }
    }
}
