package io.zeroipc.cli;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedSet;
import io.zeroipc.flow.SharedFuture;
import io.zeroipc.flow.SharedSignal;
import io.zeroipc.format.FutureDescriptor;
import io.zeroipc.json.Json;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Segment;
import io.zeroipc.sync.GuardedLock;
import io.zeroipc.sync.SharedMonitor;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.sync.SharedRwLock;
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
        assertThat(out).containsPattern("0 +" + peer.pid() + "  ticker  \\S+Z  alive  writing q 0")
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
        assertThat(out).containsPattern("0 +" + peer.pid() + "  ticker  \\S+Z  dead   writing q 0");
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
        assertThat(err).contains("live participant: structure=lock");
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
        assertThat(in("create", "other", "--size", "16K", "a:array:int32:2")).isZero();
        assertThat(in("repair", "other", "a", "--yes")).isEqualTo(2);
        assertThat(err).contains("a queue, a channel or a lock");
        assertThat(in("create", "other", "--add", "m:map:int32:4:key=int32", "f:future:int32")).isZero();
        assertThat(in("repair", "other", "m")).isEqualTo(2);
        assertThat(err).contains("for a map or set there is compact");
        assertThat(in("unlock", "other", "a")).isEqualTo(2);
        assertThat(err).contains("a mutex, monitor, read-write lock or signal");
        assertThat(in("compact", "other", "f")).isEqualTo(2);
        assertThat(err).contains("a map or a set");
        assertThat(in("settle", "other", "m")).isEqualTo(2);
        assertThat(err).contains("a future or a lazy value");
    }

    private static Map<String, Lockable> lockables() {
        return Map.of("mutex", segment -> {
            SharedMutex.create(segment, "x").tryLock();
            return () -> SharedMutex.open(segment, "x").isLocked();
        }, "monitor", segment -> {
            SharedMonitor.create(segment, "x").tryLock();
            return () -> SharedMonitor.open(segment, "x").isLocked();
        }, "reader", segment -> {
            SharedRwLock.create(segment, "x").readLock().tryLock();
            return () -> SharedRwLock.open(segment, "x").readers() > 0;
        }, "writer", segment -> {
            SharedRwLock.create(segment, "x").writeLock().tryLock();
            return () -> SharedRwLock.open(segment, "x").isWriteLocked();
        }, "signal", segment -> {
            SharedSignal.create(segment, "x", Codecs.int32(), 1);
            SharedMutex.open(segment, "x_mtx").tryLock();
            return () -> SharedSignal.open(segment, "x", Codecs.int32()).isLocked();
        });
    }

    private interface Lockable {

        BooleanSupplier lock(Segment segment);
    }

    static Set<String> locks() {
        return lockables().keySet();
    }

    @ParameterizedTest
    @MethodSource("locks")
    void shouldUnlockWhateverAForeignProgramHasLocked(String kind) {
        BooleanSupplier locked = lockables().get(kind).lock(foreign);
        answer("no");
        assertThat(in("unlock", "plant", "x")).isEqualTo(1);
        assertThat(err).contains("has the file mapped")
                .contains(System.lineSeparator() + "unlock x for its holder")
                .contains("not unlocked");
        assertThat(locked.getAsBoolean()).isTrue();
        answer("y");
        assertThat(in("unlock", "plant", "x")).as(() -> err).isZero();
        assertThat(locked.getAsBoolean()).isFalse();
        assertThat(in("unlock", "plant", "x", "--yes")).isEqualTo(1);
        assertThat(err).contains("not locked");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lock", "monitor", "read", "write"})
    void shouldRefuseWhatALiveParticipantHolds(String role) throws Exception {
        SharedMonitor.create(foreign, "monitor");
        SharedRwLock.create(foreign, "rwlock");
        String name = role.equals("read") || role.equals("write") ? "rwlock" : role;
        PeerProcess peer = peer(role);
        assertThat(in("unlock", "plant", name, "--yes")).isEqualTo(3);
        assertThat(err)
                .contains("live participant: structure=" + name + ", participants=[pid " + peer.pid() + ", ticker]");
        peer.send("end");
        assertThat(peer.join()).as("unlocks itself").isZero();
    }

    /** Who is asked may think for minutes. */
    @ParameterizedTest
    @ValueSource(strings = {"lock", "read", "write"})
    void shouldRefuseWhatALiveParticipantHoldsSinceTheQuestion(String role) throws Exception {
        SharedRwLock rwlock = SharedRwLock.create(foreign, "rwlock");
        GuardedLock lock = role.equals("lock") ? mutex : rwlock.writeLock();
        assertThat(lock.tryLock()).isTrue();
        System.setIn(new ByteArrayInputStream("y\n".getBytes(StandardCharsets.UTF_8)) {

            private boolean asked;

            @Override
            public synchronized int read(byte[] bytes, int offset, int length) {
                if (!asked) {
                    asked = true;
                    lock.unlock();
                    try {
                        peer(role);
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }
                return super.read(bytes, offset, length);
            }
        });
        assertThat(in("unlock", "plant", role.equals("lock") ? "lock" : "rwlock")).isEqualTo(3);
        assertThat(err).contains("live participant");
        assertThat(lock.tryLock()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"monitor", "write"})
    void shouldSayThatWhatADeadParticipantsLockProtectsIsWhole(String role) throws Exception {
        GuardedLock lock = role.equals("monitor")
                ? SharedMonitor.create(foreign, "monitor")
                : SharedRwLock.create(foreign, "rwlock").writeLock();
        PeerProcess peer = peer(role);
        peer.kill();
        assertThat(in("repair", "plant", role.equals("monitor") ? role : "rwlock", "--yes")).as(() -> err).isZero();
        assertThat(lock.tryLock()).isTrue();
        lock.unlock();
    }

    @Test
    void shouldFreeTheEntriesOfRemovedKeysWhenThatIsConfirmed() {
        SharedMap<Integer, Integer> map = SharedMap.create(foreign, "m", Codecs.int32(), Codecs.int32(), 8);
        SharedSet<Integer> set = SharedSet.create(foreign, "s", Codecs.int32(), 8);
        for (int key = 0; key < 4; key++) {
            map.put(key, key * 10);
            set.add(key);
        }
        map.remove(1);
        set.remove(1);
        assertThat(in("show", "plant", "m")).isZero();
        assertThat(out).containsPattern("deletedEntries +1");
        answer("n");
        assertThat(in("compact", "plant", "m")).isEqualTo(1);
        assertThat(err).contains("which damages it if anybody uses it").contains("not compacted");
        answer("y");
        assertThat(in("compact", "plant", "m")).as(() -> err).isZero();
        assertThat(in("compact", "plant", "s", "--yes")).as(() -> err).isZero();
        assertThat(in("show", "plant", "m")).isZero();
        assertThat(out).containsPattern("deletedEntries +0").containsPattern(" 3 +30\\n");
        assertThat(map.get(2)).isEqualTo(20);
        assertThat(set.contains(3)).isTrue();
    }

    @Test
    void shouldSettleWhatAForeignProgramComputes() {
        SharedFuture<Integer> future = SharedFuture.create(foreign, "f", Codecs.int32());
        assertThat(in("settle", "plant", "f", "--yes")).isEqualTo(1);
        assertThat(err).contains("nobody is computing");
        Atomics.setIntRelease(foreign.blocks("f").require("").memory(), FutureDescriptor.STATE_OFFSET,
                FutureDescriptor.COMPUTING);
        answer("n");
        assertThat(in("settle", "plant", "f")).isEqualTo(1);
        assertThat(err).contains("declare dead who computes f").contains("not settled");
        assertThat(future.isDone()).isFalse();
        answer("y");
        assertThat(in("settle", "plant", "f")).as(() -> err).isZero();
        assertThat(future.isDone()).isTrue();
        assertThat(in("get", "plant", "f")).isEqualTo(3);
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
