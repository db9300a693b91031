package io.zeroipc.sync;

import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.OwnerDiedException;
import io.zeroipc.memory.StopPoint;
import io.zeroipc.segment.RecoveryOutcome;
import io.zeroipc.segment.Segment;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.test.PeerProcesses;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/** A process is killed while it locks, holds or unlocks, and the others go on. */
@Tag("process")
class LockRecoveryTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();
    @RegisterExtension
    final PeerProcesses peers = new PeerProcesses();

    private Segment segment;
    private Map<String, GuardedLock> locks;

    @BeforeEach
    void createLocks() {
        segment = segments.create(builder -> builder.size(1 << 16).participant("survivor"));
        locks = LockRecoveryPeer.locks(segment);
    }

    static Stream<Arguments> steps() {
        return LockRecoveryPeer.names()
                .stream()
                .flatMap(lock -> Stream.of(StopPoint.LOCK_ANNOUNCED, StopPoint.LOCK_TAKEN, StopPoint.LOCK_CONFIRMED,
                        StopPoint.LOCK_UNLOCK_ANNOUNCED, StopPoint.LOCK_UNLOCKED)
                        .map(step -> Arguments.of(lock, step)));
    }

    @ParameterizedTest
    @MethodSource("steps")
    void shouldUnlockWhatADeadOneHad(String name, StopPoint step) throws Exception {
        GuardedLock lock = locks.get(name);
        GuardedLock exclusive = name.equals("read") ? locks.get("write") : lock;
        // A reader has changed nothing, and only who is inside can have.
        boolean told = step == StopPoint.LOCK_CONFIRMED && !name.equals("read");
        try (PeerProcess peer = stoppedAt(step, name)) {
            peer.kill();
            if (told) {
                assertThatExceptionOfType(OwnerDiedException.class).isThrownBy(() -> lock.tryLock(PATIENCE))
                        .withMessageContaining("pid=" + peer.pid() + ", name=peer")
                        .withMessageContaining("repair");
                assertThatExceptionOfType(OwnerDiedException.class).isThrownBy(lock::guard);
                assertThat(lock.isOwnerDead()).isTrue();
                lock.repair(() -> assertThat(exclusive.tryLock()).isFalse());
            }
        }
        assertThat(lock.isOwnerDead()).isFalse();
        assertThat(exclusive.tryLock(PATIENCE)).isTrue();
        exclusive.unlock();
        await().until(() -> segment.participants().size() == 1);
        assertThat(segment.participants().getFirst().claims()).isEmpty();
    }

    @Test
    void shouldTellReadersOfAWriterWhoDied() throws Exception {
        try (PeerProcess peer = peers.start(PeerProcess.of(LockRecoveryPeer.class)
                .withArguments("write", segment.path(), "inside"))) {
            peer.await("locked");
            peer.kill();
            assertThatExceptionOfType(OwnerDiedException.class).isThrownBy(() -> locks.get("read").tryLock(PATIENCE));
            assertThat(locks.get("read").isOwnerDead()).isTrue();
            locks.get("read").repair(() -> {
                // All is well.
            });
        }
        assertThat(locks.get("read").tryLock()).isTrue();
        locks.get("read").unlock();
    }

    @Test
    void shouldGoOnToTellWhenARepairFails() throws Exception {
        GuardedLock lock = locks.get("mutex");
        try (PeerProcess peer = stoppedAt(StopPoint.LOCK_CONFIRMED, "mutex")) {
            peer.kill();
            assertThatExceptionOfType(OwnerDiedException.class).isThrownBy(() -> lock.tryLock(PATIENCE));
        }
        assertThatExceptionOfType(IllegalCallerException.class).isThrownBy(() -> lock.repair(() -> {
            throw new IllegalCallerException("cannot");
        }));
        assertThatExceptionOfType(OwnerDiedException.class).isThrownBy(lock::tryLock);
        lock.repair(() -> {
            // Now it can.
        });
        assertThat(lock.tryLock()).isTrue();
        lock.unlock();
    }

    @ParameterizedTest
    @EnumSource(names = {"LOCK_TAKEN", "LOCK_CONFIRMED", "LOCK_UNLOCK_ANNOUNCED"})
    void shouldLeaveALiveHolderItsLockHoweverLongItIsStopped(StopPoint step) throws Exception {
        GuardedLock lock = locks.get("mutex");
        try (PeerProcess peer = stoppedAt(step, "mutex")) {
            for (int i = 0; i < 1000; i++) {
                segment.recover();
                assertThat(lock.tryLock()).isFalse();
            }
            assertThat(segment.recoveries()).isEmpty();
            peer.kill();
        }
    }

    /** What another process unlocks for the holder is not unlocked once more when the holder dies. */
    @Test
    void shouldNotUnlockForADeadOneWhatAnotherProcessHasUnlockedBefore() throws Exception {
        GuardedLock lock = locks.get("mutex");
        try (PeerProcess peer = stoppedAt(StopPoint.LOCK_CONFIRMED, "mutex")) {
            lock.unlock();
            assertThat(lock.tryLock()).isTrue();
            peer.kill();
            await().until(() -> segment.participants().size() == 1);
        }
        assertThat(lock.tryLock()).isFalse();
        assertThat(segment.recoveries()).isEmpty();
        lock.unlock();
    }

    /** Neither of the two said any more that it is locked: the one was spoken for, the other had not spoken. */
    @ParameterizedTest
    @ValueSource(strings = {"mutex", "monitor", "read", "write"})
    void shouldUnlockForADeadOneWhoWasUnlockingForUs(String name) throws Exception {
        GuardedLock lock = locks.get(name);
        GuardedLock exclusive = name.equals("read") ? locks.get("write") : lock;
        assertThat(lock.tryLock()).isTrue();
        try (PeerProcess peer = stoppedAt(StopPoint.LOCK_UNLOCK_ANNOUNCED, name + " unlock")) {
            peer.kill();
        }
        assertThat(exclusive.tryLock(PATIENCE)).isTrue();
        exclusive.unlock();
        await().until(() -> segment.participants().size() == 1);
        assertThat(segment.participants().getFirst().claims()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"RECOVERY_UNLOCK_ANNOUNCED", "RECOVERY_UNLOCKED"})
    void shouldEndWhatThreeDeadRecoverersHaveBegun(StopPoint recovererStep) throws Exception {
        segment.close();
        try (PeerProcess victim = stoppedAt(StopPoint.LOCK_CONFIRMED, "mutex")) {
            victim.kill();
        }
        for (int i = 0; i < 3; i++) {
            try (PeerProcess recoverer = peers.start(PeerProcess.of(LockRecoveryPeer.class)
                    .withSystemProperty(StopPoint.PROPERTY, recovererStep)
                    .withArguments("recover", segment.path()))) {
                // Stopped, or done.
                recoverer.awaitLineWith("zeroipc");
                recoverer.kill();
            }
        }
        segment = segments.track(Segment.at(segment.path()).open());
        GuardedLock lock = SharedMutex.open(segment, "mutex");
        assertThatExceptionOfType(OwnerDiedException.class).isThrownBy(() -> lock.tryLock(PATIENCE));
        lock.repair(() -> {
            // All is well.
        });
        assertThat(lock.tryLock()).isTrue();
        assertThat(lock.tryLock()).isFalse();
        lock.unlock();
        assertThat(segment.recoveries().keySet()).isSubsetOf(RecoveryOutcome.UNLOCKED);
    }

    private PeerProcess stoppedAt(StopPoint step, String lock) throws Exception {
        PeerProcess peer = peers.start(PeerProcess.of(LockRecoveryPeer.class)
                .withSystemProperty(StopPoint.PROPERTY, step)
                .withArguments(lock, segment.path()));
        peer.await(StopPoint.REPORT + step);
        return peer;
    }
}
