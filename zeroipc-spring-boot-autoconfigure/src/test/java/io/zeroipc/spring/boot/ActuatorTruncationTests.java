package io.zeroipc.spring.boot;

import java.nio.file.Path;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.test.PeerProcess;

import static org.assertj.core.api.Assertions.assertThat;

/** Whoever looks first at a segment whose file was truncated finds pages that are gone, and has to survive it. */
@Tag("process")
class ActuatorTruncationTests {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"endpoint", "health", "meters"})
    void lookWhenFileWasTruncatedSurvives(String look) throws Exception {
        try (PeerProcess child = PeerProcess.of(ActuatorTruncationVictim.class)
                .withArguments(directory.resolve("market"), look)
                .start()) {
            assertThat(child.join()).as(child.toString()).isZero();
            assertThat(child.output()).contains("survived");
        }
    }
}
