package io.zeroipc.collection;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.codec.Codecs;
import io.zeroipc.memory.StopPoint;
import io.zeroipc.segment.Participant;
import io.zeroipc.segment.ParticipantClaim;
import io.zeroipc.segment.ParticipantDeath;
import io.zeroipc.segment.RecoveryOutcome;
import io.zeroipc.segment.Segment;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.test.PeerProcesses;
import io.zeroipc.testing.EnabledWithNativeAccess;
import io.zeroipc.testing.Requirements;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A process is killed at a step of an operation, and the others go on. */
@Tag("process")
class QueueRecoveryTest {

    private static final int CAPACITY = 8;

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
    }

    /** Announced, claimed or written, and not published: nobody has been told of the element. */
    @ParameterizedTest
    @CsvSource({"offer,QUEUE_CLAIM_ANNOUNCED", "offer,QUEUE_CLAIMED", "offer,QUEUE_CLAIM_CONFIRMED",
            "offer,QUEUE_WRITTEN", "offer-many,QUEUE_CLAIM_ANNOUNCED", "offer-many,QUEUE_CLAIMED",
            "offer-many,QUEUE_CLAIM_CONFIRMED"})
    void shouldStepOverThePositionsWhenAProducerDiesBeforePublishing(String role, StopPoint step) throws Exception {
        queue.offer(1L);
        try (PeerProcess peer = stoppedAt(step, role)) {
            queue.offer(2L);
            assertThat(queue.poll()).isEqualTo(1);
            peer.kill();
            assertThat(takeOne()).isEqualTo(2);
        }
        assertUsable();
    }

    @ParameterizedTest
    @CsvSource({"offer,QUEUE_PUBLISHED"})
    void shouldDeliverTheElementWhenAProducerDiesAfterPublishing(String role, StopPoint step) throws Exception {
        try (PeerProcess peer = stoppedAt(step, role)) {
            peer.kill();
            assertThat(takeOne()).isEqualTo(QueueRecoveryPeer.ELEMENT);
        }
        assertUsable();
    }

    @ParameterizedTest
    @CsvSource({"poll,QUEUE_TAKEN", "poll,QUEUE_TAKE_CONFIRMED", "poll,QUEUE_READ", "poll-many,QUEUE_TAKEN",
            "poll-many,QUEUE_TAKE_CONFIRMED"})
    void shouldReleaseThePositionsWhenAConsumerDiesBeforeReleasing(String role, StopPoint step) throws Exception {
        queue.offer(1L);
        int taken = role.equals("poll") ? 1 : 3;
        queue.offerAll(List.of(2L, 3L, 4L, 5L, 6L, 7L, 8L));
        try (PeerProcess peer = stoppedAt(step, role)) {
            for (long element = taken + 1L; element <= CAPACITY; element++) {
                assertThat(queue.poll()).isEqualTo(element);
            }
            // One lap later producers stand at what is being read.
            assertThat(queue.offer(9L)).isFalse();
            peer.kill();
            await().until(() -> queue.offer(9L));
        }
        assertThat(takeOne()).isEqualTo(9);
        assertUsable();
        assertThat(segment.recoveries()).containsEntry(RecoveryOutcome.DROPPED, (long) taken);
    }

    @ParameterizedTest
    @CsvSource({"poll,QUEUE_TAKE_ANNOUNCED", "poll-many,QUEUE_TAKE_ANNOUNCED"})
    void shouldDeliverTheElementWhenAConsumerDiesBeforeTakingIt(String role, StopPoint step) throws Exception {
        queue.offerAll(List.of(1L, 2L, 3L));
        try (PeerProcess peer = stoppedAt(step, role)) {
            peer.kill();
            assertThat(takeOne()).isEqualTo(1);
            assertThat(takeOne()).isEqualTo(2);
            assertThat(takeOne()).isEqualTo(3);
        }
        assertUsable();
    }

    @ParameterizedTest
    @CsvSource({"poll,QUEUE_TAKEN,1", "poll,QUEUE_READ,1", "poll-many,QUEUE_TAKEN,3",
            "poll-many,QUEUE_TAKE_CONFIRMED,3",
            "claim-next,,1"})
    void shouldHandTheElementsOfADeadConsumerToTheNextOneWhereThatIsAskedFor(String role, @Nullable StopPoint step,
            int taken) throws Exception {
        queue.offerAll(List.of(1L, 2L, 3L, 4L));
        try (PeerProcess peer = redelivering(role, step)) {
            assertThat(queue.poll()).isEqualTo(taken + 1);
            peer.kill();
            await().until(() -> segment.participants().stream().anyMatch(Participant::dead));
        }
        List<Long> others = new ArrayList<>(List.of(takeOne(), takeOne(), takeOne()));
        // Between the moment in which the death is noticed and that in which it is known what is left, others come first.
        assertThat(others).containsExactlyInAnyOrderElementsOf(
                LongStream.rangeClosed(1, 4).filter(element -> element != taken + 1).boxed().toList());
        assertUsable();
        assertThat(segment.recoveries()).containsExactlyEntriesOf(Map.of(RecoveryOutcome.REDELIVERED, (long) taken));
    }

    /** Three at once and one behind them, of which the first two are committed. */
    @ParameterizedTest
    @CsvSource({"QUEUE_TAKE_CONFIRMED,1,3", "QUEUE_KEPT_JOINED,1,4", "QUEUE_READ,1,4", "QUEUE_RELEASED,5,0", ",3,2"})
    void shouldRedeliverExactlyWhatWasKeptAndNotCommitted(@Nullable StopPoint step, long first, int kept)
            throws Exception {
        queue.offerAll(List.of(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L));
        List<Long> taken = new ArrayList<>();
        PeerProcess.Builder builder = PeerProcess.of(QueueRecoveryPeer.class)
                .withSystemProperty("policy", "REDELIVER")
                .withArguments(step == StopPoint.QUEUE_RELEASED ? "keep-all" : "keep", segment.path());
        try (PeerProcess peer = peers.start(step == null
                ? builder
                : builder.withSystemProperty(StopPoint.PROPERTY, step))) {
            peer.awaitLineWith(step == null ? "keeps those behind" : StopPoint.REPORT + step);
            for (Long element = queue.poll(); element != null; element = queue.poll()) {
                taken.add(element);
            }
            segment.recover();
            assertThat(queue.poll()).as("what a live one keeps").isNull();
            peer.kill();
            await().until(() -> segment.participants().stream().noneMatch(each -> !each.self() && !each.dead()));
        }
        for (int i = 0; i < kept; i++) {
            taken.add(takeOne());
        }
        assertThat(taken).containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(first, 8).boxed().toList());
        assertUsable();
        if (kept > 0) {
            assertThat(segment.recoveries())
                    .containsExactlyEntriesOf(Map.of(RecoveryOutcome.REDELIVERED, (long) kept));
        }
    }

    /** Nobody has died, and nobody has left: a consumer has ended. */
    @Test
    void shouldRedeliverWhatWasKeptByAConsumerThatWasClosed() throws Exception {
        try (PeerProcess peer = keepingTwo("keep-and-close")) {
            peer.send("close");
            peer.await("closed");
            assertThat(queue.take()).isEqualTo(2);
            assertThat(peer.isAlive()).isTrue();
            assertThat(segment.deaths()).isEmpty();
        }
        assertUsable();
        assertThat(segment.recoveries()).containsExactlyEntriesOf(Map.of(RecoveryOutcome.REDELIVERED, 1L));
    }

    /** Nobody has died: it has left, with an element that it had not committed. */
    @Test
    void shouldRedeliverWhatWasKeptByOneThatHasLeft() throws Exception {
        try (PeerProcess peer = keepingTwo("keep-and-leave")) {
            peer.send("leave");
            assertThat(peer.join()).isZero();
            assertThat(queue.take()).isEqualTo(2);
        }
        assertUsable();
        assertThat(segment.deaths()).isEmpty();
        assertThat(segment.recoveries()).containsExactlyEntriesOf(Map.of(RecoveryOutcome.REDELIVERED, 1L));
    }

    /** Of three elements; the last one is taken here. */
    private PeerProcess keepingTwo(String role) throws Exception {
        queue.offerAll(List.of(1L, 2L, 3L));
        PeerProcess peer = peers.start(PeerProcess.of(QueueRecoveryPeer.class)
                .withSystemProperty("policy", "REDELIVER")
                .withArguments(role, segment.path()));
        peer.awaitLineWith("keeps 1 and 2");
        assertThat(queue.poll()).isEqualTo(3);
        assertThat(queue.poll()).isNull();
        return peer;
    }

    /** Each takes over what the one before it has left, and dies at that. */
    @Test
    void shouldHandAnElementOnUntilOneConsumerLives() throws Exception {
        queue.offer(1L);
        try (PeerProcess first = redelivering("poll", StopPoint.QUEUE_READ)) {
            first.kill();
        }
        for (StopPoint step : List.of(StopPoint.QUEUE_ADOPTED, StopPoint.QUEUE_READ, StopPoint.QUEUE_ADOPTED)) {
            segment.close();
            try (PeerProcess next = redelivering("poll", step)) {
                next.kill();
            }
            segment = segments.track(Segment.at(segment.path()).participant("survivor").open());
            queue = SharedQueue.open(segment, "queue", Codecs.int64());
        }
        assertThat(takeOne()).isEqualTo(1);
        assertUsable();
    }

    private PeerProcess redelivering(String role, @Nullable StopPoint step) throws Exception {
        PeerProcess.Builder builder = PeerProcess.of(QueueRecoveryPeer.class)
                .withSystemProperty("policy", "REDELIVER")
                .withArguments(role, segment.path());
        if (step == null) {
            PeerProcess peer = peers.start(builder);
            peer.await("done");
            return peer;
        }
        PeerProcess peer = peers.start(builder.withSystemProperty(StopPoint.PROPERTY, step));
        peer.await(StopPoint.REPORT + step);
        return peer;
    }

    @Test
    void shouldGoOnWhenAConsumerDiesAfterReleasing() throws Exception {
        queue.offer(1L);
        try (PeerProcess peer = stoppedAt(StopPoint.QUEUE_RELEASED, "poll")) {
            peer.kill();
            assertThat(queue.poll()).isNull();
        }
        assertUsable();
    }

    @ParameterizedTest
    @ValueSource(strings = {"claim", "claim-next"})
    void shouldEndAClaimInTheHandsOfAnApplicationThatDies(String role) throws Exception {
        queue.offer(1L);
        try (PeerProcess peer = started(role)) {
            peer.await("done");
            queue.offer(2L);
            peer.kill();
            if (role.equals("claim")) {
                assertThat(takeOne()).isEqualTo(1);
            }
            assertThat(takeOne()).isEqualTo(2);
        }
        assertUsable();
    }

    /** The first claim is open when the second one is given up, so nobody can have skipped either. */
    @Test
    void shouldSkipAnAbortedClaimWhenItsOwnerDiesBeforeItsTurn() throws Exception {
        try (PeerProcess peer = started("abort")) {
            peer.awaitLineWith("aborted");
            queue.offer(2L);
            peer.kill();
            assertThat(takeOne()).isEqualTo(2);
        }
        assertUsable();
    }

    /** More claims than a record has cells, by threads that share their records. */
    @Test
    void shouldEndTheClaimsOfManyVirtualThreads() throws Exception {
        SharedQueue<Long> wide = SharedQueue.create(segment, "wide", Codecs.int64(), 64);
        Segment other = segments.create(builder -> builder.size(1 << 16));
        SharedQueue<Long> many = SharedQueue.create(other, "queue", Codecs.int64(), 64);
        try (PeerProcess peer = peers.start(PeerProcess.of(QueueRecoveryPeer.class)
                .withArguments("virtual", other.path()))) {
            peer.await("done");
            assertThat(other.participants()).filteredOn(each -> !each.self())
                    .singleElement()
                    .satisfies(each -> assertThat(each.claims()).hasSize(40)
                            .extracting(ParticipantClaim::kind)
                            .containsOnly("writing"));
            many.offer(7L);
            peer.kill();
            await().until(() -> Long.valueOf(7).equals(many.poll()));
        }
        assertThat(other.recoveries()).containsEntry(RecoveryOutcome.SKIPPED, 40L);
        assertThat(wide.isEmpty()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"QUEUE_CLAIMED", "QUEUE_CLAIM_CONFIRMED", "QUEUE_WRITTEN"})
    void shouldLeaveALiveProducerItsPositionHoweverLongItIsStopped(StopPoint step) throws Exception {
        try (PeerProcess peer = stoppedAt(step, "offer")) {
            queue.offer(2L);
            for (int i = 0; i < 1000; i++) {
                segment.recover();
                assertThat(queue.poll()).isNull();
            }
            assertThat(segment.recoveries()).doesNotContainKey(RecoveryOutcome.SKIPPED);
            peer.kill();
            assertThat(takeOne()).isEqualTo(2);
        }
    }

    /** Its number says nothing here, and its kernel lock does. */
    @Test
    @EnabledWithNativeAccess
    void shouldStepOverThePositionsOfAProducerInAnotherNamespaceOfProcesses() throws Exception {
        String unshare = Requirements.program("unshare").toString();
        List<String> apart = List.of(unshare, "-rpf", "--mount-proc", "--kill-child=SIGKILL");
        Requirements.require(Requirements.succeeds(Stream.concat(apart.stream(), Stream.of("true")).toList()),
                "private namespaces of processes are not allowed here: command=" + String.join(" ", apart));
        queue.offer(1L);
        PeerProcess.Builder builder = PeerProcess.of(QueueRecoveryPeer.class)
                .startedBy(apart.toArray(String[]::new))
                .withSystemProperty(StopPoint.PROPERTY, StopPoint.QUEUE_WRITTEN)
                .withArguments("offer", segment.path());
        try (PeerProcess peer = peers.start(builder)) {
            peer.await(StopPoint.REPORT + StopPoint.QUEUE_WRITTEN);
            queue.offer(2L);
            assertThat(queue.poll()).isEqualTo(1);
            segment.recover();
            assertThat(queue.poll()).isNull();
            assertThat(segment.participants()).hasSize(2)
                    .filteredOn(each -> !each.self())
                    .singleElement()
                    .satisfies(each -> assertThat(each.pid()).isNotEqualTo(peer.pid()));
            peer.kill();
            assertThat(takeOne()).isEqualTo(2);
        }
        assertUsable();
    }

    @Test
    void shouldTellWhoTakesPartAndWhoHasDied() throws Exception {
        try (PeerProcess peer = stoppedAt(StopPoint.QUEUE_CLAIM_CONFIRMED, "offer")) {
            assertThat(segment.participation()).isEqualTo("on");
            assertThat(segment.participants()).extracting(Participant::name)
                    .containsExactlyInAnyOrder("survivor", "peer");
            Participant other = segment.participants().stream().filter(each -> !each.self()).findFirst().orElseThrow();
            assertThat(other.pid()).isEqualTo(peer.pid());
            assertThat(other.announcing()).isTrue();
            assertThat(other.claims()).singleElement().satisfies(claim -> {
                assertThat(claim.kind()).isEqualTo("writing");
                assertThat(claim.position()).isZero();
                assertThat(claim.blockOffset())
                        .isEqualTo(segment.entries().getFirst().offset());
            });
            peer.kill();
            await().until(() -> segment.participants().size() == 1);
            ParticipantDeath death = segment.deaths().getFirst();
            assertThat(segment.deaths()).hasSize(1);
            assertThat(death.pid()).isEqualTo(peer.pid());
            assertThat(death.name()).isEqualTo("peer");
            assertThat(death.joined()).isEqualTo(other.joined());
            assertThat(segment.recoveries()).containsExactlyInAnyOrderEntriesOf(Map.of(
                    RecoveryOutcome.SKIPPED, 1L));
        }
    }

    /** Recoverers die at each of their steps, one after the other; the last one ends what they have begun. */
    @ParameterizedTest
    @CsvSource({"offer,QUEUE_CLAIM_CONFIRMED,RECOVERY_SKIP_DECIDED", "offer,QUEUE_CLAIM_CONFIRMED,QUEUE_HEAD_SKIPPED",
            "offer,QUEUE_CLAIM_CONFIRMED,RECOVERY_SETTLED", "poll,QUEUE_TAKE_CONFIRMED,RECOVERY_RELEASE_DECIDED",
            "poll,QUEUE_TAKE_CONFIRMED,RECOVERY_SETTLED"})
    void shouldEndWhatThreeDeadRecoverersHaveBegun(String role, StopPoint step, StopPoint recovererStep)
            throws Exception {
        queue.offer(1L);
        segment.close();
        try (PeerProcess victim = stoppedAt(step, role)) {
            victim.kill();
        }
        for (int i = 0; i < 3; i++) {
            // Each finds the dead one as soon as it opens the queue, if those before have left anything to do.
            try (PeerProcess recoverer = peers.start(PeerProcess.of(QueueRecoveryPeer.class)
                    .withSystemProperty(StopPoint.PROPERTY, recovererStep)
                    .withArguments("recover", segment.path()))) {
                // Stopped, or done.
                recoverer.awaitLineWith("zeroipc");
                recoverer.kill();
            }
        }
        segment = segments.track(Segment.at(segment.path()).open());
        queue = SharedQueue.open(segment, "queue", Codecs.int64());
        queue.offer(2L);
        assertThat(takeOne()).isEqualTo(role.equals("offer") ? 1 : 2);
        if (role.equals("offer")) {
            assertThat(takeOne()).isEqualTo(2);
        }
        assertUsable();
    }

    private PeerProcess started(String role) {
        return peers.start(PeerProcess.of(QueueRecoveryPeer.class).withArguments(role, segment.path()));
    }

    private PeerProcess stoppedAt(StopPoint step, String role) throws Exception {
        PeerProcess peer = peers.start(PeerProcess.of(QueueRecoveryPeer.class)
                .withSystemProperty(StopPoint.PROPERTY, step)
                .withArguments(role, segment.path()));
        peer.await(StopPoint.REPORT + step);
        return peer;
    }

    private long takeOne() {
        List<Long> taken = new ArrayList<>();
        await().until(() -> {
            Long element = queue.poll();
            if (element != null) {
                taken.add(element);
            }
            return element != null;
        });
        return taken.getFirst();
    }

    /** Several laps, each full and empty, and nobody dead is left. */
    private void assertUsable() {
        await().until(() -> segment.participants().size() == 1);
        for (long lap = 0; lap < 3; lap++) {
            for (long i = 0; i < CAPACITY; i++) {
                assertThat(queue.offer(lap * CAPACITY + i)).isTrue();
            }
            assertThat(queue.offer(-1L)).isFalse();
            for (long i = 0; i < CAPACITY; i++) {
                assertThat(queue.poll()).isEqualTo(lap * CAPACITY + i);
            }
            assertThat(queue.poll()).isNull();
        }
    }
}
