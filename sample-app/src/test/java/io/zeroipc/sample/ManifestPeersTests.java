package io.zeroipc.sample;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import io.zeroipc.Shape;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.RingWriter;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.manifest.Manifest;
import io.zeroipc.manifest.PackedArena;
import io.zeroipc.manifest.PackedArray;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.Repository;
import io.zeroipc.testing.Requirements;

import static org.assertj.core.api.Assertions.assertThat;

/** Programs that know a manifest and no library: NumPy, Node.js, C++. */
@Tag("process")
class ManifestPeersTests {

    @TempDir
    Path directory;

    private static Path peer(String name) {
        return Repository.root().resolve("sample-app/peers").resolve(name);
    }

    private static Telemetry sample(long number, double cpu) {
        return new Telemetry(number, 1, 2, 4, cpu, new Telemetry.Load(1, 2, 3), new Telemetry.Memory(100, 50),
                new Telemetry.Traffic(5, 6), new Telemetry.Traffic(7, 8));
    }

    @Test
    void historyWhenMappedByNumPyShowsWhatJavaWritesLater() throws Exception {
        Path manifest = directory.resolve("telemetry.json");
        Path python = Requirements.python("numpy");
        try (Segment segment = TelemetrySegment.openOrCreate(directory.resolve("telemetry").toString())) {
            SharedRing<Telemetry> history = TelemetrySegment.history(segment);
            Manifest.write(segment, manifest);
            RingWriter<Telemetry> writer = history.writer();
            Process process = new ProcessBuilder(python.toString(), peer("history_numpy.py").toString(),
                    manifest.toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
            try (BufferedReader answers = process.inputReader(StandardCharsets.UTF_8);
                    Writer questions = process.outputWriter(StandardCharsets.UTF_8)) {
                assertThat(answers.readLine())
                        .isEqualTo("mapped " + Codecs.record(Telemetry.class).byteSize() + " 600");
                assertThat(ask(questions, answers).get("samples").asInt()).isZero();

                writer.offer(sample(1, 0.25));
                writer.offer(sample(2, 0.75));
                JsonNode two = ask(questions, answers);
                assertThat(two.get("samples").asInt()).isEqualTo(2);
                assertThat(two.get("mean").asDouble()).isEqualTo(0.5);
                assertThat(two.at("/newest/number").asLong()).isEqualTo(2);
                assertThat(two.at("/newest/load/fifteen").asDouble()).isEqualTo(3);

                for (long number = 3; number <= 1000; number++) {
                    writer.offer(sample(number, 1));
                }
                JsonNode many = ask(questions, answers);
                assertThat(many.at("/newest/number").asLong()).isEqualTo(1000);
                assertThat(many.get("samples").asInt()).isEqualTo(600);
                assertThat(many.get("mean").asDouble()).isEqualTo(1);
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
    }

    private static JsonNode ask(Writer questions, BufferedReader answers) throws IOException {
        questions.write("newest\n");
        questions.flush();
        String answer = answers.readLine();
        assertThat(answer).as("the peer ended").isNotNull();
        return Http.parse(answer);
    }

    @Test
    void arenaWhenMadeByNumPyIsSharedByJavaAndCppAndNode() throws Exception {
        String python = Requirements.python("numpy").toString();
        String node = Requirements.program("node").toString();
        String cpp = directory.resolve("arena").toString();
        run(Requirements.program("g++").toString(), "-std=c++17", "-O2", "-Wall", "-Wextra", "-Werror", "-o", cpp,
                peer("arena.cpp").toString());
        String numpy = peer("arena.py").toString();
        String script = peer("arena.mjs").toString();
        String manifest = directory.resolve("market.json").toString();
        run(python, numpy, "create", manifest);

        try (PackedArena arena = PackedArena.open(Path.of(manifest))) {
            PackedArray<Double> prices = arena.array("prices", Codecs.float64());
            PackedArray<Long> volumes = arena.array("volumes", Codecs.int64());
            assertThat(prices.shape()).isEqualTo(Shape.of(3, 4));
            assertThat(prices.get(prices.index(2, 1))).isEqualTo(4.5);
            assertThat(arena.array("firms").get(1)).isEqualTo(Map.of("name", "Initech", "rank", -1, "listed", false));

            run(node, script, "set", manifest, "prices", "5", "-0.125");
            assertThat(prices.get(prices.index(1, 1))).isEqualTo(-0.125);
            run(cpp, "set", manifest, "volumes", "2", "-9007199254740993");
            assertThat(volumes.get(2)).isEqualTo(-9007199254740993L);

            prices.set(prices.index(0, 3), 1e300);
            volumes.set(0, Long.MIN_VALUE);
            assertThat(run(python, numpy, "get", manifest, "prices", "0", "3")).isEqualTo("1e+300");
            assertThat(run(node, script, "get", manifest, "prices", "3")).isEqualTo("1e+300");
            assertThat(run(cpp, "get", manifest, "prices", "3")).isEqualTo("1e+300");
            assertThat(run(node, script, "get", manifest, "volumes", "0")).isEqualTo("" + Long.MIN_VALUE);
            assertThat(run(cpp, "get", manifest, "volumes", "0")).isEqualTo("" + Long.MIN_VALUE);
            assertThat(run(python, numpy, "get", manifest, "volumes", "2")).isEqualTo("-9007199254740993");
        }
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as("%s%n%s", List.of(command), output).isZero();
            return output.strip();
        } finally {
            process.destroyForcibly();
        }
    }
}
