package io.zeroipc.spring.core;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.messaging.support.MessageBuilder;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.Fixtures.Alert;
import io.zeroipc.spring.core.envelope.Envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Sending and receiving by a channel that was looked up once. */
class BoundChannelTests {

    private static final ChannelName ALERTS = new ChannelName("host", "alerts");

    @TempDir
    Path directory;

    private final List<Segment> peers = new ArrayList<>();
    private DefaultSegmentRegistry segments;
    private ZeroIpcTemplate template;
    private BoundChannelOperations<Alert> alerts;

    @BeforeEach
    void open() {
        segments = new DefaultSegmentRegistry();
        segments.define(Fixtures.host(Fixtures.queue("alerts", Fixtures.ALERTS, 4),
                StructureDefinition.of("ring", SharedRing.spec(Codecs.int32(), 8), Codecs.int32()),
                Fixtures.queue("texts", Codecs.string(16), 4), Fixtures.queue("frames", Codecs.frame(100), 4))
                .onReplaced(OnReplaced.REATTACH)
                .openedBy(Fixtures.file(directory)::openOrCreate));
        template = new ZeroIpcTemplate(segments);
        alerts = template.channel("alerts", Alert.class);
    }

    @AfterEach
    void close() {
        template.close();
        segments.close();
        peers.forEach(Segment::close);
    }

    @Test
    void channelWhenNobodyUsesItOpensNothing() {
        assertThat(alerts.name()).isEqualTo(ALERTS);
        assertThat(alerts).hasToString("BoundChannel[host/alerts, type=" + Alert.class.getName() + "]");
        assertThat(segments.find("host")).isEmpty();
    }

    @Test
    void sendWhenThereIsRoomIsReceivedInOrder() throws Exception {
        alerts.send(new Alert(1, 0));
        assertThat(alerts.trySend(new Alert(2, 0))).isTrue();
        assertThat(alerts.trySend(new Alert(3, 0), Duration.ofSeconds(1))).isTrue();
        assertThat(alerts.sendAll(List.of(new Alert(4, 0), new Alert(5, 0)))).isEqualTo(1);
        assertThat(alerts.receive()).isEqualTo(new Alert(1, 0));
        assertThat(alerts.tryReceive()).isEqualTo(new Alert(2, 0));
        assertThat(alerts.tryReceive(Duration.ofSeconds(1))).isEqualTo(new Alert(3, 0));
        assertThat(alerts.receiveAll(9)).containsExactly(new Alert(4, 0));
        assertThat(alerts.tryReceive()).isNull();
    }

    /** One hold on a channel, and its counters, whichever way it is used. */
    @Test
    void sendWhenOthersUseTheNameSharesTheChannelWithThem() {
        BoundChannelOperations<Integer> ring = template.channel("host/ring", Integer.class);
        ring.send(1);
        template.send("ring", 2);
        assertThat(template.tryReceive("ring", Integer.class)).isEqualTo(1);
        assertThat(ring.tryReceive()).isEqualTo(2);
        assertThat(ring.tryReceive()).isNull();
        ChannelOperations operations = segments.operations(ring.name());
        assertThat(operations.sent()).isEqualTo(2);
        assertThat(operations.received()).isEqualTo(2);
        assertThat(operations.empty()).isEqualTo(1);
    }

    @Test
    void sendWhenFullDoesWhatTheTemplateWasTold() {
        assertThat(alerts.sendAll(List.of(new Alert(1, 0), new Alert(2, 0), new Alert(3, 0), new Alert(4, 0))))
                .isEqualTo(4);
        assertThat(alerts.trySend(new Alert(5, 0))).isFalse();
        template.setSendTimeout(Duration.ofMillis(3));
        assertThatThrownBy(() -> alerts.send(new Alert(5, 0))).isInstanceOf(ChannelFullException.class)
                .hasMessageMatching(".*capacity=4, waited=(?:[3-9]|[1-9][0-9]+) ms .*");
        template.setFullAction(FullAction.DROP);
        alerts.send(new Alert(6, 0));
        assertThat(segments.operations(ALERTS).full()).isEqualTo(3);
    }

    @Test
    void sendWhenFileIsReplacedGoesOnWithTheNewOne() {
        alerts.send(new Alert(1, 0));
        assertThat(alerts.receive()).isEqualTo(new Alert(1, 0));
        Segment peer = Fixtures.file(directory).recreate();
        peers.add(peer);
        SharedQueue<Alert> theirs = SharedQueue.create(peer, "alerts", Fixtures.ALERTS, 4);
        await().until(() -> {
            alerts.trySend(new Alert(2, 0));
            return theirs.poll() != null;
        });
        theirs.offer(new Alert(3, 0));
        await().until(() -> new Alert(3, 0).equals(alerts.tryReceive()));
    }

    @Test
    void receiveWhenTypeIsNotTheElementsConverts() {
        BoundChannelOperations<String> texts = template.channel("frames", String.class);
        texts.send("north");
        assertThat(template.receive("frames", byte[].class)).asString().isEqualTo("north");
        texts.send("south");
        assertThat(texts.receive()).isEqualTo("south");
        assertThatThrownBy(() -> texts.receiveAll(2)).isInstanceOf(ElementTypeException.class);
        BoundChannelOperations<List<Alert>> lists = template.channel("texts", new ParameterizedTypeReference<>() {});
        assertThatThrownBy(lists::receive).isInstanceOf(ElementTypeException.class)
                .hasMessageContaining("java.util.List");
    }

    @Test
    void receiveWhenTypeIsAnEnvelopeHasItsHeaders() {
        BoundChannelOperations<Envelope> frames = template.channel("frames", Envelope.class);
        frames.send(Envelope.of(new byte[] {1, 2}).header("shop", "north").build());
        assertThat(frames.receive().header("shop")).contains("north");
        template.setEnvelopeEnabled(true);
        template.channel("frames", Object.class)
                .send(MessageBuilder.withPayload(new byte[] {3}).setHeader("shop", "south").build());
        assertThat(frames.receiveAll(2)).singleElement()
                .satisfies(envelope -> assertThat(envelope.header("shop")).contains("south"));
    }

    @Test
    void sendWhenThereIsNoSuchChannelSaysSo() {
        BoundChannelOperations<Alert> misspelt = template.channel("host/alerst", Alert.class);
        assertThatThrownBy(() -> misspelt.send(new Alert(1, 0))).isInstanceOf(UnknownChannelException.class)
                .hasMessageContaining("did you mean host/alerts");
        assertThatThrownBy(() -> template.channel("other/", Alert.class)).isInstanceOf(RuntimeException.class);
    }

    @Test
    void sendWhenTemplateIsClosedSaysSo() {
        alerts.send(new Alert(1, 0));
        template.close();
        assertThatThrownBy(() -> alerts.send(new Alert(2, 0))).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("template is closed: channel=host/alerts");
        assertThatThrownBy(() -> template.channel("host/ring", Integer.class).send(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("template is closed: channel=host/ring");
    }
}
