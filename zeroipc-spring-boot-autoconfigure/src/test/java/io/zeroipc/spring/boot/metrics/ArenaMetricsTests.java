package io.zeroipc.spring.boot.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.manifest.PackedArena;
import io.zeroipc.spring.core.ArenaDefinition;
import io.zeroipc.spring.core.ArenaRegistry;
import io.zeroipc.spring.core.StartupFailurePolicy;

import static org.assertj.core.api.Assertions.assertThat;

class ArenaMetricsTests {

    @TempDir
    private Path directory;
    private Path manifest;
    private ArenaRegistry registry;
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @BeforeEach
    void bind() {
        manifest = directory.resolve("weather.json");
        registry = new ArenaRegistry(List.of(new ArenaDefinition("weather", manifest, () -> PackedArena.open(manifest),
                StartupFailurePolicy.CONTINUE, Duration.ofSeconds(1), Duration.ofMillis(1), Duration.ZERO)));
        new ArenaMetrics(registry).bindTo(meters);
    }

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    void metersWhenArenaIsNotThereHaveNoNumber() {
        assertThat(meters.getMeters()).hasSize(3);
        assertThat(gauge("zeroipc.arena.arrays")).isNaN();
        assertThat(gauge("zeroipc.arena.used")).isNaN();
        assertThat(gauge("zeroipc.arena.manifest.age")).isNaN();
    }

    @Test
    void metersWhenArenaIsOpenShowItsArraysAndFollowItsManifest() throws IOException {
        Files.write(directory.resolve("weather.bin"), new byte[1000]);
        write("{\"grid\": {\"offset\": 0, \"shape\": [20, 3], \"dtype\": \"float64\"}}");
        registry.get("weather");
        assertThat(gauge("zeroipc.arena.arrays")).isEqualTo(1);
        assertThat(gauge("zeroipc.arena.used")).isEqualTo(480);

        write("{\"grid\": {\"offset\": 0, \"shape\": [20, 3], \"dtype\": \"float64\"},"
                + " \"hits\": {\"offset\": 480, \"shape\": [100], \"dtype\": \"int32\"}}");
        assertThat(registry.get("weather").refresh()).isTrue();
        assertThat(gauge("zeroipc.arena.arrays")).isEqualTo(2);
        assertThat(gauge("zeroipc.arena.used")).isEqualTo(880);
    }

    @Test
    void ageWhenManifestIsOldIsThatOfTheFile() throws IOException {
        write("no manifest, but somebody has written it");
        Files.setLastModifiedTime(manifest, FileTime.from(Instant.now().minus(Duration.ofHours(1))));
        assertThat(gauge("zeroipc.arena.manifest.age")).isGreaterThanOrEqualTo(3600);
        Files.setLastModifiedTime(manifest, FileTime.from(Instant.now().plus(Duration.ofHours(1))));
        assertThat(gauge("zeroipc.arena.manifest.age")).as("by a clock that is ahead").isZero();
    }

    private void write(String text) throws IOException {
        Path fresh = Files.writeString(directory.resolve("fresh"), text);
        Files.move(fresh, manifest, StandardCopyOption.REPLACE_EXISTING);
    }

    private double gauge(String name) {
        return meters.get(name).tag("arena", "weather").gauge().value();
    }
}
