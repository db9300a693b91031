package io.zeroipc.spring.boot.diagnostics;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.core.ChannelFullException;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.spring.listener.ContainerState;
import io.zeroipc.test.PeerProcess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Brings running applications into trouble, and compares what they say with the guide's page on it. */
@ExtendWith(OutputCaptureExtension.class)
class TroubleshootingRunTests {

    private static final String MARKET = "zeroipc.segments.market.";
    private static final String ORDERS = MARKET + "structures.orders.";

    @TempDir
    private Path directory;

    @Test
    void sendWhenChannelIsFull() {
        try (ConfigurableApplicationContext context = start(Sending.class, Map.of())) {
            ZeroIpcOperations template = context.getBean(ZeroIpcOperations.class);
            for (int i = 0; i < 16; i++) {
                template.send("market/orders", i);
            }
            ChannelFullException full = catchThrowableOfType(ChannelFullException.class,
                    () -> template.send("market/orders", 16));
            assertThat(full.toString()).isEqualTo(TroubleshootingPage.entry("A channel is full"));
        }
    }

    @Test
    void listenerWhenItThrows(CapturedOutput output) {
        try (ConfigurableApplicationContext context = start(OrderLog.class, Map.of())) {
            context.getBean(ZeroIpcOperations.class).send("market/orders", -1);
            Awaitility.await().until(() -> output.toString().contains("listener failed"));
        }
        assertThat(logged(output, "listener failed")).isEqualTo(TroubleshootingPage.entry("A listener fails"));
    }

    @Test
    void listenerWhenItIsTooSlowForARing(CapturedOutput output) {
        Map<String, String> ring = Map.of(ORDERS + "type", "ring", ORDERS + "options.overwrite", "true");
        try (ConfigurableApplicationContext context = start(OrderLog.class, ring)) {
            ZeroIpcOperations template = context.getBean(ZeroIpcOperations.class);
            OrderLog log = context.getBean(OrderLog.class);
            template.send("market/orders", OrderLog.SLOW);
            Awaitility.await().until(() -> log.inside.getCount() == 0);
            for (int i = 0; i < 100; i++) {
                template.send("market/orders", i);
            }
            log.release.countDown();
            Awaitility.await().until(() -> log.taken.contains(99));
        }
        assertThat(logged(output, "too slow")).isEqualTo(TroubleshootingPage.entry("A listener is too slow"));
    }

    @Test
    void listenerWhenItDoesNotReturn(CapturedOutput output) {
        try (ConfigurableApplicationContext context = start(OrderLog.class,
                Map.of("zeroipc.listener.shutdown-timeout", "10ms"))) {
            OrderLog log = context.getBean(OrderLog.class);
            context.getBean(ZeroIpcOperations.class).send("market/orders", OrderLog.SLOW);
            Awaitility.await().until(() -> log.inside.getCount() == 0);
            context.getBean(ChannelListenerEndpointRegistry.class).stop("order-log");
        }
        assertThat(logged(output, "did not return")).isEqualTo(
                TroubleshootingPage.entry("A listener does not return when the application stops"));
    }

    @Test
    void segmentWhenItIsNotThereYet(CapturedOutput output) {
        Map<String, String> later = Map.of(MARKET + "mode", "open", "zeroipc.startup-failure-policy", "continue");
        try (ConfigurableApplicationContext context = start(OrderLog.class, later);
                Segment peer = Segment.at(directory.resolve("market")).size(1 << 16).create()) {
            SharedQueue.create(peer, "orders", Codecs.int32(), 16).offer(1);
            Awaitility.await().until(() -> context.getBean(OrderLog.class).taken.contains(1));
        }
        assertThat(logged(output, "")).isEqualTo(TroubleshootingPage.entry("A segment is not there yet"));
    }

    @Test
    void segmentWhenItIsReplaced(CapturedOutput output) throws Exception {
        try (ConfigurableApplicationContext context = start(OrderLog.class, Map.of())) {
            Files.delete(directory.resolve("market"));
            Awaitility.await()
                    .until(() -> context.getBean(ChannelListenerEndpointRegistry.class)
                            .getContainer("order-log")
                            .getState() == ContainerState.FAILED);
            Awaitility.await().until(() -> output.toString().contains("does not consume any more"));
        }
        assertThat(logged(output, "does not consume", "SegmentDetachedException")).isEqualTo(
                TroubleshootingPage.entry("A segment was replaced while it was in use"));
    }

    @Test
    void segmentWhenItIsReplacedAndAttachedAgain(CapturedOutput output) throws Exception {
        try (ConfigurableApplicationContext context = start(OrderLog.class, Map.of(MARKET + "on-replaced", "reattach"));
                Segment peer = Segment.at(directory.resolve("market")).size(1 << 16).recreate()) {
            SharedQueue.openOrCreate(peer, "orders", Codecs.int32(), 16).offer(1);
            Awaitility.await().until(() -> context.getBean(OrderLog.class).taken.contains(1));
        }
        assertThat(logged(output, "attached again")).isEqualTo(
                TroubleshootingPage.entry("A segment was replaced, and the application goes on"));
    }

    @Test
    void queueWhenNobodyGetsAnyFurther(CapturedOutput output) {
        try (ConfigurableApplicationContext context = start(OrderLog.class, Map.of())) {
            SharedQueue<?> orders = context.getBean(SharedQueue.class);
            long claim = orders.tryClaim();
            Awaitility.await().until(() -> output.toString().contains("structure is stuck"));
            orders.abort(claim);
            Awaitility.await().until(() -> output.toString().contains("structure goes on"));
        }
        assertThat(logged(output, "structure ").replaceFirst("since=\\S+", "since=2026-01-31T12:34:56.789Z"))
                .isEqualTo(TroubleshootingPage.entry("Nobody gets any further in a queue"));
    }

    @Test
    @Tag("process")
    void processWhenKilledGivesItsRoleBack(CapturedOutput output) throws Exception {
        Map<String, String> ring = Map.of(ORDERS + "type", "ring");
        try (PeerProcess child = PeerProcess.of(OrderLogApplication.class)
                .withArguments((Object[]) arguments(ring))
                .start()) {
            child.await("taken 1");
            child.kill();
        }
        try (ConfigurableApplicationContext context = start(OrderLog.class, ring)) {
            context.getBean(ZeroIpcOperations.class).send("market/orders", 2);
            Awaitility.await().until(() -> context.getBean(OrderLog.class).taken.contains(2));
        }
        assertThat(logged(output, "")).isEqualTo(TroubleshootingPage.entry("A process was killed"));
    }

    /** The lines with one of these texts. */
    private String logged(CapturedOutput output, String... texts) {
        String all = TroubleshootingPage.normalized(TroubleshootingPage.logged(output.toString()), directory);
        return String.join("\n",
                all.lines().filter(line -> Stream.of(texts).anyMatch(line::contains)).toList());
    }

    private ConfigurableApplicationContext start(Class<?> application, Map<String, String> changes) {
        return new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
                .logStartupInfo(false)
                .run(arguments(changes));
    }

    private String[] arguments(Map<String, String> changes) {
        return Stream.concat(Stream.of("--zeroipc.base-directory=" + directory),
                TroubleshootingPage.queue(changes)
                        .entrySet()
                        .stream()
                        .map(property -> "--" + property.getKey() + "=" + property.getValue()))
                .toArray(String[]::new);
    }

    /** Sends one order to itself, tells that it came, and waits to be killed. */
    static final class OrderLogApplication {

        private OrderLogApplication() {
        }

        public static void main(String[] arguments) throws InterruptedException {
            try (ConfigurableApplicationContext context = new SpringApplicationBuilder(OrderLog.class)
                    .web(WebApplicationType.NONE)
                    .run(arguments)) {
                context.getBean(ZeroIpcOperations.class).send("market/orders", 1);
                System.out.println("taken " + context.getBean(OrderLog.class).taken.take());
                new CountDownLatch(1).await();
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(ZeroIpcAutoConfiguration.class)
    static class Sending {}

    static class OrderLog extends Sending {

        static final int SLOW = -2;

        final CountDownLatch inside = new CountDownLatch(1);
        final CountDownLatch release = new CountDownLatch(1);
        final BlockingQueue<Integer> taken = new LinkedBlockingQueue<>();

        @ChannelListener(id = "order-log", channels = "market/orders")
        void on(int order) throws InterruptedException {
            if (order == -1) {
                throw new IllegalArgumentException("quantity is negative: quantity=-1");
            }
            if (order == SLOW) {
                inside.countDown();
                release.await();
            }
            taken.add(order);
        }
    }
}
