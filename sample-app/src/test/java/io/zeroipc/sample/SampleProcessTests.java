package io.zeroipc.sample;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.segment.Segment;
import io.zeroipc.testing.ChildJvm;

import static io.zeroipc.sample.Patiently.await;
import static org.assertj.core.api.Assertions.assertThat;

/** Whole processes, as they are started in terminals, killed and started again. */
@Tag("process")
class SampleProcessTests {

    private static final int ANY_PORT = 0;
    private static final int TERMINATED = 128 + 15;

    @TempDir
    Path directory;

    private ChildJvm application(int port) {
        return ChildJvm.of(SampleApplication.class)
                .withArguments("--zeroipc.base-directory=" + directory, "--server.port=" + port)
                .start();
    }

    private ChildJvm publisher(String... more) {
        return ChildJvm.of(SampleApplication.class)
                .withArguments("--publisher", "--segment=" + file())
                .withArguments((Object[]) more)
                .start();
    }

    private Path file() {
        return directory.resolve(TelemetrySegment.NAME);
    }

    private static String awaitLine(ChildJvm child, String... parts) {
        Predicate<String> wanted = line -> List.of(parts).stream().allMatch(line::contains);
        await().until(() -> child.output().stream().anyMatch(wanted) || !child.isAlive());
        return child.output()
                .stream()
                .filter(wanted)
                .findFirst()
                .orElseThrow(() -> new AssertionError("line did not come: parts=" + List.of(parts) + ", " + child));
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
        try (ChildJvm application = application(ANY_PORT)) {
            awaitLine(application, "main instance");
            first = awaitSampleNotOf(0);

            application.kill();

            awaitEnd(first.publisher());
        }
        try (ChildJvm application = application(ANY_PORT)) {
            awaitLine(application, "main instance");
            second = awaitSampleNotOf(first.publisher());
            assertThat(second.number()).as("the segment is the same").isGreaterThan(first.number());

            ProcessHandle.of(application.pid()).orElseThrow().destroy();

            assertThat(application.join()).isEqualTo(TERMINATED);
            awaitEnd(second.publisher());
            assertThat(application.errors()).isEmpty();
            assertThat(application.output()).noneMatch(line -> line.contains("was killed"));
        }
        assertThat(Files.exists(file())).isTrue();
    }

    @Test
    void secondInstanceReadsAndTakesOverWhenTheMainOneIsKilled() throws Exception {
        try (ChildJvm main = application(ANY_PORT)) {
            int port = port(awaitLine(main, "main instance"));
            Telemetry sample = awaitSampleNotOf(0);

            // Configured for the very port that the main instance has.
            try (ChildJvm second = application(port)) {
                String told = awaitLine(second, "second instance", "process " + main.pid(), "localhost:" + port);
                assertThat(port(told)).isNotEqualTo(port);
                assertThat(told).contains("starts no publisher and takes no alerts");
                assertThat(Http.get(port(told), "/telemetry").at("/sample/publisher").asInt())
                        .isEqualTo(sample.publisher());

                main.kill();

                awaitLine(second, "main instance");
                assertThat(awaitSampleNotOf(sample.publisher()).number()).isGreaterThan(sample.number());
            }
        }
    }

    @Test
    void publisherStartedByHandNeedsNoApplicationAndIsTheOnlyOne() throws Exception {
        Telemetry sample;
        try (ChildJvm publisher = publisher()) {
            awaitLine(publisher, "ten samples a second into " + file());
            sample = awaitSampleNotOf(0);

            try (ChildJvm another = publisher()) {
                assertThat(another.join()).isEqualTo(3);
                assertThat(another.output()).singleElement()
                        .asString()
                        .contains("process " + publisher.pid() + " publishes into " + file() + " already");
            }
            ProcessHandle.of(publisher.pid()).orElseThrow().destroy();
            assertThat(publisher.join()).isEqualTo(TERMINATED);
            assertThat(publisher.errors()).isEmpty();
        }
        try (ChildJvm publisher = publisher()) {
            assertThat(awaitSampleNotOf(sample.publisher()).number()).isGreaterThan(sample.number());
            assertThat(publisher.isAlive()).isTrue();
        }
    }

    @Test
    void applicationReadsWhatAPublisherStartedByHandPublishes() throws Exception {
        try (ChildJvm publisher = publisher()) {
            Telemetry sample = awaitSampleNotOf(0);
            try (ChildJvm application = application(ANY_PORT)) {
                awaitLine(application, "this application reads the samples of the other publisher");

                publisher.kill();

                assertThat(awaitSampleNotOf(sample.publisher()).number()).isGreaterThan(sample.number());
            }
        }
    }

    @Test
    void publisherSaysSoWhenItsCommandLineIsWrong() throws Exception {
        try (ChildJvm publisher = publisher("--cpu=1")) {
            assertThat(publisher.join()).isEqualTo(2);
            assertThat(publisher.output()).singleElement().asString().contains("unknown option: --cpu=1");
        }
    }

    private static int port(String line) {
        Matcher matcher = Pattern.compile("at http://localhost:(\\d+)/").matcher(line);
        assertThat(matcher.find()).as(line).isTrue();
        return Integer.parseInt(matcher.group(1));
    }
}
