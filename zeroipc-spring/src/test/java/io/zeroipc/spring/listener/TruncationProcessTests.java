package io.zeroipc.spring.listener;

import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.SegmentDetachedException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.testing.Requirements;

import static org.assertj.core.api.Assertions.assertThat;

/** What becomes of an application whose segment is truncated under load: it fails or goes on as declared, and closes. */
@Tag("process")
class TruncationProcessTests {

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"-Xint", "-XX:TieredStopAtLevel=1", "-XX:-TieredCompilation"})
    void applicationWhenFileIsTruncatedReportsADetachedSegment(String compiler) throws Exception {
        createSegment();
        try (PeerProcess child = start(compiler, "FAIL")) {
            child.await("running");
            truncate();
            assertThat(child.join()).as("%s", child).isZero();
            assertThat(child.output()).contains("template: SegmentDetachedException",
                    "listener: FAILED " + SegmentDetachedException.class.getName(), "closed");
        }
    }

    @Test
    void applicationWhenFileIsTruncatedAndReplacedGoesOn() throws Exception {
        createSegment();
        try (PeerProcess child = start("-XX:TieredStopAtLevel=1", "REATTACH")) {
            child.await("running");
            truncate();
            child.await("truncated");
            try (Segment segment = Fixtures.file(directory).recreate()) {
                SharedQueue.create(segment, "in", Codecs.int32(), 16 * 1024);
            }
            assertThat(child.join()).as("%s", child).isZero();
            assertThat(child.output()).contains("listener: RUNNING", "closed");
        }
    }

    private void createSegment() {
        try (Segment segment = Fixtures.file(directory).create()) {
            SharedQueue.create(segment, "in", Codecs.int32(), 16 * 1024);
        }
    }

    private PeerProcess start(String compiler, String policy) {
        return PeerProcess.of(TruncationVictim.class)
                .withJvmArguments(compiler)
                .withArguments(directory, policy)
                .start();
    }

    private void truncate() throws Exception {
        String truncate = Requirements.program("truncate").toString();
        String file = directory.resolve("host.zipc").toString();
        assertThat(new ProcessBuilder(List.of(truncate, "-s", "4096", file)).start().waitFor()).isZero();
    }
}
