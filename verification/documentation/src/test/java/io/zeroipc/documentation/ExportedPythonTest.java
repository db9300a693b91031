package io.zeroipc.documentation;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.codec.Length;
import io.zeroipc.collection.RingWriter;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.export.Export;
import io.zeroipc.export.Language;
import io.zeroipc.flow.SharedState;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.Requirements;

import static org.assertj.core.api.Assertions.assertThat;

/** The programs of the section on Python of {@code docs/guide/exported-files.md}, on a segment that Java is working on. */
@Tag("process")
class ExportedPythonTest {

    private static final String PAGE = "docs/guide/exported-files.md";

    public record Reading(int sensor, double value, @Length(8) String unit) {}

    private static final Codec<Reading> READING = Codecs.record(Reading.class);

    @TempDir
    Path directory;

    @Test
    void shouldSetALimitWhenJavaWritesReadings() throws Exception {
        write("cooler.py");
        try (Segment segment = plant()) {
            SharedRing<Reading> readings = segment.create("readings", SharedRing.spec(READING, 8, true));
            SharedState<Double> limit = SharedState.create(segment, "limit", Codecs.float64());
            export(segment);
            Process process = new ProcessBuilder(Requirements.python().toString(), "-B", "-W", "error", "-u",
                    "cooler.py").directory(directory.toFile()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
            try (RingWriter<Reading> writer = readings.writer(); BufferedReader output = process.inputReader()) {
                // It begins with what comes when it is there.
                while (process.isAlive() && !output.ready()) {
                    writer.put(new Reading(1, 290, "kelvin"));
                    Thread.sleep(1);
                }
                assertThat(output.readLine()).isEqualTo("Reading(sensor=1, value=290.0, unit='kelvin')");
                writer.put(new Reading(2, 400, "celsius"));
                writer.put(new Reading(3, 310.5, "kelvin"));
                assertThat(output.lines().toList().getLast())
                        .isEqualTo("Reading(sensor=3, value=310.5, unit='kelvin')");
                assertThat(process.waitFor()).isZero();
            } finally {
                process.destroyForcibly().waitFor();
            }
            assertThat(limit.get()).isEqualTo(305.5);
        }
    }

    @Test
    void shouldTakeTheMeanWhenNumpyIsThere() throws Exception {
        String python = Requirements.python("numpy").toString();
        write("mean.py");
        try (Segment segment = plant()) {
            SharedRing<Reading> readings = segment.create("readings", SharedRing.spec(READING, 8, true));
            export(segment);
            try (RingWriter<Reading> writer = readings.writer()) {
                for (int i = 1; i <= 11; i++) {
                    writer.put(new Reading(i, i, "kelvin"));
                }
            }
            assertThat(Programs.output(directory, List.of(python, "-B", "-W", "error", "mean.py")))
                    .isEqualTo("8 7.5 11");
        }
    }

    private Segment plant() {
        return Segment.at(directory.resolve("plant")).size(1 << 16).create();
    }

    private void export(Segment segment) throws IOException {
        Files.writeString(directory.resolve("plant.py"), Export.of(segment).source(Language.PYTHON));
    }

    private void write(String file) throws IOException {
        Files.writeString(directory.resolve(file), Snippet.file(PAGE, file).text());
    }
}
