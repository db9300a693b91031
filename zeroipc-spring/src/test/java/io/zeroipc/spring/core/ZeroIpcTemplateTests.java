package io.zeroipc.spring.core;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.RoleTakenException;
import io.zeroipc.SegmentDetachedException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.flow.SharedState;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.Fixtures.Alert;
import io.zeroipc.spring.core.envelope.Envelope;
import io.zeroipc.spring.core.envelope.EnvelopeFormatException;
import io.zeroipc.spring.core.envelope.EnvelopeTooLargeException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Sending and receiving by name. */
class ZeroIpcTemplateTests {

    @TempDir
    Path directory;

    private final List<Segment> peers = new ArrayList<>();
    private DefaultSegmentRegistry segments;
    private ZeroIpcTemplate template;

    @BeforeEach
    void open() {
        use(OnReplaced.FAIL);
    }

    private void use(OnReplaced onReplaced) {
        close();
        segments = new DefaultSegmentRegistry();
        segments.define(Fixtures.host(Fixtures.queue("alerts", Fixtures.ALERTS, 4),
                StructureDefinition.of("chan", SharedChannel.spec(Codecs.int64(), 4), Codecs.int64()),
                StructureDefinition.of("ring", SharedRing.spec(Codecs.int32(), 8), Codecs.int32()),
                StructureDefinition.of("state", SharedState.spec(Codecs.string(16)), Codecs.string(16)),
                Fixtures.queue("frames", Codecs.frame(100), 4),
                StructureDefinition.of("array", SharedArray.spec(Codecs.int32(), 8), Codecs.int32()))
                .onReplaced(onReplaced)
                .openedBy(Fixtures.file(directory)::openOrCreate));
        template = new ZeroIpcTemplate(segments);
    }

    @AfterEach
    void close() {
        if (template != null) {
            template.close();
            segments.close();
        }
        peers.forEach(Segment::close);
    }

    @Test
    void sendWhenThereIsRoomIsReceived() {
        template.send("host/alerts", new Alert(1, 0.5));
        template.send("alerts", new Alert(2, 1.5));
        assertThat(template.receive("host/alerts", Alert.class)).isEqualTo(new Alert(1, 0.5));
        assertThat(template.tryReceive("alerts", Alert.class)).isEqualTo(new Alert(2, 1.5));
        assertThat(template.receive("alerts", Alert.class)).isNull();
    }

    @Test
    void copyIsConfiguredLikeTheFirstAndOnItsOwnFromThenOn() {
        template.setDefaultChannel("alerts");
        template.setFullAction(FullAction.DROP);
        try (ZeroIpcTemplate copy = template.copy()) {
            copy.setFullAction(FullAction.FAIL);
            for (int i = 0; i < 4; i++) {
                copy.send(new Alert(i, 0));
            }
            template.send(new Alert(4, 0));
            assertThatThrownBy(() -> copy.send(new Alert(5, 0))).isInstanceOf(ChannelFullException.class);
            copy.setEnvelopeEnabled(true);
            assertThat(copy.isEnvelopeEnabled()).isTrue();
            assertThat(template.isEnvelopeEnabled()).isFalse();
        }
        assertThat(template.receiveAll("alerts", Alert.class, 9)).hasSize(4);
    }

    @Test
    void sendWhenDefaultChannelIsSetGoesThere() {
        assertThatThrownBy(() -> template.send(new Alert(1, 0))).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no default channel");
        template.setDefaultChannel("alerts");
        template.send(new Alert(7, 0));
        assertThat(template.receive("alerts", Alert.class)).isEqualTo(new Alert(7, 0));
    }

    @Test
    void sendWhenFullSaysSo() throws Exception {
        assertThat(template.sendAll("alerts", List.of(new Alert(1, 0), new Alert(2, 0), new Alert(3, 0),
                new Alert(4, 0), new Alert(5, 0), new Alert(6, 0)))).isEqualTo(4);
        assertThat(template.trySend("alerts", new Alert(5, 0))).isFalse();
        assertThat(template.trySend("alerts", new Alert(5, 0), Duration.ofMillis(5))).isFalse();
        template.setSendTimeout(Duration.ofMillis(3));
        assertThatThrownBy(() -> template.send("alerts", new Alert(5, 0)))
                .isInstanceOfSatisfying(ChannelFullException.class,
                        e -> assertThat(e.channel()).isEqualTo(new ChannelName("host", "alerts")))
                .hasMessageMatching(".*capacity=4, waited=(?:[3-9]|[1-9][0-9]+) ms .*");
    }

    @Test
    void sendWhenRoomComesInTimeWaitsForIt() throws Exception {
        while (template.trySend("alerts", new Alert(0, 0))) {
            // Until it is full.
        }
        Thread receiver = Thread.ofPlatform().start(() -> {
            await().until(() -> Thread.getAllStackTraces()
                    .keySet()
                    .stream()
                    .anyMatch(
                            thread -> thread.getName().equals("sender")));
            template.receive("alerts", Alert.class);
        });
        Thread sender = Thread.ofPlatform().name("sender").start(() -> {
            try {
                assertThat(template.trySend("alerts", new Alert(9, 0), Duration.ofSeconds(30))).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        sender.join();
        receiver.join();
        List<Integer> levels = new ArrayList<>();
        for (Alert alert = template.receive("alerts", Alert.class); alert != null; alert = template.receive("alerts",
                Alert.class)) {
            levels.add(alert.level());
        }
        assertThat(levels).containsExactly(0, 0, 0, 9);
    }

    @Test
    void receiveWhenElementComesInTimeWaitsForIt() throws Exception {
        Thread sender = Thread.ofPlatform().start(() -> template.send("chan", 5L));
        assertThat(template.tryReceive("chan", Long.class, Duration.ofSeconds(30))).isEqualTo(5L);
        sender.join();
        template.setReceiveTimeout(Duration.ofMillis(2));
        assertThat(template.receive("chan", Long.class)).isNull();
        assertThat(template.tryReceive("chan", Long.class, Duration.ofMillis(2))).isNull();
    }

    @Test
    void receiveWhenInterruptedKeepsTheInterrupt() {
        assertThat(template.receive("chan", Long.class)).isNull();
        template.setReceiveTimeout(Duration.ofHours(1));
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> template.receive("chan", Long.class)).isInstanceOf(ZeroIpcException.class)
                .hasMessageContaining("interrupted while waiting: channel=host/chan");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void sendWhenChannelIsClosedSaysSo() {
        template.send("chan", 1L);
        ((SharedChannel<?>) segments.structure(new ChannelName("host", "chan"))).close();
        assertThat(template.trySend("chan", 2L)).isFalse();
        assertThatThrownBy(() -> template.send("chan", 2L)).isInstanceOf(ChannelClosedException.class);
        template.setReceiveTimeout(Duration.ofHours(1));
        assertThat(template.receive("chan", Long.class)).isEqualTo(1L);
        assertThat(template.receive("chan", Long.class)).isNull();
    }

    @Test
    void sendWhenStructureHasOneWriterSerialisesThreads() throws Exception {
        List<Thread> senders = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int sender = i;
            senders.add(Thread.ofPlatform().start(() -> {
                for (int n = 0; n < 1000; n++) {
                    sendPatiently(sender * 1000 + n);
                }
            }));
        }
        List<Integer> received = new ArrayList<>();
        while (received.size() < 4000) {
            Integer value = template.tryReceive("ring", Integer.class, Duration.ofSeconds(30));
            assertThat(value).isNotNull();
            received.add(value);
        }
        for (Thread sender : senders) {
            sender.join();
        }
        assertThat(received).doesNotHaveDuplicates();
        for (int i = 0; i < 4; i++) {
            int sender = i;
            assertThat(received.stream().filter(value -> value / 1000 == sender)).isSorted();
        }
    }

    @Test
    void sendWhenRingHasAnotherWriterSaysSo() {
        Segment peer = Fixtures.file(directory).openOrCreate();
        peers.add(peer);
        segments.structure(new ChannelName("host", "ring"));
        SharedRing<Integer> theirs = SharedRing.open(peer, "ring", Codecs.int32());
        theirs.outlet().offer(1);
        assertThatThrownBy(() -> template.send("ring", 2)).isInstanceOf(RoleTakenException.class)
                .hasMessageContaining("writer");
    }

    @Test
    void sendWhenStateIsReplacedReceivesTheNewest() {
        template.send("state", "first");
        template.send("state", "second");
        assertThat(template.receive("state", String.class)).isEqualTo("second");
        assertThat(template.receive("state", String.class)).isNull();
        template.send("state", "third");
        assertThat(template.receive("state", String.class)).isEqualTo("third");
    }

    @Test
    void sendWhenTypeIsNotTheElementSaysBoth() {
        assertThatThrownBy(() -> template.send("alerts", "text"))
                .isInstanceOfSatisfying(ElementTypeException.class, e -> {
                    assertThat(e.wantedType()).isEqualTo("java.lang.String");
                    assertThat(e.elementType()).isEqualTo(Fixtures.ALERTS.typeName());
                });
        assertThatThrownBy(() -> template.receive("chan", Integer.class)).isInstanceOf(ElementTypeException.class)
                .hasMessageContaining("elements=int64, type=java.lang.Integer")
                .hasMessageContaining("expected: java.lang.Long");
        assertThat(template.<Object>receive("chan", Object.class)).isNull();
    }

    @Test
    void sendWhenNothingCanBeSentThereSaysSo() {
        assertThatThrownBy(() -> template.send("array", 1)).isInstanceOf(UnsupportedChannelTypeException.class)
                .hasMessageContaining("type=array, wanted: to send");
        assertThatThrownBy(() -> template.receive("array", Integer.class))
                .isInstanceOf(UnsupportedChannelTypeException.class)
                .hasMessageContaining("type=array, wanted: to receive");
        assertThatThrownBy(() -> template.send("arlets", 1)).isInstanceOf(UnknownChannelException.class)
                .hasMessageContaining("did you mean host/alerts");
    }

    @Test
    void sendWhenFileIsReplacedGoesOnWithTheNewOneIfAllowed() {
        use(OnReplaced.REATTACH);
        template.send("alerts", new Alert(1, 0));
        assertThat(template.receive("alerts", Alert.class)).isEqualTo(new Alert(1, 0));
        SharedQueue<Alert> theirs = replaced();
        await().until(() -> {
            template.trySend("alerts", new Alert(2, 0));
            return theirs.poll() != null;
        });
        theirs.offer(new Alert(3, 0));
        await().until(() -> new Alert(3, 0).equals(template.receive("alerts", Alert.class)));
    }

    @Test
    void sendWhenFileIsReplacedAndThatIsAFailureFailsInsteadOfSendingIntoTheVoid() {
        template.send("alerts", new Alert(1, 0));
        replaced();
        await().untilAsserted(() -> assertThatThrownBy(() -> template.trySend("alerts", new Alert(2, 0)))
                .isInstanceOf(SegmentDetachedException.class));
        assertThatThrownBy(() -> template.receive("alerts", Alert.class)).isInstanceOf(SegmentDetachedException.class);
    }

    @Test
    void closeWhenItReceivedGivesTheRoleBack() {
        template.send("ring", 1);
        template.receive("ring", Integer.class);
        ZeroIpcTemplate second = new ZeroIpcTemplate(segments);
        assertThatThrownBy(() -> second.receive("ring", Integer.class)).isInstanceOf(RoleTakenException.class);
        template.close();
        assertThat(second.receive("ring", Integer.class)).isNull();
        second.close();
        assertThatThrownBy(() -> template.send("ring", 1)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("template is closed");
    }

    @Test
    void sendWhenFullAndTheActionIsToDropForgetsTheElementAndCountsIt() {
        template.setFullAction(FullAction.DROP);
        for (int i = 0; i < 6; i++) {
            template.send("alerts", new Alert(i, 0));
        }
        assertThat(template.receiveAll("alerts", Alert.class, 10)).extracting(Alert::level).containsExactly(0, 1, 2, 3);
        ChannelOperations operations = segments.operations(new ChannelName("host", "alerts"));
        assertThat(operations.full()).isEqualTo(2);
        assertThat(operations.sent()).isEqualTo(4);
    }

    @Test
    void sendWhenFullAndTheActionIsToBlockWaitsForRoom() throws Exception {
        template.setFullAction(FullAction.BLOCK);
        template.sendAll("alerts", List.of(new Alert(0, 0), new Alert(1, 0), new Alert(2, 0), new Alert(3, 0)));
        Thread sender = Thread.ofPlatform().start(() -> template.send("alerts", new Alert(4, 0)));
        // Asleep in the kernel is RUNNABLE for the JVM.
        await().until(() -> sender.getState() == Thread.State.TIMED_WAITING
                || Arrays.stream(sender.getStackTrace()).anyMatch(frame -> frame.getClassName().endsWith(".Futex")));
        assertThat(template.receive("alerts", Alert.class)).isEqualTo(new Alert(0, 0));
        sender.join();
        assertThat(template.receiveAll("alerts", Alert.class, 10)).extracting(Alert::level).containsExactly(1, 2, 3, 4);
    }

    @Test
    void sendWhenBlockedAndInterruptedEnds() {
        template.setFullAction(FullAction.BLOCK);
        template.sendAll("alerts", List.of(new Alert(0, 0), new Alert(1, 0), new Alert(2, 0), new Alert(3, 0)));
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> template.send("alerts", new Alert(4, 0))).isInstanceOf(ZeroIpcException.class)
                .hasMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void receiveAllWhenElementsAreThereTakesUpToTheLimit() {
        template.sendAll("chan", List.of(1L, 2L, 3L));
        assertThat(template.receiveAll("chan", Long.class, 2)).containsExactly(1L, 2L);
        assertThat(template.receiveAll("chan", Long.class, 2)).containsExactly(3L);
        assertThat(template.receiveAll("chan", Long.class, 2)).isEmpty();
        assertThatThrownBy(() -> template.receiveAll("chan", String.class, 2)).isInstanceOf(ElementTypeException.class);
    }

    @Test
    @SuppressWarnings("unchecked")
    void executeWhenStructureHasNoSenderOrReceiverGivesIt() {
        template.execute("array", SharedArray.class, array -> {
            ((SharedArray<Integer>) array).set(3, 42);
            return null;
        });
        Object third = template.execute("array", SharedArray.class, array -> array.get(3));
        assertThat(third).isEqualTo(42);
        assertThatThrownBy(() -> template.execute("array", SharedQueue.class, queue -> queue.poll()))
                .isInstanceOf(UnsupportedChannelTypeException.class)
                .hasMessageContaining("type=array, wanted: to execute with SharedQueue (expected: SharedArray)");
    }

    @Test
    void executeWhenFileIsReplacedGoesOnWithTheNewOneIfAllowed() {
        use(OnReplaced.REATTACH);
        Segment first = template.execute("alerts", SharedQueue.class, queue -> queue.segment());
        replaced();
        await().until(() -> template.execute("alerts", SharedQueue.class, queue -> {
            queue.segment().verify();
            return queue.segment();
        }) != first);
    }

    @Test
    void envelopeWhenChannelHasNoRoomForItIsRefused() {
        Envelope envelope = Envelope.of(new byte[] {1}).build();
        assertThatThrownBy(() -> template.send("alerts", envelope)).isInstanceOf(ElementTypeException.class)
                .hasMessageContaining("expected: a channel of frame(n) or bytes(n)");
        assertThatThrownBy(() -> template.receive("alerts", Envelope.class)).isInstanceOf(ElementTypeException.class);
    }

    @Test
    void envelopeWhenSentIsReceivedWithItsHeaders() {
        template.send("frames", Envelope.of(new byte[] {1, 2}).header("shop", "north").build());
        Envelope envelope = template.receive("frames", Envelope.class);
        assertThat(envelope.payload()).containsExactly(1, 2);
        assertThat(envelope.header("shop")).contains("north");
        template.send("frames", new byte[] {3});
        assertThatThrownBy(() -> template.receive("frames", Envelope.class))
                .isInstanceOf(EnvelopeFormatException.class);
        assertThatThrownBy(() -> template.send("frames", Envelope.of(new byte[200]).build()))
                .isInstanceOf(EnvelopeTooLargeException.class);
    }

    private void sendPatiently(int value) {
        try {
            assertThat(template.trySend("ring", value, Duration.ofSeconds(30))).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private SharedQueue<Alert> replaced() {
        Segment peer = Fixtures.file(directory).recreate();
        peers.add(peer);
        return SharedQueue.create(peer, "alerts", Fixtures.ALERTS, 4);
    }
}
