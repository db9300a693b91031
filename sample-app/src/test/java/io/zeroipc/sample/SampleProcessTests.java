package io.zeroipc.sample;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.segment.Segment;
import io.zeroipc.test.PeerProcess;

import static io.zeroipc.sample.Patiently.await;
import static org.assertj.core.api.Assertions.assertThat;

/** Whole processes, as they are started in terminals, killed and started again. */
@Tag("process")
class SampleProcessTests {

    private static final int ANY_PORT = 0;
    private static final int TERMINATED = 128 + 15;

    @TempDir
    Path directory;

    private PeerProcess application(int port) {
        return PeerProcess.of(SampleApplication.class)
                .withArguments("--zeroipc.base-directory=" + directory, "--server.port=" + port)
                .start();
    }

    private PeerProcess publisher(String... more) {
        return PeerProcess.of(SampleApplication.class)
                .withArguments("--publisher", "--segment=" + file())
                .withArguments((Object[]) more)
                .start();
    }

    private Path file() {
        return directory.resolve(TelemetrySegment.NAME);
    }

    /** The newest sample, once it was taken by another process than this one. */
    private Telemetry awaitSampleNotOf(long publisher) {
        await().until(() -> Files.exists(file()));
        try (Segment segment = Segment.at(file()).open()) {
            var newest = TelemetrySegment.newest(segment);
            await().until(() -> newest.get() != null && newest.get().publisher() != publisher);
            return newest.get();
        }
    }

    private static void awaitEnd(long process) {
        await().until(() -> ProcessHandle.of(process).filter(ProcessHandle::isAlive).isEmpty());
    }

    @Test
    void applicationKilledTakesItsPublisherAlongAndTheNextOneGoesOn() throws Exception {
        Telemetry first;
        Telemetry second;
        try (PeerProcess application = application(ANY_PORT)) {
            application.awaitLineWith("main instance");
            first = awaitSampleNotOf(0);

            application.kill();

            awaitEnd(first.publisher());
        }
        try (PeerProcess application = application(ANY_PORT)) {
            application.awaitLineWith("main instance");
            second = awaitSampleNotOf(first.publisher());
            assertThat(second.number()).as("the segment is the same").isGreaterThan(first.number());

            application.terminate();

            assertThat(application.join()).isEqualTo(TERMINATED);
            awaitEnd(second.publisher());
            assertThat(application.errors()).isEmpty();
            assertThat(application.output()).noneMatch(line -> line.contains("was killed"));
        }
        assertThat(Files.exists(file())).isTrue();
    }

    @Test
    void secondInstanceReadsAndTakesOverWhenTheMainOneIsKilled() throws Exception {
        try (PeerProcess main = application(ANY_PORT)) {
            int port = Http.port(main.awaitLineWith("main instance"));
            Telemetry sample = awaitSampleNotOf(0);

            // Configured for the very port that the main instance has.
            try (PeerProcess second = application(port)) {
                String told = second.awaitLineWith("second instance", "process " + main.pid(), "localhost:" + port);
                assertThat(Http.port(told)).isNotEqualTo(port);
                assertThat(told).contains("starts no publisher and takes no alerts");
                assertThat(Http.get(Http.port(told), "/telemetry").at("/sample/publisher").asInt())
                        .isEqualTo(sample.publisher());

                main.kill();

                second.awaitLineWith("main instance");
                assertThat(awaitSampleNotOf(sample.publisher()).number()).isGreaterThan(sample.number());
            }
        }
    }

    @Test
    void publisherStartedByHandNeedsNoApplicationAndIsTheOnlyOne() throws Exception {
        Telemetry sample;
        try (PeerProcess publisher = publisher()) {
            publisher.awaitLineWith("ten samples a second into " + file());
            sample = awaitSampleNotOf(0);

            try (PeerProcess another = publisher()) {
                assertThat(another.join()).isEqualTo(3);
                assertThat(another.output()).singleElement()
                        .asString()
                        .contains("process " + publisher.pid() + " publishes into " + file() + " already");
            }
            ProcessHandle.of(publisher.pid()).orElseThrow().destroy();
            assertThat(publisher.join()).isEqualTo(TERMINATED);
            assertThat(publisher.errors()).isEmpty();
        }
        try (PeerProcess publisher = publisher()) {
            assertThat(awaitSampleNotOf(sample.publisher()).number()).isGreaterThan(sample.number());
            assertThat(publisher.isAlive()).isTrue();
        }
    }

    @Test
    void applicationReadsWhatAPublisherStartedByHandPublishes() throws Exception {
        try (PeerProcess publisher = publisher()) {
            Telemetry sample = awaitSampleNotOf(0);
            try (PeerProcess application = application(ANY_PORT)) {
                application.awaitLineWith("this application reads the samples of the other publisher");

                publisher.kill();

                assertThat(awaitSampleNotOf(sample.publisher()).number()).isGreaterThan(sample.number());
            }
        }
    }

    @Test
    void publisherSaysSoWhenItsCommandLineIsWrong() throws Exception {
        try (PeerProcess publisher = publisher("--cpu=1")) {
            assertThat(publisher.join()).isEqualTo(2);
            assertThat(publisher.output()).singleElement().asString().contains("unknown option: --cpu=1");
        }
    }
}
