package io.zeroipc.spring.boot.kafka.outbound;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.LongStream;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.context.ApplicationContext;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.spring.boot.kafka.Bridge;
import io.zeroipc.spring.boot.kafka.BridgeHeaders;
import io.zeroipc.spring.boot.kafka.BridgeRegistry;
import io.zeroipc.spring.boot.kafka.BridgeState;
import io.zeroipc.spring.boot.kafka.BridgedApplication;
import io.zeroipc.spring.boot.kafka.BrokerChild;
import io.zeroipc.spring.boot.kafka.TopicRecords;
import io.zeroipc.spring.boot.kafka.actuate.BridgesEndpoint;
import io.zeroipc.spring.boot.kafka.actuate.BridgesHealthContributor;
import io.zeroipc.spring.boot.kafka.autoconfigure.KafkaBridgesEndpointAutoConfiguration;
import io.zeroipc.spring.boot.kafka.autoconfigure.KafkaBridgesHealthContributorAutoConfiguration;
import io.zeroipc.spring.boot.kafka.autoconfigure.KafkaBridgesMetricsAutoConfiguration;
import io.zeroipc.spring.listener.ChannelListenerContainer;
import io.zeroipc.spring.listener.ContainerState;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.test.PeerProcesses;

import static org.assertj.core.api.Assertions.assertThat;

/** A broker that is not there, comes, stops and goes on: nothing is lost meanwhile, and no more taken than is said. */
@Tag("process")
class UnreachableBrokerTests {

    private static final int IN_FLIGHT = 10;
    private static final int CAPACITY = 64;

    @RegisterExtension
    final PeerProcesses peers = new PeerProcesses();

    @TempDir
    Path directory;

    @Test
    void elementsWaitInTheirRingUntilTheBrokerAnswers() throws Exception {
        int port = BrokerChild.freePort();
        Path stored = directory.resolve("broker");
        String topic = "late";
        BridgedApplication.in(directory, "localhost:" + port)
                .withConfiguration(AutoConfigurations.of(KafkaBridgesHealthContributorAutoConfiguration.class,
                        MetricsAutoConfiguration.class, KafkaBridgesMetricsAutoConfiguration.class,
                        KafkaBridgesEndpointAutoConfiguration.class))
                .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .withPropertyValues(
                        BridgedApplication.structure("numbers", "ring", "int64", "capacity=" + CAPACITY))
                .withPropertyValues("management.endpoints.web.exposure.include=*",
                        "zeroipc.bridges.out.from=market/numbers", "zeroipc.bridges.out.to=kafka:" + topic,
                        "zeroipc.bridges.out.max-in-flight=" + IN_FLIGHT)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    long sent = fill(context, 0);
                    assertWaits(context, sent, 0);

                    PeerProcess broker = broker(port, stored);
                    await().until(() -> bridge(context).figures().carried() == CAPACITY);
                    assertThat(bridge(context).state()).isEqualTo(BridgeState.RUNNING);
                    assertThat(health(context)).isEqualTo(Status.UP);

                    signal("STOP", broker);
                    sent = fill(context, sent);
                    assertWaits(context, sent, CAPACITY);
                    signal("CONT", broker);
                    await().until(() -> bridge(context).figures().carried() == 2L * CAPACITY);

                    broker.kill();
                    sent = fill(context, sent);
                    await().until(() -> bridge(context).figures().inFlight() > 0);
                    ChannelListenerContainer container = context.getBean("bridge.out", ChannelListenerContainer.class);
                    bridge(context).stop();
                    assertThat(container.getState()).isEqualTo(ContainerState.STOPPED);
                    assertThat(container.isInExpectedState()).isTrue();
                    assertThat(ring(context).occupancy().used()).isEqualTo(CAPACITY);
                    broker(port, stored);
                    bridge(context).start();
                    await().until(() -> ring(context).occupancy().used() == 0);

                    try (TopicRecords records = new TopicRecords("localhost:" + port, topic)) {
                        // What was on its way when the bridge was stopped may have come twice, and says so.
                        assertThat(records.await(Math.toIntExact(sent)))
                                .extracting(record -> Codecs.int64().fromBytes(record.value()))
                                .containsAll(LongStream.range(0, sent).boxed().toList());
                        assertThat(records.look()).allSatisfy(UnreachableBrokerTests::assertTellsItsPosition);
                    }
                });
    }

    private PeerProcess broker(int port, Path stored) throws InterruptedException {
        PeerProcess broker = peers.start(PeerProcess.of(BrokerChild.class).withArguments(port, stored));
        broker.await(BrokerChild.READY);
        return broker;
    }

    private static void assertTellsItsPosition(ConsumerRecord<byte[], byte[]> record) {
        assertThat(BridgeHeaders.position(record.headers())).isEqualTo(Codecs.int64().fromBytes(record.value()));
    }

    /** As many as there is room for. */
    private static long fill(ApplicationContext context, long first) {
        long next = first;
        while (next < first + CAPACITY) {
            if (ring(context).outlet().offer(next)) {
                next++;
            }
        }
        return next;
    }

    private static void assertWaits(ApplicationContext context, long sent, long carried) {
        Bridge bridge = bridge(context);
        await().until(() -> bridge.state() == BridgeState.WAITING);
        assertThat(bridge.figures().inFlight()).isBetween(1L, (long) IN_FLIGHT);
        assertThat(bridge.figures().carried()).isLessThan(carried + CAPACITY);
        assertThat(bridge.figures().lastError()).startsWith("broker ");
        assertThat(health(context)).isEqualTo(Status.DOWN);
        // Nothing was let go that has not arrived: the sender finds no more room than that.
        assertThat(ring(context).occupancy().used()).isEqualTo(sent - bridge.figures().carried());
        MeterRegistry meters = context.getBean(MeterRegistry.class);
        assertThat(meters.get("zeroipc.bridge.in.flight").tag("bridge", "out").gauge().value())
                .isBetween(1.0, (double) IN_FLIGHT);
        assertThat(meters.get("zeroipc.bridge.lag").tag("direction", "out").gauge().value()).isPositive();
        assertThat(meters.get("zeroipc.bridge.attempts.failed").functionCounter().count()).isPositive();
        assertThat(context.getBean(BridgesEndpoint.class).bridge("out")).satisfies(descriptor -> {
            assertThat(descriptor.from()).isEqualTo("market/numbers");
            assertThat(descriptor.state()).isEqualTo(BridgeState.WAITING);
        });
    }

    private static Status health(ApplicationContext context) {
        return context.getBean(BridgesHealthContributor.class)
                .stream()
                .map(entry -> ((HealthIndicator) entry.contributor())
                        .health())
                .findFirst()
                .orElseThrow()
                .getStatus();
    }

    @SuppressWarnings("unchecked") // declared so
    private static SharedRing<Long> ring(ApplicationContext context) {
        return context.getBean(SharedRing.class);
    }

    private static Bridge bridge(ApplicationContext context) {
        return context.getBean(BridgeRegistry.class).find("out").orElseThrow();
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofMinutes(2));
    }

    private static void signal(String name, PeerProcess process) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).inheritIO().start().waitFor())
                .isZero();
    }
}
