package io.zeroipc.spring.cloud.stream.binder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.spring.cloud.stream.binder.sample.TradesApplication;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.test.PeerProcesses;
import io.zeroipc.testing.KafkaBroker;
import io.zeroipc.testing.Repository;

import static org.assertj.core.api.Assertions.assertThat;

/** The application of the guide in two processes, with the configuration of the guide: over shared memory, over Kafka, over both. */
@Tag("process")
class SampleApplicationTests {

    @TempDir
    private Path configuration;

    @TempDir
    private Path segments;

    @RegisterExtension
    final PeerProcesses peers = new PeerProcesses();

    @BeforeEach
    void write() throws IOException {
        Guide.writeConfiguration(configuration);
    }

    /** One part of the application, and what this machine has in place of what others have. */
    private PeerProcess start(String functions, String profile, Map<String, ?> more) {
        return peers.start(PeerProcess.of(TradesApplication.class)
                .withSystemProperties(more)
                .withArguments("--spring.config.location=" + configuration + "/",
                        "--spring.cloud.function.definition=" + functions, "--spring.profiles.active=" + profile,
                        "--zeroipc.base-directory=" + segments, "--spring.main.banner-mode=off",
                        "--logging.level.root=WARN", "--spring.main.keep-alive=true"));
    }

    private static void awaitBookings(PeerProcess ledger) throws InterruptedException {
        for (int i = 1; i <= 20; i++) {
            ledger.await("booked trade " + i + ": 1250.0");
        }
        assertThat(ledger.output().stream().filter(line -> line.startsWith("booked trade "))).hasSize(20);
    }

    @Test
    void shouldRunTheClassesOfTheGuide() throws IOException {
        String source = Repository.read("zeroipc-spring-cloud-stream-binder/src/test/java/"
                + TradesApplication.class.getName().replace('.', '/') + ".java");
        assertThat(Guide.TEXT).contains("```java\n" + source + "```");
    }

    @Test
    void shouldGoThroughSharedMemory() throws Exception {
        PeerProcess trades = start("trades", "", Map.of());
        PeerProcess ledger = start("book;ledger", "", Map.of());
        awaitBookings(ledger);
        assertThat(trades.isAlive()).isTrue();
        assertThat(segments.resolve("stream.trades")).exists();
        assertThat(segments.resolve("stream.bookings")).exists();
    }

    @Test
    void shouldGoThroughKafka() throws Exception {
        Map<String, String> broker = broker();
        PeerProcess ledger = start("book;ledger", "kafka", broker);
        start("trades", "kafka", broker);
        awaitBookings(ledger);
        try (var files = Files.list(segments)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void shouldGoThroughSharedMemoryAndThenThroughKafka() throws Exception {
        Map<String, String> broker = broker();
        PeerProcess here = start("trades;book", "both", broker);
        PeerProcess ledger = start("ledger", "both", broker);
        awaitBookings(ledger);
        assertThat(here.isAlive()).isTrue();
        try (var files = Files.list(segments)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .allMatch(file -> file.startsWith("stream.trades-"))
                    .isNotEmpty();
        }
    }

    /** A broker that all tests share, so each has topics of its own. */
    private static Map<String, String> broker() {
        String bindings = "spring.cloud.stream.bindings.";
        String trades = KafkaBroker.uniqueName("trades");
        String bookings = KafkaBroker.uniqueName("bookings");
        return Map.of("spring.kafka.bootstrap-servers", KafkaBroker.bootstrapServers(),
                bindings + "trades-out-0.destination", trades, bindings + "book-in-0.destination", trades,
                bindings + "book-out-0.destination", bookings, bindings + "ledger-in-0.destination", bookings);
    }
}
