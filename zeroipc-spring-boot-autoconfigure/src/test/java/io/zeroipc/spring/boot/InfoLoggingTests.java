package io.zeroipc.spring.boot;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import io.zeroipc.codec.Codecs;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.boot.diagnostics.TroubleshootingPage;
import io.zeroipc.spring.core.ZeroIpcOperations;

import static org.assertj.core.api.Assertions.assertThat;

/** What an application logs that has nothing to complain about: one line for each segment, listener and loss. */
@ExtendWith(OutputCaptureExtension.class)
class InfoLoggingTests {

    @TempDir
    private Path directory;

    @Test
    void applicationWhenItRunsLogsOneLineForEachSegmentAndListener(CapturedOutput output) throws Exception {
        try (ConfigurableApplicationContext context = start()) {
            sendAndTake(context, 1);
        }
        assertThat(logged(output)).containsExactlyInAnyOrder("INFO segment created: segment=market, path="
                + directory.resolve("market") + ", bytes=" + Files.size(directory.resolve("market")),
                "INFO segment created: segment=plant, path=" + directory.resolve("plant") + ", bytes="
                        + Files.size(directory.resolve("plant")),
                "INFO listener started: id=order-log, channels=[market/orders], threads=1, wait=block",
                "INFO listener started: id=reading-log, channels=[plant/readings], threads=1, wait=block");
    }

    @Test
    void applicationWhenSegmentIsLostLogsOneLineForListenerAndSegment(CapturedOutput output) throws Exception {
        try (ConfigurableApplicationContext context = start("--zeroipc.segments.plant.on-replaced=reattach")) {
            sendAndTake(context, 1);
            List<String> before = logged(output);
            try (Segment peer = Segment.at(directory.resolve("plant")).size(1 << 16).recreate()) {
                SharedChannel.openOrCreate(peer, "readings", Codecs.int32(), 16).send(2);
                assertThat(context.getBean(Application.class).readings.take()).isEqualTo(2);
            }
            List<String> lines = logged(output);
            assertThat(lines.subList(before.size(), lines.size())).hasSize(2)
                    .anyMatch(line -> line.startsWith("WARN channel was lost and will be attached again:"
                            + " channel=plant/readings"))
                    .anyMatch(line -> line.startsWith("INFO segment was replaced by another process and is attached"
                            + " again: segment=plant"));
        }
    }

    private static void sendAndTake(ConfigurableApplicationContext context, int value) throws InterruptedException {
        Application application = context.getBean(Application.class);
        context.getBean(ZeroIpcOperations.class).send("market/orders", value);
        assertThat(application.orders.take()).isEqualTo(value);
        context.getBean(ZeroIpcOperations.class).send("plant/readings", value);
        assertThat(application.readings.take()).isEqualTo(value);
    }

    private static List<String> logged(CapturedOutput output) {
        return TroubleshootingPage.logged(output.toString()).lines().toList();
    }

    private ConfigurableApplicationContext start(String... more) {
        String[] arguments = new String[] {"--zeroipc.base-directory=" + directory,
                "--zeroipc.segments.market.structures.orders.type=queue",
                "--zeroipc.segments.market.structures.orders.element-type=int32",
                "--zeroipc.segments.market.structures.orders.capacity=16",
                "--zeroipc.segments.plant.structures.readings.type=channel",
                "--zeroipc.segments.plant.structures.readings.element-type=int32",
                "--zeroipc.segments.plant.structures.readings.capacity=16"};
        String[] all = Stream.concat(Arrays.stream(arguments), Arrays.stream(more))
                .toArray(String[]::new);
        return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
                .logStartupInfo(false)
                .run(all);
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {

        private final BlockingQueue<Integer> orders = new LinkedBlockingQueue<>();
        private final BlockingQueue<Integer> readings = new LinkedBlockingQueue<>();

        @ChannelListener(id = "order-log", channels = "market/orders")
        void onOrder(int order) {
            orders.add(order);
        }

        @ChannelListener(id = "reading-log", channels = "plant/readings")
        void onReading(int reading) {
            readings.add(reading);
        }
    }
}
