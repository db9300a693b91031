package io.zeroipc.collection;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.codec.Codecs;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.memory.StopPoint;
import io.zeroipc.segment.CommittingIntake;
import io.zeroipc.segment.OnConsumerDeath;
import io.zeroipc.segment.RecoveryOutcome;
import io.zeroipc.segment.Segment;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.test.PeerProcesses;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A consumer of another process is at a step of leaving what it has not committed to others, and is killed there or goes on. */
@Tag("process")
class LeavingRecoveryTest {

    private static final int CAPACITY = 32;
    private static final int RUNS = LeavingPeer.RUNS;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();
    @RegisterExtension
    final PeerProcesses peers = new PeerProcesses();

    private Segment segment;
    private SharedQueue<Long> queue;

    @BeforeEach
    void createQueue() {
        segment = segments.create(builder -> builder.size(1 << 16).participant("survivor"));
        queue = SharedQueue.create(segment, "queue", Codecs.int64(), CAPACITY);
        for (long element = 0; element < 2 * RUNS; element++) {
            queue.offer(element);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.MATCH_ALL, names = "LEAVING_.*")
    void shouldHandOutEachElementOnceWhenItIsKilledThere(StopPoint step) throws Exception {
        List<Long> early;
        try (PeerProcess peer = stoppedAt(step, "close")) {
            early = observed();
            if (step != StopPoint.LEAVING_ENDED) {
                assertThat(early).as("taken from one who lives").isEmpty();
            }
            peer.kill();
            assertAllTaken(early);
        }
        await().untilAsserted(() -> assertThat(segment.deaths()).as("one has died, and is told once").hasSize(1));
    }

    /** The row that it fills is nobody's who has died, also while its lock is free. */
    @ParameterizedTest
    @EnumSource(mode = Mode.MATCH_ALL, names = "LEAVING_.*")
    void shouldHandOutEachElementOnceWhenItGoesOn(StopPoint step) throws Exception {
        List<Long> early;
        try (PeerProcess peer = stoppedAt(step, "close")) {
            early = observed();
            peer.send("on");
            peer.await("left");
            List<Long> taken = early;
            await().until(() -> {
                taken.addAll(drained());
                return taken.size() == RUNS;
            });
            assertThat(peer.isAlive()).isTrue();
            assertThat(segment.deaths()).isEmpty();
            assertThat(taken).containsExactlyInAnyOrderElementsOf(evenOnes());
            assertThat(segment.participants()).as("it and we, and nothing of what it has left").hasSize(2);
        }
    }

    /** With the segment, and with the process behind it. */
    @ParameterizedTest
    @ValueSource(strings = {"LEAVING_RECORD_PASSED", "LEAVING_CELLS_CLEARED", "LEAVING_UNLOCKED"})
    void shouldHandOutEachElementOnceWhenItsSegmentIsClosed(StopPoint step) throws Exception {
        try (PeerProcess peer = stoppedAt(step, "leave")) {
            List<Long> early = observed();
            assertThat(early).isEmpty();
            peer.send("on");
            peer.await("left");
            assertAllTaken(early);
        }
        assertThat(segment.deaths()).isEmpty();
        assertThat(segment.recoveries()).isEqualTo(Map.of(RecoveryOutcome.REDELIVERED, (long) RUNS));
    }

    /** What a dead one has said twice is kept by one of the living, and not another one's until he is done. */
    @Test
    void shouldNotHandOutASecondTimeWhatSomebodyKeeps() throws Exception {
        SharedQueue<Long> keeping = segment.open("queue",
                SharedQueue.spec(Codecs.int64(), 0, OnConsumerDeath.REDELIVER));
        try (CommittingIntake<Long> intake = keeping.committingIntake()) {
            try (PeerProcess peer = stoppedAt(StopPoint.LEAVING_RECORDS_PASSED, "close")) {
                peer.kill();
            }
            List<Long> taken = new ArrayList<>();
            await().until(() -> {
                intake.drainTo(taken::add, RUNS);
                return taken.size() >= RUNS;
            });
            assertThat(taken).containsExactlyInAnyOrderElementsOf(evenOnes());
            assertThat(observed()).isEmpty();
            intake.commit(intake.position());
        }
        await().until(() -> segment.participants().size() == 1);
        assertThat(drained()).isEmpty();
    }

    /** A channel that is closed has no end for others before they have these. */
    @Test
    void shouldHaveItsElementsReceivedBeforeTheEnd() throws Exception {
        SharedChannel<Long> channel = segment.create("channel",
                SharedChannel.spec(Codecs.int64(), 4, OnConsumerDeath.REDELIVER));
        channel.trySendAll(List.of(1L, 2L, 3L));
        channel.close();
        List<Long> received = new ArrayList<>();
        try (PeerProcess peer = peers.start(PeerProcess.of(LeavingPeer.class)
                .withArguments("receive",
                        segment.path()));
                CommittingIntake<Long> intake = channel.committingIntake()) {
            peer.await("left");
            for (Long element = intake.take(); element != null; element = intake.take()) {
                received.add(element);
                intake.commit(intake.position());
            }
        }
        assertThat(received).containsExactlyInAnyOrder(1L, 2L, 3L);
    }

    private PeerProcess stoppedAt(StopPoint step, String role) throws Exception {
        PeerProcess peer = peers.start(PeerProcess.of(LeavingPeer.class)
                .withSystemProperty(StopPoint.PROPERTY, step)
                .withArguments(role, segment.path()));
        peer.await(StopPoint.REPORT + step);
        return peer;
    }

    private List<Long> observed() {
        List<Long> taken = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            segment.recover();
            taken.addAll(drained());
        }
        return taken;
    }

    private List<Long> drained() {
        List<Long> taken = new ArrayList<>();
        for (Long element = queue.poll(); element != null; element = queue.poll()) {
            taken.add(element);
        }
        return taken;
    }

    private void assertAllTaken(List<Long> early) {
        List<Long> taken = new ArrayList<>(early);
        await().until(() -> {
            taken.addAll(drained());
            return taken.size() >= RUNS;
        });
        await().until(() -> segment.participants().size() == 1);
        taken.addAll(drained());
        assertThat(taken).containsExactlyInAnyOrderElementsOf(evenOnes());
        for (int lap = 0; lap < 3; lap++) {
            for (long i = 0; i < CAPACITY; i++) {
                assertThat(queue.offer(i)).isTrue();
            }
            assertThat(queue.offer(-1L)).isFalse();
            assertThat(drained()).containsExactlyElementsOf(LongStream.range(0, CAPACITY).boxed().toList());
        }
    }

    private static List<Long> evenOnes() {
        return LongStream.range(0, RUNS).map(i -> 2 * i).boxed().toList();
    }
}
