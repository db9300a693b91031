package io.zeroipc.sample;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.zeroipc.collection.RingCursor;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.export.Export;
import io.zeroipc.export.Language;
import io.zeroipc.flow.SharedState;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.spring.boot.test.autoconfigure.AutoConfigureTestZeroIpc;
import io.zeroipc.testing.Koffi;
import io.zeroipc.testing.Repository;
import io.zeroipc.testing.Requirements;

import static io.zeroipc.sample.Patiently.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The application with its real publisher: a second JVM that reads this machine's figures. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT, properties = {
        // A limit of 0 is always reached: there is an alert at once.
        "sample.publisher.arguments=--cpu-limit=0",
        // Long enough for the figures to become stale, and no longer.
        "sample.publisher.restart-delay=700ms", "sample.publisher.restart-delay-max=700ms"})
@AutoConfigureTestZeroIpc
@DirtiesContext // ends the publisher
@ExtendWith(OutputCaptureExtension.class)
@Tag("process")
class SampleApplicationTests {

    @LocalServerPort
    int port;

    @Autowired
    Segment segment;

    @Autowired
    SharedState<Telemetry> newest;

    @Autowired
    SharedRing<Telemetry> history;

    private Telemetry awaitFreshSample() {
        await().until(() -> !Http.get(port, "/telemetry").get("stale").asBoolean());
        Telemetry sample = newest.get();
        assertThat(sample).isNotNull();
        return sample;
    }

    @Test
    void figuresArriveAndAreLogged(CapturedOutput output) {
        long number = awaitFreshSample().number();
        await().until(() -> newest.get().number() > number + 10);

        Telemetry sample = newest.get();
        assertThat(sample.publisher()).isNotEqualTo((int) ProcessHandle.current().pid());
        assertThat(sample.memory().total()).isPositive();
        assertThat(sample.cores()).isEqualTo(Runtime.getRuntime().availableProcessors());
        await().until(() -> output.getOut().lines().anyMatch(line -> line.contains("cpu ") && line.contains("net ")));
    }

    /** An address of this machine that is not the one it listens at, as those of its network are not. */
    @Test
    void otherMachinesAreNotServed() {
        assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> {
            try (Socket socket = new Socket("127.0.0.2", port)) {
                assertThat(socket.isConnected()).isFalse();
            }
        });
    }

    @Test
    void alertsAreTakenByTheListener() {
        awaitFreshSample();

        // Logged once, before any test: the publisher's first sample has crossed the limit.
        await().untilAsserted(() -> assertThat(
                Http.get(port, "/actuator/metrics/zeroipc.listener.messages").at("/measurements/0/value").asDouble())
                .isPositive());
    }

    @Test
    void endpointHealthAndMetricsAgree() {
        awaitFreshSample();

        JsonNode reported = Http.get(port, "/actuator/zeroipc").at("/segments/telemetry");
        assertThat(reported.at("/structures").propertyNames()).containsExactly("newest", "history", "alerts", "cores",
                "instance", "samples", "dropped");
        assertThat(reported.at("/structures/history/capacity").asLong()).isEqualTo(600);
        assertThat(Http.get(port, "/actuator/metrics/zeroipc.segment.used").at("/measurements/0/value").asLong())
                .isEqualTo(reported.at("/size/used").asLong())
                .isEqualTo(segment.occupancy().used());
        JsonNode health = Http.get(port, "/actuator/health");
        assertThat(health.at("/components/telemetry/status").asString()).isEqualTo("UP");
        assertThat(health.at("/components/zeroipc/components/telemetry/details/used").asLong())
                .isEqualTo(segment.occupancy().used());
    }

    @Test
    void publisherKilledThreeTimesComesBackEachTime(CapturedOutput output) throws IOException {
        Object file = Files.readAttributes(segment.path(), BasicFileAttributes.class).fileKey();
        for (int time = 1; time <= 3; time++) {
            Telemetry last = awaitFreshSample();
            ProcessHandle publisher = ProcessHandle.of(last.publisher()).orElseThrow();

            publisher.destroyForcibly();

            await().until(() -> Http.get(port, "/telemetry").get("stale").asBoolean());
            assertThat(Http.get(port, "/actuator/health").at("/components/telemetry/status").asString())
                    .isEqualTo("DOWN");
            Telemetry next = awaitFreshSample();
            assertThat(next.publisher()).isNotEqualTo(last.publisher());
            assertThat(next.number()).as("goes on counting").isGreaterThan(last.number());
        }
        assertThat(Files.readAttributes(segment.path(), BasicFileAttributes.class).fileKey())
                .as("the same segment all the time")
                .isEqualTo(file);
        assertThat(output.getOut()).contains("was killed by signal 9").contains("the figures are stale");
    }

    @Test
    void segmentRemovedIsMadeAgainAndEverybodyGoesOn() throws IOException {
        Telemetry last = awaitFreshSample();

        Files.delete(segment.path());

        await().until(() -> Http.get(port, "/telemetry").get("stale").asBoolean());
        await().untilAsserted(() -> {
            JsonNode answer = Http.get(port, "/telemetry");
            assertThat(answer.get("stale").asBoolean()).isFalse();
            assertThat(answer.at("/sample/publisher").asInt()).isNotEqualTo(last.publisher());
        });
        await().untilAsserted(() -> assertThat(Http.get(port, "/actuator/health").get("status").asString())
                .isEqualTo("UP"));
    }

    @Test
    void pythonReaderPrintsTheNewestSample() throws Exception {
        Path reader = Repository.root().resolve("sample-app/peers/telemetry_reader.py");

        assertThatReaderAgrees(List.of(Requirements.python().toString(), reader.toString()));
    }

    @Test
    void cppReaderPrintsTheNewestSample(@TempDir Path build) throws Exception {
        Path source = Repository.root().resolve("sample-app/peers/telemetry_reader.cpp");
        String binary = build.resolve("telemetry_reader").toString();
        run(List.of(Requirements.program("g++").toString(), "-std=c++17", "-O2", "-Wall", "-Wextra", "-Werror", "-o",
                binary, source.toString()));

        assertThatReaderAgrees(List.of(binary));
    }

    /** What stands in the project's README, with the file that is exported from the segment as it is. */
    @ParameterizedTest
    @EnumSource(names = {"PYTHON", "CPP", "TYPESCRIPT", "RUST"})
    void programWithAnExportedFilePrintsTheNewestSample(Language language, @TempDir Path directory) throws Exception {
        awaitFreshSample();
        Matcher program = Pattern
                .compile("^```" + language.label() + "\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(Repository.read("README.md"));
        assertThat(program.find()).isTrue();
        Path file = directory.resolve("newest." + (language == Language.CPP ? "cpp" : language.extension()));
        Files.writeString(file, program.group(1));
        Files.writeString(directory.resolve("telemetry." + language.extension()),
                Export.of(segment).named("telemetry").source(language));

        String printed = run(program(language, file));

        Matcher number = Pattern.compile("(?:sample |number=)(\\d+), .*cpu[ =][0-9.]+").matcher(printed);
        assertThat(number.find()).as(printed).isTrue();
        assertThat(find(Long.parseLong(number.group(1)))).isNotNull();
    }

    /** What runs it, compiled as the README says. */
    private static List<String> program(Language language, Path file) throws Exception {
        String binary = file.resolveSibling("newest").toString();
        return switch (language) {
            case PYTHON -> List.of(Requirements.python().toString(), "-B", file.toString());
            case CPP -> {
                run(List.of(Requirements.program("g++").toString(), "-std=c++17", "-pthread", "-o", binary,
                        file.toString()));
                yield List.of(binary);
            }
            case RUST -> {
                run(List.of(Requirements.program("rustc").toString(), "--edition=2021", "-o", binary, file.toString()));
                yield List.of(binary);
            }
            case TYPESCRIPT -> {
                String node = Requirements.program("node").toString();
                Koffi.install(file.getParent(), node);
                run(List.of(Requirements.program("tsc").toString(), "--strict", "--target", "es2022", "--module",
                        "node16",
                        file.toString()));
                yield List.of(node, file.resolveSibling("newest.js").toString());
            }
            default -> throw new IllegalArgumentException("not in the README: " + language);
        };
    }

    /** Both JVMs go on meanwhile, so the sample is looked up in the history by its number. */
    private void assertThatReaderAgrees(List<String> reader) throws IOException, InterruptedException {
        awaitFreshSample();
        List<String> command = new ArrayList<>(reader);
        command.addAll(List.of("--once", "--json", segment.path().toString()));

        JsonNode printed = Http.parse(run(command));

        Telemetry ours = find(printed.at("/sample/number").asLong());
        assertThat(JsonMapper.shared().treeToValue(printed.get("sample"), Telemetry.class)).isEqualTo(ours);
        command.remove("--json");
        assertThat(run(command)).contains("  sample ").contains("  mem ");
    }

    private Telemetry find(long number) {
        try (RingCursor<Telemetry> cursor = history.cursor(Start.EARLIEST)) {
            for (Telemetry sample = cursor.poll(); sample != null; sample = cursor.poll()) {
                if (sample.number() == number) {
                    return sample;
                }
            }
        }
        throw new AssertionError("sample not in the history: number=" + number);
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as("%s%n%s", command, output).isZero();
            return output;
        } finally {
            process.destroyForcibly();
        }
    }
}
