package io.zeroipc.spring.boot.test;

import java.time.Duration;
import java.util.List;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.stereotype.Component;
import org.springframework.test.context.ContextConfiguration;

import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.boot.test.ChannelListenerTestHarness.Invocation;
import io.zeroipc.spring.boot.test.app.Alert;
import io.zeroipc.spring.boot.test.app.AlertApplication;
import io.zeroipc.spring.boot.test.app.AlertLog;
import io.zeroipc.spring.boot.test.autoconfigure.ZeroIpcTest;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.core.ZeroIpcHeaders;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.listener.ElementMessage;
import io.zeroipc.spring.listener.ListenerInterceptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

@ZeroIpcTest(AlertLog.class)
@ContextConfiguration(classes = AlertApplication.class)
@Import({ChannelListenerTestHarnessTests.Batches.class, ChannelListenerTestHarnessTests.Guard.class})
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ChannelListenerTestHarnessTests {

    private static final String ID = "alert-log";

    @Autowired
    ChannelListenerTestHarness harness;

    @Autowired
    ZeroIpcTemplate zeroIpc;

    @Autowired
    AlertLog listener;

    @Autowired
    ChannelListenerEndpointRegistry registry;

    /** Listeners with a list and on another channel, with two annotations on one method. */
    @Component
    static class Batches {

        @ChannelListener(id = "first", channels = "feed/ticks", startPosition = "earliest")
        void first(List<Long> ticks) {
        }

        @ChannelListener(id = "news", channels = "host/newest")
        @ChannelListener(id = "more-news", channels = "host/newest")
        void news(int value) {
        }
    }

    /** An interceptor of the application, which keeps some elements from the listener. */
    @TestConfiguration(proxyBeanMethods = false)
    static class Guard implements ListenerInterceptor {

        @Override
        public void before(ElementMessage message) {
            if (message.getPayload() instanceof Alert alert && alert.level() == 13) {
                throw new IllegalStateException("not this one");
            }
        }
    }

    @Test
    @Order(1)
    void callIsRecordedWithPayloadAndHeaders() throws Exception {
        harness.awaitRunning(ID);
        zeroIpc.send("host/alerts", new Alert(1, 0.5));

        List<Invocation> calls = harness.awaitInvocations(ID, 1);

        assertThat(calls).singleElement().satisfies(call -> {
            assertThat(call.listenerId()).isEqualTo(ID);
            assertThat(call.channel()).isEqualTo("host/alerts");
            assertThat(call.payload(Alert.class)).isEqualTo(new Alert(1, 0.5));
            assertThat(call.headers()).containsEntry(ZeroIpcHeaders.STRUCTURE, "alerts");
            assertThat(call.isSuccess()).isTrue();
        });
    }

    @Test
    @Order(2)
    void callOfTheTestBeforeIsForgotten() {
        assertThat(harness.invocations(ID)).isEmpty();
    }

    @Test
    void callThatFailsIsRecordedWithWhatWasThrown() throws Exception {
        zeroIpc.send("host/alerts", new Alert(-1, 0));
        zeroIpc.send("host/alerts", new Alert(2, 0));

        List<Invocation> calls = harness.awaitInvocations(ID, 2);

        assertThat(calls).extracting(Invocation::isSuccess).containsExactly(false, true);
        assertThat(calls.getFirst().exception())
                .hasMessage("negative level: level=-1, from=alerts");
    }

    @Test
    void elementThatAnotherInterceptorKeepsBackIsNoCall() throws Exception {
        zeroIpc.send("host/alerts", new Alert(13, 0));
        zeroIpc.send("host/alerts", new Alert(14, 0));

        assertThat(harness.awaitInvocations(ID, 1)).extracting(call -> call.payload(Alert.class).level())
                .containsExactly(14);
    }

    @Test
    void batchIsOneCallWithAList() throws Exception {
        registry.stop("first");
        zeroIpc.sendAll("feed/ticks", List.of(1L, 2L, 3L));
        registry.start("first");

        assertThat(harness.awaitInvocations("first", 1).getFirst().payload())
                .asInstanceOf(InstanceOfAssertFactories.list(Long.class))
                .contains(1L);
    }

    @Test
    void methodWithTwoAnnotationsIsRecordedForEach() throws Exception {
        harness.awaitRunning("news");
        harness.awaitRunning("more-news");
        zeroIpc.send("host/newest", 42);

        assertThat(harness.awaitInvocations("news", 1).getFirst().payload()).isEqualTo(42);
        assertThat(harness.awaitInvocations("more-news", 1).getFirst().payload()).isEqualTo(42);
    }

    @Test
    void beanIsTheApplicationsOwn() {
        assertThat(AopUtils.isAopProxy(listener)).isFalse();
        assertThat(listener.getClass()).isEqualTo(AlertLog.class);
    }

    @Test
    void waitingInVainTellsWhatWasRecorded() throws Exception {
        zeroIpc.send("host/alerts", new Alert(3, 0));
        harness.awaitInvocations(ID, 1);

        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> harness.awaitInvocations(ID, 2, Duration.ofMillis(50)))
                .withMessageStartingWith("listener was not called often enough: listener=alert-log, state=RUNNING, "
                        + "channels=[host/alerts], last error=")
                .withMessageContaining("payload=Alert[level=3, value=0.0]")
                .withMessageEndingWith("(expected: 2 calls within PT0.05S)");
    }

    @Test
    void waitingForAStoppedListenerTellsItsState() {
        registry.stop("first");
        try {
            assertThatExceptionOfType(AssertionError.class)
                    .isThrownBy(() -> harness.awaitRunning("first", Duration.ofMillis(50)))
                    .withMessageStartingWith("listener does not run: listener=first, state=STOPPED, ")
                    .withMessageEndingWith("(expected: RUNNING within PT0.05S)");
        } finally {
            registry.start("first");
        }
    }

    @Test
    void listenerThatDoesNotExistIsNamedBesideThoseThatDo() {
        assertThatIllegalArgumentException().isThrownBy(() -> harness.awaitInvocations("alert-lock", 1))
                .withMessageContaining("id=alert-lock")
                .withMessageContaining(ID);
    }
}
