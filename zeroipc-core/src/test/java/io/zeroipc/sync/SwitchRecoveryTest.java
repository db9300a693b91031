package io.zeroipc.sync;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import io.zeroipc.OwnerDiedException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.flow.SharedSignal;
import io.zeroipc.memory.StopPoint;
import io.zeroipc.segment.RecoveryOutcome;
import io.zeroipc.segment.Segment;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.test.PeerProcesses;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/** A process is killed at a step of a once, an event or a signal, and the others go on. */
@Tag("process")
class SwitchRecoveryTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();
    @RegisterExtension
    final PeerProcesses peers = new PeerProcesses();

    private Segment segment;
    private SharedOnce once;
    private SharedEvent event;
    private SharedSignal<Long> signal;

    @BeforeEach
    void createThem() {
        segment = segments.create(builder -> builder.size(1 << 16).participant("survivor"));
        once = SharedOnce.create(segment, "once");
        event = segment.create("event", SharedEvent.spec(SharedEvent.Mode.MANUAL));
        signal = SharedSignal.create(segment, "signal", Codecs.int64(), 1L);
    }

    @ParameterizedTest
    @CsvSource({"once,LOCK_ANNOUNCED", "once,LOCK_TAKEN", "once,LOCK_CONFIRMED", "once,LOCK_UNLOCK_ANNOUNCED",
            "once-failing,LOCK_UNLOCK_ANNOUNCED", "once-failing,LOCK_UNLOCKED"})
    void shouldRunTheTaskWhenTheOneWhoRanItDied(String role, StopPoint step) throws Exception {
        try (PeerProcess peer = stoppedAt(step, role)) {
            peer.kill();
            List<String> ran = new CopyOnWriteArrayList<>();
            assertThat(once.run(() -> ran.add("task"), PATIENCE)).isTrue();
            assertThat(ran).hasSize(1);
        }
        assertSettled();
    }

    @Test
    void shouldNotRunTheTaskAgainWhenTheOneWhoRanItDiedBehindIt() throws Exception {
        try (PeerProcess peer = stoppedAt(StopPoint.LOCK_UNLOCKED, "once")) {
            peer.kill();
            assertThat(once.run(() -> {
                throw new AssertionError("ran again");
            }, PATIENCE)).isFalse();
        }
        assertSettled();
    }

    @ParameterizedTest
    @EnumSource(names = {"LOCK_TAKEN", "LOCK_CONFIRMED", "LOCK_UNLOCK_ANNOUNCED"})
    void shouldLeaveALiveOneItsTask(StopPoint step) throws Exception {
        try (PeerProcess peer = stoppedAt(step, "once")) {
            for (int i = 0; i < 500; i++) {
                segment.recover();
                assertThat(once.isRunning()).isTrue();
            }
            peer.kill();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LOCK_CONFIRMED", "LOCK_UNLOCKED"})
    void shouldGiveThePermitsOfADeadOneBack(StopPoint step) throws Exception {
        SharedSemaphore semaphore = segment.create("semaphore", SharedSemaphore.spec(3, 3));
        try (PeerProcess peer = stoppedAt(step, "permit")) {
            segment.recover();
            assertThat(semaphore.availablePermits()).isEqualTo(2);
            peer.kill();
            await().until(() -> semaphore.availablePermits() == 3);
        }
        assertSettled();
        assertThat(semaphore.availablePermits()).isEqualTo(3);
    }

    /** The one that it keeps, and the one of which it has not said what became of it. */
    @ParameterizedTest
    @EnumSource(names = {"LOCK_ANNOUNCED", "LOCK_TAKEN", "LOCK_CONFIRMED", "LOCK_UNLOCK_ANNOUNCED", "LOCK_UNLOCKED"})
    void shouldGiveAllPermitsOfADeadOneBackWhenAllAreHeld(StopPoint step) throws Exception {
        SharedSemaphore semaphore = SharedSemaphore.create(segment, "semaphore", 4);
        try (Permit _ = semaphore.hold(); PeerProcess peer = stoppedAt(step, "permit")) {
            segment.recover();
            int there = semaphore.availablePermits();
            peer.kill();
            await().until(() -> {
                segment.recover();
                return segment.participants().size() == 1;
            });
            assertThat(semaphore.availablePermits()).isGreaterThanOrEqualTo(there).isEqualTo(3);
            assertThat(segment.recoveries()).doesNotContainKey(RecoveryOutcome.UNDECIDED);
        }
        assertThat(semaphore.availablePermits()).isEqualTo(4);
    }

    /** Nobody knows how many there should be. */
    @Test
    void shouldLeaveAPermitTakenWhenOthersAreTakenInAnotherWay() throws Exception {
        SharedSemaphore semaphore = SharedSemaphore.create(segment, "semaphore", 4);
        semaphore.acquire();
        try (PeerProcess peer = stoppedAt(StopPoint.LOCK_TAKEN, "permit")) {
            peer.kill();
            assertSettled();
        }
        assertThat(semaphore.availablePermits()).isEqualTo(2);
        assertThat(segment.recoveries()).containsEntry(RecoveryOutcome.UNDECIDED, 1L);
    }

    /** Nobody can know whether it was taken: none is given back that may not have been. */
    @Test
    void shouldGiveNoPermitBackThatAnotherOneMayHave() throws Exception {
        SharedSemaphore semaphore = segment.create("semaphore", SharedSemaphore.spec(3, 3));
        semaphore.release(0);
        try (PeerProcess peer = stoppedAt(StopPoint.LOCK_ANNOUNCED, "permit")) {
            peer.kill();
            assertSettled();
        }
        assertThat(semaphore.availablePermits()).isEqualTo(3);
    }

    @Test
    void shouldGiveAPermitBackOnceAndByAnybody() throws Exception {
        SharedSemaphore semaphore = segment.create("semaphore", SharedSemaphore.spec(2, 2));
        Permit one = semaphore.hold();
        Permit other = semaphore.tryHold();
        assertThat(other).isNotNull();
        assertThat(semaphore.tryHold()).isNull();
        assertThat(semaphore.tryHold(Duration.ofMillis(1))).isNull();
        segment.close();
        // The mapping stays until both are given back.
        one.close();
        one.close();
        other.close();
        segment = segments.track(Segment.at(segment.path()).open());
        assertThat(SharedSemaphore.open(segment, "semaphore").availablePermits()).isEqualTo(2);
    }

    @Test
    void shouldResetAnEventWhosePulseNobodyEnds() throws Exception {
        try (PeerProcess peer = stoppedAt(StopPoint.EVENT_PULSING, "event")) {
            assertThat(event.isSignaled()).isTrue();
            segment.recover();
            assertThat(event.isSignaled()).isTrue();
            peer.kill();
            await().until(() -> !event.isSignaled());
        }
        assertSettled();
    }

    @Test
    void shouldKeepASignalThatCameBehindThePulseOfADeadOne() throws Exception {
        try (PeerProcess peer = stoppedAt(StopPoint.EVENT_RESET, "event")) {
            event.signal();
            peer.kill();
            assertSettled();
            assertThat(event.isSignaled()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LOCK_ANNOUNCED", "LOCK_TAKEN", "LOCK_CONFIRMED", "LOCK_UNLOCK_ANNOUNCED", "LOCK_UNLOCKED"})
    void shouldReadAWholeValueWhenAWriterDiedAndWasNotWriting(StopPoint step) throws Exception {
        boolean written = step == StopPoint.LOCK_UNLOCK_ANNOUNCED || step == StopPoint.LOCK_UNLOCKED;
        try (PeerProcess peer = stoppedAt(step, "signal")) {
            peer.kill();
            await().until(() -> !signal.isLocked());
        }
        assertThat(signal.get()).isEqualTo(written ? 7 : 1);
        assertThat(signal.set(2L, PATIENCE)).isTrue();
        assertThat(signal.get()).isEqualTo(2);
        assertSettled();
    }

    @Test
    void shouldTellReadersOfAHalfWrittenValueUntilAWholeOneIsWritten() throws Exception {
        try (PeerProcess peer = stoppedAt(StopPoint.SIGNAL_CHANGE_ANNOUNCED, "signal")) {
            peer.kill();
            await().until(() -> !signal.isLocked());
            assertThatExceptionOfType(OwnerDiedException.class).isThrownBy(signal::get)
                    .withMessageContaining("name=signal")
                    .withMessageContaining("pid=" + peer.pid());
            assertThatExceptionOfType(OwnerDiedException.class).isThrownBy(() -> signal.update(value -> value + 1));
        }
        signal.set(3L);
        assertThat(signal.get()).isEqualTo(3);
        assertSettled();
    }

    @Test
    void shouldNotReadWhatADeadWriterLeftWhenAnotherOneWritesMeanwhile() throws Exception {
        try (PeerProcess writer = stoppedAt(StopPoint.SIGNAL_CHANGE_ANNOUNCED, "signal")) {
            writer.kill();
            await().until(() -> !signal.isLocked());
        }
        try (PeerProcess reader = stoppedAt(StopPoint.SIGNAL_READ, "signal-get")) {
            signal.set(3L);
            reader.send("");
            assertThat(reader.awaitLineWith("got ")).isEqualTo("got 3");
        }
    }

    /** Both wait before the second signal begins, so there is one for each of them. */
    @Test
    void shouldLetAnotherOneGoWhenTheSignalThatWasThereIsTakenMeanwhile() throws Exception {
        SharedEvent automatic = segment.create("automatic", SharedEvent.spec(SharedEvent.Mode.AUTO));
        PeerProcess one = waiting();
        PeerProcess other = waiting();
        await().until(() -> automatic.waiting() == 2);
        signal("STOP", one);
        signal("STOP", other);
        automatic.signal();
        try (PeerProcess signaller = stoppedAt(StopPoint.EVENT_SIGNAL_PENDING, "event-signal")) {
            signal("CONT", one);
            one.await("gone");
            await().until(() -> automatic.waiting() == 1);
            signaller.send("");
            signaller.await("signalled");
        } finally {
            signal("CONT", other);
        }
        other.await("gone");
    }

    private PeerProcess waiting() throws Exception {
        PeerProcess peer = peers
                .start(PeerProcess.of(SwitchRecoveryPeer.class).withArguments("event-await", segment.path()));
        peer.await("waits");
        return peer;
    }

    private static void signal(String name, PeerProcess peer) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, "" + peer.pid()).start().waitFor()).isZero();
    }

    private void assertSettled() {
        await().until(() -> segment.participants().size() == 1);
        assertThat(segment.participants().getFirst().claims()).isEmpty();
    }

    private PeerProcess stoppedAt(StopPoint step, String role) throws Exception {
        PeerProcess peer = peers.start(PeerProcess.of(SwitchRecoveryPeer.class)
                .withSystemProperty(StopPoint.PROPERTY, step)
                .withArguments(role, segment.path()));
        peer.await(StopPoint.REPORT + step);
        return peer;
    }
}
