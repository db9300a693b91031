package io.zeroipc.sample;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.collection.RingWriter;
import io.zeroipc.export.Export;
import io.zeroipc.export.Language;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.Repository;
import io.zeroipc.testing.Requirements;

import static org.assertj.core.api.Assertions.assertThat;

/** Somebody with an empty directory, beside the publisher's segment. */
@Tag("process")
class ExportedPythonTests {

    private static final String THREE_LINES = """
            import telemetry
            segment = telemetry.ZeroipcTelemetry()
            print(segment.history().newest())
            """;

    @TempDir
    Path directory;

    @Test
    void threeLinesPrintTheNewestSample() throws Exception {
        assertThat(Repository.read("docs/guide/exported-files.md")).contains(THREE_LINES);
        try (Segment segment = TelemetrySegment.openOrCreate(directory.resolve("zeroipc-telemetry").toString());
                RingWriter<Telemetry> history = TelemetrySegment.history(segment).writer()) {
            Files.writeString(directory.resolve("telemetry.py"), Export.of(segment).source(Language.PYTHON));
            Files.writeString(directory.resolve("newest.py"), THREE_LINES);
            assertThat(newest()).isEqualTo("None");
            for (int number = 1; number <= 3 * TelemetrySegment.HISTORY_CAPACITY; number++) {
                history.put(new Telemetry(number, 2, 3, 4, 0.5, new Telemetry.Load(1, 2, 3), new Telemetry.Memory(8, 4),
                        new Telemetry.Traffic(5, 6), new Telemetry.Traffic(7, Double.NaN)));
            }
            assertThat(newest()).isEqualTo("Telemetry(number=1800, takenAt=2, publisher=3, cores=4, cpu=0.5, "
                    + "load=Load(one=1.0, five=2.0, fifteen=3.0), memory=Memory(total=8, available=4), "
                    + "network=Traffic(in_=5.0, out=6.0), disk=Traffic(in_=7.0, out=nan))");
        }
    }

    private String newest() throws Exception {
        Process process = new ProcessBuilder(Requirements.python().toString(), "-B", "-W", "error", "newest.py")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.strip();
    }
}
