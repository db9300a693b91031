package io.zeroipc.collection;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.codec.Codecs;
import io.zeroipc.segment.Participant;
import io.zeroipc.segment.ParticipantDeath;
import io.zeroipc.segment.Segment;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.test.PeerProcesses;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What a process sees of the participants that takes no part itself. */
@Tag("process")
class ParticipantsInspectionTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();
    @RegisterExtension
    final PeerProcesses peers = new PeerProcesses();

    private Path path;

    @BeforeEach
    void createQueue() {
        try (Segment segment = segments.create(builder -> builder.size(1 << 16).participant("creator"))) {
            SharedQueue.create(segment, "queue", Codecs.int64(), 8);
            path = segment.path();
        }
    }

    @Test
    void shouldSeeTheLivingAndWhatTheyHaveInHand() throws Exception {
        try (PeerProcess peer = claiming(); Segment looking = Segment.at(path).openReadOnly()) {
            assertThat(looking.participation()).isEqualTo("off");
            Participant seen = looking.participants().getFirst();
            assertThat(looking.participants()).hasSize(1);
            assertThat(seen.pid()).isEqualTo(peer.pid());
            assertThat(seen.name()).isEqualTo("peer");
            assertThat(seen.dead()).isFalse();
            assertThat(seen.self()).isFalse();
            assertThat(seen.claims()).singleElement()
                    .satisfies(claim -> assertThat(claim.kind()).isEqualTo("writing"));
            assertThat(looking.deaths()).isEmpty();
            assertThat(looking.mappers()).contains(peer.pid(), ProcessHandle.current().pid());
        }
    }

    @Test
    void shouldSeeTheDeadBeforeAndAfterSomebodyNoticesThem() throws Exception {
        try (PeerProcess peer = claiming(); Segment looking = Segment.at(path).openReadOnly()) {
            peer.kill();
            assertThat(looking.participants()).singleElement().satisfies(seen -> {
                assertThat(seen.pid()).isEqualTo(peer.pid());
                assertThat(seen.dead()).isTrue();
                assertThat(seen.claims()).hasSize(1);
            });
            assertThat(looking.deaths()).isEmpty();
            try (Segment mending = Segment.at(path).participant("mending").open()) {
                SharedQueue.open(mending, "queue", Codecs.int64());
                await().until(() -> mending.participants().size() == 1);
                assertThat(looking.participants()).extracting(Participant::name).containsExactly("mending");
                assertThat(looking.deaths()).extracting(ParticipantDeath::pid).containsExactly(peer.pid());
                assertThat(looking.recoveries()).isEmpty();
            }
        }
    }

    @Test
    void shouldSeeNobodyWhereNobodyTakesPart() throws Exception {
        Files.deleteIfExists(path.resolveSibling(path.getFileName() + ".zipc-live"));
        try (Segment looking = Segment.at(path).openReadOnly()) {
            assertThat(looking.participants()).isEmpty();
            assertThat(looking.deaths()).isEmpty();
        }
        try (Segment aside = Segment.at(path).recovery(false).open()) {
            assertThat(aside.participants()).isEmpty();
        }
    }

    @Test
    void shouldSeeNobodyInAFileThatIsNoneOfParticipants() throws Exception {
        Files.write(path.resolveSibling(path.getFileName() + ".zipc-live"), new byte[233_472]);
        try (Segment looking = Segment.at(path).openReadOnly()) {
            assertThat(looking.participants()).isEmpty();
            assertThat(looking.deaths()).isEmpty();
        }
    }

    private PeerProcess claiming() throws InterruptedException {
        PeerProcess peer = peers.start(PeerProcess.of(QueueRecoveryPeer.class).withArguments("claim", path));
        peer.await("done");
        return peer;
    }
}
