package io.zeroipc.flow;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.memory.StopPoint;
import io.zeroipc.segment.Participant;
import io.zeroipc.segment.Segment;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.test.PeerProcesses;
import io.zeroipc.testing.Seeds;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A process is killed at each step of a topic, and the others go on; for as long as it lives it keeps what it has. */
@Tag("process")
class TopicRecoveryTest {

    private static final int CHUNKS = 4;
    /** Times that survivors look in vain for what is not theirs. */
    private static final int LOOKS = 200;
    /** Of each of two at a time. */
    private static final int KILLS = 5;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();
    @RegisterExtension
    final PeerProcesses peers = new PeerProcesses();

    private Segment segment;
    private SharedTopic topic;

    @BeforeEach
    void createTopic() {
        segment = segments.create(builder -> builder.size(1 << 16).participant("survivor"));
        topic = SharedTopic.create(segment, "topic", CHUNKS, 64);
    }

    @ParameterizedTest
    @CsvSource({"TOPIC_PUBLISHER_ANNOUNCED,0", "TOPIC_PUBLISHER_TAKEN,0", "TOPIC_LOANED,1", "TOPIC_PLACED,1"})
    void shouldFreeTheChunkWhenAPublisherDiesBeforePublishing(StopPoint step, int loaned) throws Exception {
        try (TopicSubscriber subscriber = topic.subscribe()) {
            try (PeerProcess peer = stoppedAt(step, "publish")) {
                for (int i = 0; i < LOOKS; i++) {
                    segment.recover();
                    send(i);
                    assertThat(receive(subscriber)).isEqualTo(i);
                    assertThat(topic.occupancy().used()).isEqualTo(loaned);
                }
                peer.kill();
                awaitNobodyDead();
            }
            assertThat(subscriber.tryReceive()).isNull();
        }
        assertUsable();
    }

    @ParameterizedTest
    @EnumSource(names = {"TOPIC_PUBLISHED", "TOPIC_TAIL_MOVED"})
    void shouldDeliverTheMessageWhenAPublisherDiesAfterPublishing(StopPoint step) throws Exception {
        try (TopicSubscriber early = topic.subscribe(); TopicSubscriber late = topic.subscribe()) {
            try (PeerProcess peer = stoppedAt(step, "publish")) {
                assertThat(receive(early)).isEqualTo(TopicPeer.MESSAGE);
                segment.recover();
                // It is on loan, so nobody else writes there, though one of two has read it.
                for (int i = 1; i < CHUNKS; i++) {
                    send(i);
                }
                assertThat(topic.publisher().tryLoan(1)).isNull();
                peer.kill();
                awaitNobodyDead();
            }
            assertThat(topic.publisher().tryLoan(1)).isNull();
            assertThat(receive(late)).isEqualTo(TopicPeer.MESSAGE);
            for (int i = 1; i < CHUNKS; i++) {
                assertThat(receive(late)).isEqualTo(i);
                assertThat(receive(early)).isEqualTo(i);
            }
        }
        assertUsable();
    }

    /** Held while its publisher dies, and passed by all others. */
    @Test
    void shouldKeepTheMessageThatIsReadWhenItsPublisherDies() throws Exception {
        try (TopicSubscriber subscriber = topic.subscribe()) {
            PeerProcess peer = stoppedAt(StopPoint.TOPIC_PUBLISHED, "publish");
            try (peer; Sample sample = SharedTopicTest.sample(subscriber)) {
                for (int i = 0; i < 10 * CHUNKS; i++) {
                    send(i);
                    assertThat(receive(subscriber)).isEqualTo(i);
                }
                peer.kill();
                awaitNobodyDead();
                for (int i = 0; i < 10 * CHUNKS; i++) {
                    send(i);
                    assertThat(receive(subscriber)).isEqualTo(i);
                }
                assertThat(sample.memory().get(ValueLayout.JAVA_LONG, 0)).isEqualTo(TopicPeer.MESSAGE);
                assertThat(topic.occupancy().used()).isEqualTo(1);
            }
        }
        assertUsable();
    }

    @ParameterizedTest
    @CsvSource({"TOPIC_SUBSCRIBER_ANNOUNCED,false", "TOPIC_SUBSCRIBER_TAKEN,false", "TOPIC_SUBSCRIBER_ACTIVE,true"})
    void shouldFreeTheEntryWhenASubscriberDiesBeforeItHasBegun(StopPoint step, boolean active) throws Exception {
        try (PeerProcess peer = stoppedAt(step, "receive")) {
            assertThat(topic.subscribers()).isEqualTo(active ? 1 : 0);
            segment.recover();
            assertThat(topic.subscribers()).isEqualTo(active ? 1 : 0);
            peer.kill();
            awaitNobodyDead();
        }
        assertUsable();
    }

    @ParameterizedTest
    @EnumSource(names = {"TOPIC_HELD", "TOPIC_RECEIVED"})
    void shouldFreeTheChunksWhenASubscriberDiesThatHoldsAMessage(StopPoint step) throws Exception {
        try (PeerProcess peer = start(PeerProcess.of(TopicPeer.class).withSystemProperty(StopPoint.PROPERTY, step),
                "receive")) {
            peer.await("subscribed");
            for (int i = 0; i < CHUNKS; i++) {
                send(i);
            }
            peer.await(StopPoint.REPORT + step);
            for (int i = 0; i < LOOKS; i++) {
                segment.recover();
                assertThat(topic.publisher().tryLoan(1)).isNull();
            }
            assertThat(topic.holders()).singleElement().satisfies(holder -> {
                assertThat(holder.role()).isEqualTo(TopicHolder.Role.SUBSCRIBER);
                assertThat(holder.pid()).isEqualTo(peer.pid());
                assertThat(holder.name()).isEqualTo("peer");
                assertThat(holder.held()).isEqualTo(1);
                assertThat(holder.unread()).isEqualTo(CHUNKS - 1);
            });
            // Somebody waits for it when it dies.
            try (Waiter<Long> waiter = Waiter.of(() -> {
                try (Loan loan = topic.publisher().loan(7)) {
                    return loan.byteSize();
                }
            })) {
                await().until(waiter::isSleeping);
                peer.kill();
                assertThat(waiter.get()).isEqualTo(7L);
            }
            awaitNobodyDead();
        }
        assertUsable();
    }

    @Test
    void shouldFreeTheEntryWhenASubscriberDiesWhileItLeaves() throws Exception {
        StopPoint step = StopPoint.TOPIC_SUBSCRIBER_LEFT;
        try (PeerProcess peer = start(PeerProcess.of(TopicPeer.class).withSystemProperty(StopPoint.PROPERTY, step),
                "receive")) {
            peer.await("subscribed");
            send(1);
            peer.await(StopPoint.REPORT + step);
            assertThat(topic.subscribers()).isZero();
            peer.kill();
            awaitNobodyDead();
        }
        assertUsable();
    }

    @ParameterizedTest
    @ValueSource(strings = {"loan-all", "hold-all"})
    void shouldFreeAllChunksWhenWhoHasThemDies(String role) throws Exception {
        try (PeerProcess peer = start(PeerProcess.of(TopicPeer.class), role)) {
            holdAll(peer, role);
            segment.recover();
            assertThat(topic.publisher().tryLoan(1)).isNull();
            peer.kill();
            awaitNobodyDead();
        }
        assertUsable();
    }

    @ParameterizedTest
    @ValueSource(strings = {"loan-all", "hold-all"})
    void shouldLeaveThemAloneAndShowThemWhenItTookNoPart(String role) throws Exception {
        long pid;
        try (PeerProcess peer = start(PeerProcess.of(TopicPeer.class).withSystemProperty("foreign", true), role)) {
            holdAll(peer, role);
            pid = peer.pid();
            peer.kill();
        }
        segment.recover();
        assertThat(topic.publisher().tryLoan(1)).isNull();
        assertThat(topic.holders()).singleElement().satisfies(holder -> {
            assertThat(holder.pid()).isEqualTo(pid);
            assertThat(holder.held()).isEqualTo(CHUNKS);
            assertThat(holder.participant()).isFalse();
        });
    }

    /** Each finds the dead one as soon as it opens the topic, if those before have left anything to do. */
    @ParameterizedTest
    @CsvSource({"RECOVERY_RETURNED,loan-all", "RECOVERY_RETURNED,hold-all", "RECOVERY_SETTLED,loan-all",
            "RECOVERY_SETTLED,hold-all"})
    void shouldGoOnWhenWhoRecoversDiesAsWell(StopPoint step, String role) throws Exception {
        try (PeerProcess peer = start(PeerProcess.of(TopicPeer.class), role)) {
            holdAll(peer, role);
            // Nobody is there who would be faster.
            segment.close();
            peer.kill();
        }
        for (int i = 0; i < 3; i++) {
            try (PeerProcess recoverer = start(
                    PeerProcess.of(TopicPeer.class).withSystemProperty(StopPoint.PROPERTY, step),
                    "recover")) {
                // Stopped, or done.
                recoverer.awaitLineWith("zeroipc");
                recoverer.kill();
            }
        }
        segment = segments.track(Segment.at(segment.path()).participant("survivor").open());
        topic = SharedTopic.open(segment, "topic");
        awaitNobodyDead();
        assertUsable();
    }

    /** The one who notices the death knows nothing of the topic. */
    @Test
    void shouldFreeTheChunksWhenTheDeathWasNoticedBySomebodyElse() throws Exception {
        try (Segment other = Segment.at(segment.path()).open()) {
            segment.close();
            try (PeerProcess peer = start(PeerProcess.of(TopicPeer.class), "loan-all")) {
                peer.await("done");
                peer.kill();
            }
            await().until(() -> !other.deaths().isEmpty());
            other.recover();
            topic = SharedTopic.open(other, "topic");
            segment = other;
            awaitNobodyDead();
            assertUsable();
        }
    }

    /** At any moment, and again and again: whoever is left goes on, and nothing is torn. */
    @Test
    @Tag("slow")
    void shouldGoOnWhenProcessesAreKilledAtAnyMoment() throws Exception {
        Random random = Seeds.of(Seeds.next(), 0);
        try (TopicSubscriber subscriber = topic.subscribe()) {
            long position = -1;
            for (int kill = 0; kill < KILLS; kill++) {
                try (PeerProcess one = start(PeerProcess.of(TopicPeer.class), "work");
                        PeerProcess other = start(PeerProcess.of(TopicPeer.class), "work")) {
                    one.await("working");
                    other.await("working");
                    long end = position + 2_000 + random.nextInt(2_000);
                    while (position < end) {
                        position = next(subscriber, position);
                    }
                    one.kill();
                    // The other one goes on behind all that the dead one can have sent.
                    long more = position + 1_000;
                    while (position < more) {
                        position = next(subscriber, position);
                    }
                    other.kill();
                    assertThat(one.output()).doesNotContain("torn");
                    assertThat(other.output()).doesNotContain("torn");
                }
            }
            for (Sample left = subscriber.tryReceive(); left != null; left = subscriber.tryReceive()) {
                left.close();
            }
            assertThat(subscriber.lost()).isZero();
        }
        awaitNobodyDead();
        assertUsable();
    }

    private static long next(TopicSubscriber subscriber, long position) throws InterruptedException {
        try (Sample sample = subscriber.receive()) {
            TopicPeer.requireWhole(sample);
            assertThat(sample.position()).isEqualTo(position + 1);
            return sample.position();
        }
    }

    private void holdAll(PeerProcess peer, String role) throws Exception {
        if (role.equals("hold-all")) {
            peer.await("subscribed");
            for (int i = 0; i < CHUNKS; i++) {
                send(i);
            }
        }
        peer.await("done");
    }

    private PeerProcess stoppedAt(StopPoint step, String role) throws Exception {
        PeerProcess peer = start(PeerProcess.of(TopicPeer.class).withSystemProperty(StopPoint.PROPERTY, step), role);
        peer.await(StopPoint.REPORT + step);
        return peer;
    }

    private PeerProcess start(PeerProcess.Builder builder, String role) throws Exception {
        return peers.start(builder.withArguments(role, segment.path()));
    }

    private void awaitNobodyDead() {
        await().until(() -> {
            segment.recover();
            return segment.participants().stream().allMatch(Participant::self) && !segment.deaths().isEmpty();
        });
    }

    private void send(long value) throws InterruptedException {
        try (Loan loan = topic.publisher().loan(Long.BYTES)) {
            loan.memory().set(ValueLayout.JAVA_LONG, 0, value);
            loan.send();
        }
    }

    private static long receive(TopicSubscriber subscriber) throws InterruptedException {
        try (Sample sample = subscriber.receive()) {
            return sample.memory().get(ValueLayout.JAVA_LONG, 0);
        }
    }

    /** All entries and chunks are there. */
    private void assertUsable() throws InterruptedException {
        assertThat(topic.occupancy().used()).isZero();
        assertThat(topic.subscribers()).isZero();
        List<TopicSubscriber> subscribers = new ArrayList<>();
        for (int i = 0; i < SharedTopic.SUBSCRIBERS_MAX; i++) {
            subscribers.add(topic.subscribe());
        }
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < CHUNKS; i++) {
                send(i);
            }
            for (TopicSubscriber subscriber : subscribers) {
                for (int i = 0; i < CHUNKS; i++) {
                    assertThat(receive(subscriber)).isEqualTo(i);
                }
                assertThat(subscriber.lost()).isZero();
            }
        }
        subscribers.forEach(TopicSubscriber::close);
        assertThat(topic.occupancy().used()).isZero();
    }
}
