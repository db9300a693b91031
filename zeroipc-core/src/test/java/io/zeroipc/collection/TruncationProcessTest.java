package io.zeroipc.collection;

import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.codec.Codecs;
import io.zeroipc.segment.Segment;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.testing.EnabledWithNativeAccess;
import io.zeroipc.testing.Requirements;

import static org.assertj.core.api.Assertions.assertThat;

/** What becomes of a process whose segment is truncated under load. The child may die of it; it must never hang. */
@Tag("process")
// The child is the same whichever way this JVM runs: once is enough.
@EnabledWithNativeAccess
class TruncationProcessTest {

    @TempDir
    Path directory;

    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource({"busy, -Xint", "busy, -XX:TieredStopAtLevel=1", "busy, -XX:-TieredCompilation", "waiting, -Xint",
            "waiting, -XX:TieredStopAtLevel=1"})
    void shouldFailWithATypedErrorWhenTheFileIsTruncatedUnderLoad(String activity, String compiler) throws Exception {
        assertThat(outcome(activity, compiler, "seg", 4096)).isIn("typed", "translated");
    }

    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource({"busy, -Xint", "busy, -XX:TieredStopAtLevel=1", "busy, -XX:-TieredCompilation", "waiting, -Xint",
            "waiting, -XX:TieredStopAtLevel=1"})
    void shouldFailWithATypedErrorWhenTheFileOfParticipantsIsTruncatedUnderLoad(String activity, String compiler)
            throws Exception {
        assertThat(outcome(activity, compiler, "seg.zipc-live", 4096)).isIn("typed", "translated");
    }

    /** Compiled code may raise the error behind the operation that it belongs to: see the guide. */
    @ParameterizedTest
    @ValueSource(strings = {"asking", "opening"})
    void shouldTranslateByItselfWhenTheTableIsGone(String activity) throws Exception {
        assertThat(outcome(activity, "-Xint", "seg", 0)).isEqualTo("typed");
    }

    private String outcome(String activity, String compiler, String file, int size) throws Exception {
        Path path = directory.resolve("seg");
        String truncate = Requirements.program("truncate").toString();
        try (Segment segment = Segment.at(path).size(1 << 20).create()) {
            SharedQueue.create(segment, "queue", Codecs.int64(), 16 * 1024);
        }
        try (PeerProcess child = PeerProcess.of(TruncationVictim.class)
                .withJvmArguments(compiler)
                .withArguments(path, activity)
                .start()) {
            child.await("running");
            assertThat(
                    new ProcessBuilder(List.of(truncate, "-s", "" + size, path.resolveSibling(file).toString())).start()
                            .waitFor())
                    .isZero();

            int status = child.join();
            String outcome = status == 0 ? child.output().getLast() : "died with status " + status;
            System.out.println("truncated while " + activity + " with " + compiler + ": " + outcome);
            return outcome + (status == 0 ? "" : ": " + child);
        }
    }
}
