package io.zeroipc.spring.boot.diagnostics;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.segment.Segment;
import io.zeroipc.spring.boot.MinimalApplication;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.testing.Requirements;

import static org.assertj.core.api.Assertions.assertThat;

/** Starts that fail for reasons outside of a JVM, compared with the guide's page on trouble. */
@Tag("process")
class TroubleshootingProcessTests {

    private static final int SOMEBODY = 1000;

    @TempDir
    private Path directory;

    @Test
    void startWhenFileSystemIsFull() throws Exception {
        String unshare = Requirements.program("unshare").toString();
        Requirements.require(Requirements.succeeds(List.of(unshare, "-rm", "true")),
                "private mounts are not allowed here: command=unshare -rm");
        try (PeerProcess child = application(Map.of("zeroipc.segments.market.size", "128MB"))
                .startedBy(unshare, "-rm", "sh", "-c", "mount -t tmpfs -o size=64m none \"$0\" && exec \"$@\"",
                        directory.toString())
                .start()) {
            assertThat(child.join()).as(child::toString).isNotZero();
            assertThat(analysis(child)).isEqualTo(TroubleshootingPage.entry("There is no room in /dev/shm"));
        }
    }

    /** As root without a root's rights, because root may open everything, and nobody else may read what this test is made of. */
    @Test
    void startWhenSegmentBelongsToSomebodyElse() throws Exception {
        String setpriv = Requirements.program("setpriv").toString();
        Path file = directory.resolve("market");
        Segment.at(file).size(1 << 16).create().close();
        boolean given = Requirements.succeeds(
                List.of(Requirements.program("chown").toString(), SOMEBODY + ":" + SOMEBODY, file.toString()));
        Requirements.require(given && Files.getAttribute(file, "unix:uid").equals(SOMEBODY),
                "only root can give files away: path=" + file);
        try (PeerProcess child = application(Map.of("zeroipc.segments.market.owner", "any"))
                .startedBy(setpriv, "--bounding-set=-all", "--inh-caps=-all")
                .start()) {
            assertThat(child.join()).as(child::toString).isNotZero();
            assertThat(analysis(child)).isEqualTo(TroubleshootingPage.entry("A segment may not be used"));
        }
    }

    private PeerProcess.Builder application(Map<String, String> changes) {
        List<String> arguments = new ArrayList<>(List.of("--zeroipc.base-directory=" + directory));
        TroubleshootingPage.queue(changes).forEach((name, value) -> arguments.add("--" + name + "=" + value));
        return PeerProcess.of(MinimalApplication.class).withArguments(arguments.toArray());
    }

    private String analysis(PeerProcess child) {
        String output = String.join("\n", child.output());
        return TroubleshootingPage.normalized(TroubleshootingPage.analysis(output), directory);
    }
}
