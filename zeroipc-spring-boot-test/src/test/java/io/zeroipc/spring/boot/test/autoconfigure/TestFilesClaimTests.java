package io.zeroipc.spring.boot.test.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.test.PeerProcess;
import io.zeroipc.test.PeerProcesses;

import static org.assertj.core.api.Assertions.assertThat;

class TestFilesClaimTests {

    @RegisterExtension
    final PeerProcesses peers = new PeerProcesses();

    @TempDir
    Path parent;

    @Test
    void releaseDeletesWhatHasTheNameAndNothingElse() throws Exception {
        Path foreign = Files.createFile(parent.resolve("zeroipc-test-1-foreign"));
        TestFilesClaim claim = TestFilesClaim.in(parent);
        TestFilesClaim other = TestFilesClaim.in(parent);
        Files.createFile(claim.createDirectory().resolve("segment"));
        Files.createFile(parent.resolve("." + claim.name() + "-unfinished"));

        claim.release();

        assertThat(parent).isDirectoryContaining(foreign::equals);
        assertThat(parent.toFile().list()).containsExactlyInAnyOrder("zeroipc-test-1-foreign", other.name() + ".lock");
        other.release();
        assertThat(parent.toFile().list()).containsExactly("zeroipc-test-1-foreign");
    }

    @Test
    @Tag("process")
    void filesOfAKilledProcessAreDeletedByTheNextAndThoseOfALivingOneAreNot() throws Exception {
        PeerProcess victim = peers.start(PeerProcess.of(Claimant.class).withArguments(parent));
        PeerProcess living = peers.start(PeerProcess.of(Claimant.class).withArguments(parent));
        Path left = Path.of(victim.awaitLineWith("claimed ").substring("claimed ".length()));
        Path used = Path.of(living.awaitLineWith("claimed ").substring("claimed ".length()));
        victim.kill();
        assertThat(left).isNotEmptyDirectory();

        TestFilesClaim next = TestFilesClaim.in(parent);
        try {
            assertThat(left).doesNotExist();
            assertThat(used).isNotEmptyDirectory();
            assertThat(parent.toFile().list()).containsExactlyInAnyOrder(used.getFileName().toString(),
                    used.getFileName() + ".lock", next.name() + ".lock");
        } finally {
            next.release();
        }
    }

    /** Has a directory until it is told to end. */
    static final class Claimant {

        private Claimant() {
        }

        public static void main(String[] arguments) throws Exception {
            TestFilesClaim claim = TestFilesClaim.in(Path.of(arguments[0]));
            Files.createFile(claim.createDirectory().resolve("segment"));
            System.out.println("claimed " + Path.of(arguments[0], claim.name()));
            System.in.read();
            claim.release();
        }
    }
}
