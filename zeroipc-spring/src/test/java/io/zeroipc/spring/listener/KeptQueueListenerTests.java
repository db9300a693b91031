package io.zeroipc.spring.listener;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.segment.OnConsumerDeath;
import io.zeroipc.segment.ParticipantClaim;
import io.zeroipc.segment.Structure;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.DefaultSegmentRegistry;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.core.ZeroIpcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Listeners of queues and channels that keep elements until they are processed. */
class KeptQueueListenerTests {

    private static final Codec<Integer> INTEGERS = Codecs.int32();

    @TempDir
    Path directory;

    private final ListenerSettings settings = new ListenerSettings();
    private final List<Integer> received = new CopyOnWriteArrayList<>();
    private final List<Acknowledgment> acknowledgments = new CopyOnWriteArrayList<>();
    @RegisterExtension
    final RunningListeners listeners = new RunningListeners();
    private final DefaultSegmentRegistry segments = listeners.segments;
    private final ZeroIpcTemplate template = listeners.template;

    @BeforeEach
    void openSegment() {
        segments.define(Fixtures.host(
                StructureDefinition.of("queue", SharedQueue.spec(INTEGERS, 8, OnConsumerDeath.REDELIVER), INTEGERS),
                StructureDefinition.of("channel", SharedChannel.spec(INTEGERS, 8, OnConsumerDeath.REDELIVER),
                        INTEGERS))
                .openedBy(Fixtures.file(directory)::openOrCreate));
    }

    @ParameterizedTest
    @ValueSource(strings = {"queue", "channel"})
    void elementIsKeptWhileTheListenerWorks(String structure) {
        List<Integer> kept = new CopyOnWriteArrayList<>();
        start(structure, false, _ -> kept.add(kept()));
        template.send("host/" + structure, 1);
        await().untilAsserted(() -> assertThat(kept).containsExactly(1));
        await().until(() -> kept() == 0);
        assertAllRoom(structure);
    }

    @Test
    void elementIsGoneAtOnceWhereThatIsAskedFor() {
        List<Integer> kept = new CopyOnWriteArrayList<>();
        settings.setAckMode(AckMode.NONE);
        start("queue", false, _ -> kept.add(kept()));
        template.send("host/queue", 1);
        await().untilAsserted(() -> assertThat(kept).containsExactly(0));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void elementThatAStopHasInterruptedComesAgain(boolean batch) {
        settings.setShutdownTimeout(Duration.ZERO);
        AtomicBoolean block = new AtomicBoolean(true);
        CountDownLatch entered = new CountDownLatch(1);
        ChannelListenerContainer container = container("queue", batch, message -> {
            receive(message);
            entered.countDown();
            if (block.get()) {
                Latches.awaitForEver();
            }
        });
        send(1, 2, 3);
        container.start();
        Latches.await(entered);
        List<Integer> first = List.copyOf(received);
        container.stop();
        assertThat(kept()).isEqualTo(first.size());
        received.clear();
        block.set(false);
        container.start();
        await().untilAsserted(() -> assertThat(received).containsExactly(1, 2, 3));
        await().until(() -> kept() == 0);
        assertAllRoom("queue");
    }

    @Test
    void failedElementIsRemovedWhenItsFailureWasDealtWith() {
        List<Integer> kept = new CopyOnWriteArrayList<>();
        settings.setErrorHandler(_ -> kept.add(kept()));
        start("queue", false, _ -> {
            throw new IllegalArgumentException("no");
        });
        template.send("host/queue", 1);
        await().untilAsserted(() -> assertThat(kept).containsExactly(1));
        await().until(() -> kept() == 0);
        assertAllRoom("queue");
    }

    @Test
    void failedElementStaysWhenItStopsTheListener() {
        settings.failures().setFailureAction(FailureAction.STOP);
        AtomicBoolean fail = new AtomicBoolean(true);
        ChannelListenerContainer container = start("queue", false, message -> {
            if (fail.get() && message.getPayload().equals(2)) {
                throw new IllegalArgumentException("no");
            }
            receive(message);
        });
        send(1, 2, 3);
        await().until(() -> !container.isRunning());
        assertThat(received).containsExactly(1);
        fail.set(false);
        container.start();
        await().untilAsserted(() -> assertThat(received).containsExactly(1, 2, 3));
    }

    @Test
    void manualWhenAcknowledgedOutOfOrderRemovesInOrder() throws Exception {
        settings.setAckMode(AckMode.MANUAL);
        start("queue", false, this::keep);
        send(1, 2, 3);
        await().until(() -> acknowledgments.size() == 3);
        assertThat(kept()).isEqualTo(3);
        Thread other = Thread.ofPlatform().start(() -> acknowledgments.get(1).acknowledge());
        other.join();
        assertThat(room()).as("the first one is still in work").isEqualTo(5);
        acknowledgments.get(0).acknowledge();
        acknowledgments.get(0).acknowledge();
        acknowledgments.get(2).acknowledge();
        await().until(() -> acknowledgments.size() == 8);
        acknowledgments.subList(3, 8).forEach(Acknowledgment::acknowledge);
        assertThat(kept()).isZero();
        assertAllRoom("queue");
    }

    @Test
    void manualWhenNeverAcknowledgedFillsTheQueueAndComesAgain() {
        settings.setAckMode(AckMode.MANUAL);
        ChannelListenerContainer container = start("queue", false, this::keep);
        send(0, 1, 2, 3, 4, 5, 6, 7);
        await().until(() -> received.size() == 8);
        assertThat(template.trySend("host/queue", 8)).isFalse();
        acknowledgments.getFirst().acknowledge();
        assertThat(template.trySend("host/queue", 8)).isTrue();
        await().until(() -> received.size() == 9);

        container.stop();
        acknowledgments.get(1).acknowledge();
        assertThat(kept()).as("an acknowledgment after the stop").isEqualTo(8);
        received.clear();
        container.start();
        await().untilAsserted(() -> assertThat(received).containsExactly(1, 2, 3, 4, 5, 6, 7, 8));
        acknowledgments.get(1).acknowledge();
        assertThat(kept()).as("an acknowledgment of the run before").isEqualTo(8);
    }

    @ParameterizedTest
    @EnumSource(value = AckMode.class, names = {"AUTO", "MANUAL"})
    void severalThreadsShareTheElementsAndKeepTheirOwn(AckMode mode) {
        settings.setAckMode(mode).setConcurrency(3);
        Semaphore working = new Semaphore(0);
        start("queue", false, message -> {
            keep(message);
            if (mode == AckMode.AUTO) {
                working.acquireUninterruptibly();
            }
        });
        send(1, 2, 3);
        await().until(() -> received.size() == 3);
        assertThat(received).containsExactlyInAnyOrder(1, 2, 3);
        assertThat(kept()).isEqualTo(3);
        working.release(3);
        if (mode == AckMode.MANUAL) {
            acknowledgments.forEach(Acknowledgment::acknowledge);
        }
        await().until(() -> kept() == 0);
    }

    @Test
    void manualWhenABatchIsAcknowledgedRemovesAllOfIt() {
        settings.setAckMode(AckMode.MANUAL);
        ChannelListenerContainer container = container("channel", true, this::keep);
        IntStream.range(0, 5).forEach(value -> template.send("host/channel", value));
        container.start();
        await().until(() -> received.size() == 5);
        assertThat(kept()).isEqualTo(5);
        acknowledgments.forEach(Acknowledgment::acknowledge);
        assertThat(kept()).isZero();
        assertAllRoom("channel");
    }

    /** Before its end, a closed channel waits for what was not acknowledged. */
    @Test
    void listenerOfAClosedChannelEndsWhenAllIsAcknowledged() {
        settings.setAckMode(AckMode.MANUAL);
        ChannelListenerContainer container = start("channel", false, this::keep);
        template.send("host/channel", 1);
        await().until(() -> acknowledgments.size() == 1);
        ((SharedChannel<?>) structure("channel")).close();
        assertThat(container.isRunning()).isTrue();
        acknowledgments.getFirst().acknowledge();
        await().until(() -> !container.isRunning());
        assertThat(kept()).isZero();
    }

    /** The application ends in an orderly way, and the next one gets what was in work. */
    @Test
    void elementThatIsNotAcknowledgedWhenTheSegmentIsClosedComesAgain() {
        settings.setAckMode(AckMode.MANUAL);
        ChannelListenerContainer container = start("queue", false, this::keep);
        send(1, 2, 3);
        await().until(() -> acknowledgments.size() == 3);
        acknowledgments.getFirst().acknowledge();
        container.stop();
        segments.close();

        received.clear();
        try (DefaultSegmentRegistry next = new DefaultSegmentRegistry()) {
            next.define(Fixtures.host(
                    StructureDefinition.of("queue", SharedQueue.spec(INTEGERS, 0, OnConsumerDeath.REDELIVER), INTEGERS))
                    .openedBy(Fixtures.file(directory)::open));
            ChannelListenerContainer successor = new ChannelListenerContainer("next",
                    List.of(new ChannelName("host", "queue")), new Listening(false, this::receive),
                    new ListenerSettings(), next);
            successor.start();
            try {
                await().untilAsserted(() -> assertThat(received).containsExactly(2, 3));
            } finally {
                successor.stop();
            }
        }
    }

    private void send(int... values) {
        IntStream.of(values).forEach(value -> template.send("host/queue", value));
    }

    private void receive(ElementMessage message) {
        if (message.getPayload() instanceof List<?> all) {
            all.forEach(each -> received.add((Integer) each));
        } else {
            received.add((Integer) message.getPayload());
        }
    }

    private void keep(ElementMessage message) {
        if (message.acknowledgment() != null) {
            acknowledgments.add(message.acknowledgment());
        }
        receive(message);
    }

    private ChannelListenerContainer start(String structure, boolean batch, Consumer<ElementMessage> action) {
        ChannelListenerContainer container = container(structure, batch, action);
        container.start();
        return container;
    }

    private ChannelListenerContainer container(String structure, boolean batch, Consumer<ElementMessage> action) {
        return listeners.container(structure, batch, settings, action);
    }

    private Structure structure(String name) {
        return segments.structure(new ChannelName("host", name));
    }

    /** How many elements are somebody's, or were one's who is gone. */
    private int kept() {
        return segments.get("host")
                .participants()
                .stream()
                .flatMap(each -> each.claims().stream())
                .mapToInt(ParticipantClaim::count)
                .sum();
    }

    /** How many elements can be sent; they are. */
    private int room() {
        int room = 0;
        while (template.trySend("host/queue", 100 + room)) {
            room++;
        }
        return room;
    }

    private void assertAllRoom(String structure) {
        listeners.containers.forEach(ChannelListenerContainer::stop);
        for (int i = 0; i < 8; i++) {
            assertThat(template.trySend("host/" + structure, i)).isTrue();
        }
        assertThat(template.trySend("host/" + structure, 8)).isFalse();
    }
}
