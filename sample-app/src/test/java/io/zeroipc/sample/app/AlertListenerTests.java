package io.zeroipc.sample.app;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.zeroipc.flow.SharedChannel;
import io.zeroipc.sample.Alert;
import io.zeroipc.spring.boot.test.ChannelListenerTestHarness;
import io.zeroipc.spring.boot.test.autoconfigure.ZeroIpcTest;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.core.ZeroIpcTemplate;

import static io.zeroipc.spring.boot.test.ZeroIpcAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/** The listener alone: without the publisher, the web and the rest of the application. */
@ZeroIpcTest(AlertListener.class)
@ExtendWith(OutputCaptureExtension.class)
class AlertListenerTests {

    @Autowired
    ZeroIpcTemplate zeroIpc;

    @Autowired
    SharedChannel<Alert> alerts;

    @Autowired
    ChannelListenerEndpointRegistry registry;

    @Autowired
    ChannelListenerTestHarness listeners;

    @Test
    void alertsWaitUntilTheListenerIsStartedAndAreLoggedThen(CapturedOutput output) throws Exception {
        Alert raised = new Alert(1_700_000_000_000_000_000L, Alert.Metric.CPU, true, 0.95, 0.9);
        Alert over = new Alert(1_700_000_001_000_000_000L, Alert.Metric.CPU, false, 0.5, 0.9);
        zeroIpc.send("telemetry/alerts", raised);
        zeroIpc.send("telemetry/alerts", over);
        assertThat(alerts).containsExactly(raised, over);

        registry.start(AlertListener.ID);

        assertThat(listeners.awaitInvocations(AlertListener.ID, 2)).extracting(call -> call.payload(Alert.class))
                .containsExactly(raised, over);
        assertThat(alerts).isEmpty();
        assertThat(output.getOut()).containsPattern("cpu at +95 % since").containsPattern("cpu back at +50 % since");
    }
}
