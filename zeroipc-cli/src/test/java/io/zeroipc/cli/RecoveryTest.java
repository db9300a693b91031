package io.zeroipc.cli;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.json.Json;
import io.zeroipc.segment.Segment;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.test.PeerProcesses;

import static org.assertj.core.api.Assertions.assertThat;

/** Who is in a segment, who has died there, and what is done by hand. */
@Tag("process")
class RecoveryTest extends CommandLineTest {

    @RegisterExtension
    final PeerProcesses peers = new PeerProcesses();

    private final InputStream standardInput = System.in;

    /** A program that takes no part: what it has in hand is announced nowhere. */
    private Segment foreign;
    private SharedQueue<Integer> queue;
    private SharedMutex mutex;

    @BeforeEach
    void createSegment() {
        foreign = Segment.at(directory.resolve("plant")).size(1 << 16).recovery(false).create();
        queue = SharedQueue.create(foreign, "q", Codecs.int32(), 4);
        mutex = SharedMutex.create(foreign, "lock");
    }

    @AfterEach
    void closeSegment() {
        System.setIn(standardInput);
        foreign.close();
    }

    @Test
    void shouldShowWhoTakesPartAndWhatTheyHaveInHand() throws Exception {
        PeerProcess peer = peer("claim");
        assertThat(in("show", "plant")).isZero();
        assertThat(out).containsPattern("1 +" + peer.pid() + "  ticker  \\S+Z  alive  writing q 0")
                .contains("stuck  q: position 0 is claimed and not published")
                .contains("pid " + peer.pid() + ", ticker, alive, says that it is his")
                .doesNotContain("DEATH");
        assertThat(in("show", "plant", "q")).isZero();
        assertThat(out).containsPattern("stuck +position 0 is claimed and not published");
        assertThat(in("show", "plant", "--json")).isZero();
        Map<String, Object> object = Json.object(Json.parse(out), "plant");
        assertThat(Json.object(Json.array(object.get("participants"), "participants").getFirst(), "first"))
                .containsEntry("pid", peer.pid())
                .containsEntry("name", "ticker")
                .containsEntry("dead", false);
        assertThat(Json.object(Json.object(object.get("stuck"), "stuck").get("q"), "q"))
                .containsEntry("position", 0L)
                .containsEntry("claimedBy", List.of(peer.pid()));
        assertThat(in("repair", "plant", "q", "--yes")).isEqualTo(3);
        assertThat(err).contains("position may be a live participant's");
        peer.send("end");
        assertThat(peer.join()).isZero();
        assertThat(in("show", "plant")).isZero();
        assertThat(out).doesNotContain("stuck").doesNotContain("ticker");
    }

    @Test
    void shouldShowTheDeadAndMendWhatTheyLeftWhenSomethingIsChanged() throws Exception {
        PeerProcess peer = peer("claim");
        peer.kill();
        assertThat(in("show", "plant")).isZero();
        assertThat(out).containsPattern("1 +" + peer.pid() + "  ticker  \\S+Z  dead   writing q 0");
        // Whoever takes part goes on for it, this command as well.
        assertThat(in("push", "plant", "q", "5")).isZero();
        assertThat(in("pop", "plant", "q", "--wait", "60000")).isZero();
        assertThat(out).isEqualTo("5" + System.lineSeparator());
        assertThat(in("show", "plant")).isZero();
        assertThat(out).containsPattern("1 +" + peer.pid() + "  ticker  \\S+Z  \\S+Z").doesNotContain("writing q");
    }

    @Test
    void shouldSkipThePositionOfAForeignProgramWhenThatIsConfirmed() {
        assertThat(queue.tryClaim()).isNotEqualTo(SharedQueue.NO_CLAIM);
        queue.offer(7);
        assertThat(in("show", "plant")).isZero();
        assertThat(out).contains("no participant says that it is his").doesNotContain("PARTICIPANT");
        answer("n");
        assertThat(in("repair", "plant", "q")).isEqualTo(1);
        assertThat(err).contains("skips the position").contains("not repaired");
        assertThat(queue.poll()).isNull();
        answer("y");
        assertThat(in("repair", "plant", "q")).isZero();
        assertThat(queue.poll()).isEqualTo(7);
        assertThat(in("repair", "plant", "q", "--yes")).isEqualTo(1);
        assertThat(err).contains("not stuck");
    }

    @Test
    void shouldReleaseWhatAForeignProgramHasTaken() {
        for (int i = 0; i < 4; i++) {
            assertThat(queue.offer(i)).isTrue();
        }
        assertThat(queue.tryClaimNext()).isNotEqualTo(SharedQueue.NO_CLAIM);
        assertThat(queue.offer(4)).isFalse();
        assertThat(in("repair", "plant", "q", "--yes")).isZero();
        assertThat(queue.offer(4)).isTrue();
        for (int i = 1; i <= 4; i++) {
            assertThat(queue.poll()).isEqualTo(i);
        }
    }

    @Test
    void shouldUnlockTheMutexOfAForeignProgram() {
        assertThat(mutex.tryLock()).isTrue();
        answer("y");
        assertThat(in("repair", "plant", "lock")).isZero();
        assertThat(err).contains("unlock lock for its holder");
        assertThat(mutex.isLocked()).isFalse();
        assertThat(in("repair", "plant", "lock", "--yes")).isEqualTo(1);
        assertThat(err).contains("not locked");
    }

    @Test
    void shouldRefuseTheMutexOfALiveParticipant() throws Exception {
        peer("lock");
        assertThat(in("repair", "plant", "lock", "--yes")).isEqualTo(3);
        assertThat(err).contains("lock may be a live participant's");
        assertThat(mutex.isLocked()).isTrue();
    }

    @Test
    void shouldSayThatWhatADeadParticipantsMutexProtectsIsWhole() throws Exception {
        PeerProcess peer = peer("lock");
        peer.kill();
        assertThat(in("repair", "plant", "lock", "--yes")).isZero();
        assertThat(mutex.tryLock()).isTrue();
        mutex.unlock();
        assertThat(in("repair", "plant", "lock", "--yes")).isEqualTo(1);
    }

    @Test
    void shouldRefuseStructuresThatAreNeverStuck() {
        assertThat(in("create", "other", "a:array:int32:2")).isZero();
        assertThat(in("repair", "other", "a", "--yes")).isEqualTo(2);
        assertThat(err).contains("a queue, a channel or a mutex");
    }

    private PeerProcess peer(String role) throws InterruptedException {
        PeerProcess peer = peers.start(PeerProcess.of(RecoveryPeer.class)
                .withArguments(role, directory.resolve("plant")));
        peer.await("ready");
        return peer;
    }

    private static void answer(String line) {
        System.setIn(new ByteArrayInputStream((line + "\n").getBytes(StandardCharsets.UTF_8)));
    }
}
