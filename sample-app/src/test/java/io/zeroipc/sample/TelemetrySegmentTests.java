package io.zeroipc.sample;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ClassPathResource;

import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Structure;

import static org.assertj.core.api.Assertions.assertThat;

class TelemetrySegmentTests {

    @TempDir
    Path directory;

    @Test
    void applicationYamlSaysTheSame() throws Exception {
        PropertySource<?> yaml = new YamlPropertySourceLoader()
                .load("application", new ClassPathResource("application.yml"))
                .getFirst();
        String segment = "zeroipc.segments.telemetry.";
        assertThat(yaml.getProperty(segment + "name")).isEqualTo(TelemetrySegment.NAME);

        try (Segment created = TelemetrySegment.openOrCreate(directory.resolve("created").toString())) {
            List<Structure> structures = List.of(TelemetrySegment.newest(created), TelemetrySegment.history(created),
                    TelemetrySegment.alerts(created), TelemetrySegment.cores(created),
                    TelemetrySegment.samples(created), TelemetrySegment.dropped(created));
            for (Structure structure : structures) {
                String key = segment + "structures." + structure.name() + ".";
                assertThat(yaml.getProperty(key + "type")).isEqualTo(structure.kind().label());
                assertThat(Objects.toString(yaml.getProperty(key + "element-type"), ""))
                        .isEqualTo(structure.elementType());
            }
        }
        assertThat(yaml.getProperty(segment + "structures.history.capacity"))
                .isEqualTo(TelemetrySegment.HISTORY_CAPACITY);
        assertThat(yaml.getProperty(segment + "structures.history.options.overwrite")).isEqualTo(true);
        assertThat(yaml.getProperty(segment + "structures.alerts.capacity"))
                .isEqualTo(TelemetrySegment.ALERTS_CAPACITY);
        assertThat(yaml.getProperty(segment + "structures.cores.capacity"))
                .isEqualTo(TelemetrySegment.CORES_CAPACITY);
        assertThat(yaml.getProperty(segment + "structures.samples.capacity"))
                .isEqualTo(TelemetrySegment.SAMPLES_CAPACITY);
    }

    @Test
    void structuresThatExistAreTakenAsTheyAre() {
        String file = directory.resolve("segment").toString();
        try (Segment first = TelemetrySegment.openOrCreate(file)) {
            TelemetrySegment.history(first).writer().offer(sample());
        }
        try (Segment second = TelemetrySegment.openOrCreate(file)) {
            assertThat(second.isCreated()).isFalse();
            assertThat(TelemetrySegment.history(second).capacity()).isEqualTo(TelemetrySegment.HISTORY_CAPACITY);
            assertThat(TelemetrySegment.history(second).totalWritten()).isOne();
        }
    }

    private static Telemetry sample() {
        Telemetry.Traffic none = new Telemetry.Traffic(0, 0);
        return new Telemetry(1, 2, 3, 4, 0.5, new Telemetry.Load(1, 2, 3), new Telemetry.Memory(8, 4), none, none);
    }
}
