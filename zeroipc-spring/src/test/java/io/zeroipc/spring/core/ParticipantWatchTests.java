package io.zeroipc.spring.core;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationListener;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.RecoveryOutcome;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.TestContexts;
import io.zeroipc.spring.TestContexts.TestContext;
import io.zeroipc.spring.event.ParticipantDiedEvent;
import io.zeroipc.spring.event.ParticipantJoinedEvent;
import io.zeroipc.spring.event.ParticipantLeftEvent;
import io.zeroipc.spring.event.SegmentEvent;
import io.zeroipc.spring.event.SegmentRecoveredEvent;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.test.PeerProcesses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What an application is told of the other processes in its segments. */
@Tag("process")
@ExtendWith(OutputCaptureExtension.class)
class ParticipantWatchTests {

    @TempDir
    Path directory;

    @RegisterExtension
    final PeerProcesses peers = new PeerProcesses();

    private final List<SegmentEvent> events = new CopyOnWriteArrayList<>();

    @Test
    void eventsTellWhoJoinsAndLeaves(CapturedOutput output) throws Exception {
        try (TestContext _ = context()) {
            PeerProcess peer = peer();
            await().until(() -> events.size() == 1);
            assertThat(events.getFirst()).isInstanceOfSatisfying(ParticipantJoinedEvent.class, joined -> {
                assertThat(joined.getSegment()).isEqualTo("host");
                assertThat(joined.getPid()).isEqualTo(peer.pid());
                assertThat(joined.getName()).isEqualTo(ParticipantPeer.NAME);
            });
            peer.send("end");
            await().until(() -> events.size() == 2);
            assertThat(events.getLast()).isInstanceOfSatisfying(ParticipantLeftEvent.class,
                    left -> assertThat(left.getPid()).isEqualTo(peer.pid()));
        }
        assertThat(output).doesNotContain("participant of a segment died");
    }

    /** It has not died, though what it kept is redelivered as if it had. */
    @Test
    void eventsTellThatOneLeavesWithAnElementThatIsRedelivered(CapturedOutput output) throws Exception {
        try (TestContext context = context()) {
            SharedQueue<Integer> queue = Fixtures.queueOf(context.segments(), "host/numbers");
            queue.offer(7);
            PeerProcess peer = peers.start(PeerProcess.of(ParticipantPeer.class).withArguments(directory, "keeps"));
            peer.await("keeps 7");
            await().until(() -> of(ParticipantJoinedEvent.class).size() == 1);
            peer.send("end");
            assertThat(queue.take()).isEqualTo(7);
            await().until(() -> of(ParticipantLeftEvent.class).size() == 1);
            assertThat(of(ParticipantLeftEvent.class).getFirst().getPid()).isEqualTo(peer.pid());
            assertThat(of(ParticipantDiedEvent.class)).isEmpty();
        }
        assertThat(output).doesNotContain("participant of a segment died");
    }

    @Test
    void eventsTellADeathOnceAndWhatWasMended(CapturedOutput output) throws Exception {
        try (TestContext context = context()) {
            PeerProcess peer = peer();
            await().until(() -> !events.isEmpty());
            peer.kill();
            await().until(() -> of(SegmentRecoveredEvent.class).size() == 1);
            // Whoever comes next is seen by a later look, and those before had every occasion to tell it again.
            peer();
            await().until(() -> of(ParticipantJoinedEvent.class).size() == 2);
            assertThat(of(ParticipantDiedEvent.class)).singleElement().satisfies(died -> {
                assertThat(died.getSegment()).isEqualTo("host");
                assertThat(died.getNumber()).isEqualTo(1);
                assertThat(died.getPid()).isEqualTo(peer.pid());
                assertThat(died.getName()).isEqualTo(ParticipantPeer.NAME);
                assertThat(died.getNoticed()).isAfter(died.getJoined());
            });
            assertThat(of(ParticipantLeftEvent.class)).isEmpty();
            assertThat(of(SegmentRecoveredEvent.class)).singleElement()
                    .satisfies(recovered -> assertThat(recovered.getOutcomes())
                            .containsExactlyInAnyOrderEntriesOf(Map.of(RecoveryOutcome.SKIPPED, 1L)));
            SegmentRecoveries recoveries = context.segments().recoveries("host");
            assertThat(recoveries.deaths()).isEqualTo(1);
            assertThat(recoveries.count(RecoveryOutcome.SKIPPED)).isEqualTo(1);
            assertThat(recoveries.outcomes()).containsOnlyKeys(RecoveryOutcome.SKIPPED);
            assertThat(output)
                    .containsOnlyOnce("participant of a segment died: segment=host, pid=" + peer.pid() + ", name=peer")
                    .contains("skipped 1");
        }
    }

    @Test
    void eventsTellADeathThatIsNoticedWhenTheSegmentIsOpened() throws Exception {
        try (Segment segment = Fixtures.file(directory).create()) {
            SharedQueue.create(segment, "numbers", Codecs.int32(), 8);
        }
        PeerProcess peer = peer();
        peer.kill();
        try (TestContext _ = context()) {
            await().until(() -> of(SegmentRecoveredEvent.class).size() == 1);
            assertThat(of(ParticipantDiedEvent.class)).singleElement()
                    .satisfies(died -> assertThat(died.getPid()).isEqualTo(peer.pid()));
        }
    }

    @Test
    void eventsDoNotTellWhatWasNoticedBefore() throws Exception {
        try (Segment segment = Fixtures.file(directory).create()) {
            SharedQueue.create(segment, "numbers", Codecs.int32(), 8);
            peer().kill();
            await().until(() -> segment.deaths().size() == 1 && segment.participants().size() == 1);
            Instant noticed = segment.deaths().getFirst().noticed();
            await().until(() -> Instant.now().isAfter(noticed));
            try (TestContext context = context()) {
                peer();
                await().until(() -> of(ParticipantJoinedEvent.class).size() == 1);
                assertThat(of(ParticipantDiedEvent.class)).isEmpty();
                assertThat(context.segments().recoveries("host").deaths()).isZero();
            }
        }
    }

    @Test
    void contextWhenItCannotTakePartSaysSoOnce(CapturedOutput output) throws Exception {
        Files.writeString(directory.resolve("host.zipc.zipc-live"), "no file of participants");
        try (TestContext context = context()) {
            assertThat(context.segments().get("host").participation()).isNotIn("on", "off");
            await().until(() -> output.toString().contains("application takes no part in recovery: segment=host"));
            // Stuck for two seconds, so that the looks were many.
            SharedQueue<Integer> queue = Fixtures.queueOf(context.segments(), "host/numbers");
            long claim = queue.tryClaim();
            await().until(() -> !context.segments().stuck().isEmpty());
            queue.publish(claim);
            assertThat(output).containsOnlyOnce("application takes no part in recovery");
        }
    }

    private TestContext context() {
        TestContext context = TestContexts.prepare(
                Fixtures.host(Fixtures.queue("numbers", Codecs.int32(), 8))
                        .openedBy(Fixtures.file(directory)::openOrCreate),
                Map.of());
        context.addApplicationListener((ApplicationListener<SegmentEvent>) events::add);
        context.refresh();
        Fixtures.queueOf(context.segments(), "host/numbers");
        return context;
    }

    private PeerProcess peer() throws InterruptedException {
        PeerProcess peer = peers.start(PeerProcess.of(ParticipantPeer.class).withArguments(directory));
        peer.await("claims");
        return peer;
    }

    private <E extends SegmentEvent> List<E> of(Class<E> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }
}
