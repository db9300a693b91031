package io.zeroipc.test;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

@Tag("process")
class PeerProcessesTest {

    @ParameterizedTest
    @ValueSource(classes = {FailingCase.InTheTest.class, FailingCase.BeforeTheTest.class,
            FailingCase.AfterTheTest.class})
    void shouldShowWhatThePeerPrintedAndEndItWhenTheTestFails(Class<?> failing) {
        Throwable failure = EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(failing))
                .execute()
                .testEvents()
                .failed()
                .stream()
                .map(PeerProcessesTest::failureOf)
                .findFirst()
                .orElseThrow();

        assertThat(failure).hasMessage("of something else");
        assertThat(failure.getSuppressed()).singleElement()
                .isInstanceOf(PeerProcesses.PeerOutput.class)
                .extracting(Throwable::getMessage)
                .asString()
                .contains("main=io.zeroipc.test.EchoPeer, pid=" + FailingCase.last.pid() + ", state=running")
                .contains("\n  out| arguments=[shown]");
        assertThat(FailingCase.last.isAlive()).isFalse();
    }

    private static Throwable failureOf(Event event) {
        return event.getRequiredPayload(TestExecutionResult.class)
                .getThrowable()
                .orElseThrow();
    }
}
