package io.zeroipc.spring.core;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.support.MessageBuilder;
import tools.jackson.databind.json.JsonMapper;

import io.zeroipc.RoleTakenException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.TestContexts;
import io.zeroipc.spring.TestContexts.TestContext;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.converter.JsonPayloadConverter;
import io.zeroipc.spring.converter.PayloadConversionException;
import io.zeroipc.spring.converter.PayloadConverters;
import io.zeroipc.spring.core.envelope.Envelope;
import io.zeroipc.spring.core.envelope.EnvelopeHeaders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Objects that are converted, and requests that get a reply. */
class RequestReplyTests {

    private static final Duration PLENTY = Duration.ofSeconds(60);
    /** Enough to begin to receive, and to wait for room then. */
    private static final Duration PATIENT = Duration.ofMillis(500);
    private static final Duration SHORT = Duration.ofMillis(5);

    record Order(String symbol, int amount) {}

    @TempDir
    private Path directory;
    private DefaultSegmentRegistry segments;
    private ZeroIpcTemplate template;
    private ZeroIpcTemplate replier;
    private final List<Thread> threads = new ArrayList<>();

    @BeforeEach
    void open() {
        segments = new DefaultSegmentRegistry();
        segments.define(Fixtures.host(Fixtures.queue("requests", Codecs.frame(300), 64),
                Fixtures.queue("replies", Codecs.frame(300), 64), Fixtures.queue("orders", Codecs.frame(100), 4),
                Fixtures.queue("texts", Codecs.string(40), 4), Fixtures.queue("numbers", Codecs.int32(), 4),
                StructureDefinition.of("ring", SharedRing.spec(Codecs.frame(300), 8), Codecs.frame(300)))
                .openedBy(Fixtures.file(directory)::openOrCreate));
        template = template();
        replier = template();
    }

    private ZeroIpcTemplate template() {
        ZeroIpcTemplate made = new ZeroIpcTemplate(segments);
        made.setPayloadConverters(
                new PayloadConverters(List.of(new JsonPayloadConverter(JsonMapper.builder().build()))));
        made.setReplyChannel("replies");
        return made;
    }

    @AfterEach
    void close() throws InterruptedException {
        template.close();
        replier.close();
        for (Thread thread : threads) {
            thread.interrupt();
            thread.join();
        }
        segments.close();
    }

    @Test
    void sendWhenThereIsAConverterIsReceivedAsTheSame() {
        template.send("orders", new Order("ACME", 5));
        assertThat(template.receiveAndConvert("orders", Order.class)).isEqualTo(new Order("ACME", 5));
        template.convertAndSend("orders", List.of(new Order("A", 1), new Order("B", 2)));
        assertThat(template.receiveAndConvert("orders", new ParameterizedTypeReference<List<Order>>() {}))
                .containsExactly(new Order("A", 1), new Order("B", 2));
        template.send("texts", new Order("C", 3));
        assertThat(template.receive("texts", String.class)).isEqualTo("{\"symbol\":\"C\",\"amount\":3}");
        assertThat(template.receiveAndConvert("orders", Order.class)).isNull();
    }

    @Test
    void sendWhenEnvelopesAreOnIsOpenedByWhoeverReceives() {
        template.setEnvelopeEnabled(true);
        template.send("orders", new Order("ACME", 5));
        assertThat(replier.receiveAndConvert("orders", Order.class)).isEqualTo(new Order("ACME", 5));
        template.send("orders", "hello");
        Envelope envelope = replier.receiveAndConvert("orders", Envelope.class);
        assertThat(new String(envelope.payload(), StandardCharsets.UTF_8)).isEqualTo("hello");
    }

    @Test
    void sendWhenItIsNoElementConvertsInAllForms() throws Exception {
        assertThat(template.trySend("orders", new Order("A", 1))).isTrue();
        assertThat(template.trySend("orders", new Order("B", 2), SHORT)).isTrue();
        assertThat(template.sendAll("orders", List.of(new Order("C", 3), "plain", new Order("D", 4)))).isEqualTo(2);
        assertThat(template.receiveAndConvert("orders", Order.class)).isEqualTo(new Order("A", 1));
        assertThat(template.receiveAndConvert("orders", Order.class)).isEqualTo(new Order("B", 2));
        assertThat(template.receiveAndConvert("orders", Order.class)).isEqualTo(new Order("C", 3));
        assertThat(template.receiveAndConvert("orders", String.class)).isEqualTo("plain");
    }

    @Test
    void sendWhenItIsAMessageSendsItsPayload() {
        template.send("numbers", MessageBuilder.withPayload(7).setHeader("tenant", "a").build());
        assertThat(template.receive("numbers", Integer.class)).isEqualTo(7);
        template.send("orders", MessageBuilder.withPayload(new Order("ACME", 5)).build());
        assertThat(template.receiveAndConvert("orders", Order.class)).isEqualTo(new Order("ACME", 5));
    }

    @Test
    void sendWhenItIsAMessageAndEnvelopesAreOnSendsItsHeaders() {
        template.setEnvelopeEnabled(true);
        template.send("requests", MessageBuilder.withPayload(new Order("ACME", 5))
                .setHeader("tenant", "a")
                .setHeader("priority", 3)
                .setHeader(MessageHeaders.CONTENT_TYPE, "application/json")
                .setHeader(ZeroIpcHeaders.LISTENER_ID, "made in this process")
                .build());
        Envelope envelope = replier.receive("requests", Envelope.class);
        assertThat(envelope.headers()).containsExactlyInAnyOrderEntriesOf(
                Map.of("tenant", "a", "priority", "3", EnvelopeHeaders.CONTENT_TYPE, "application/json"));
        assertThat(new String(envelope.payload(), StandardCharsets.UTF_8))
                .isEqualTo("{\"symbol\":\"ACME\",\"amount\":5}");

        template.send("requests", MessageBuilder.withPayload(envelope).setHeader("hops", 2L).build());
        assertThat(replier.receive("requests", Envelope.class).headers()).containsEntry("tenant", "a")
                .containsEntry("hops", "2");
        assertThatThrownBy(() -> template.send("requests",
                MessageBuilder.withPayload("x").setHeader("order", new Order("A", 1)).build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("header=order")
                .hasMessageContaining("RequestReplyTests$Order");
        // A channel of numbers has no room for headers.
        template.send("numbers", MessageBuilder.withPayload(8).setHeader("order", new Order("A", 1)).build());
        assertThat(template.receive("numbers", Integer.class)).isEqualTo(8);
    }

    @Test
    void sendWhenNobodyConvertsSaysSo() {
        assertThatThrownBy(() -> template.send("numbers", new Order("ACME", 5)))
                .isInstanceOf(ElementTypeException.class)
                .hasMessageContaining("converters=[JSON, text]");
        template.send("numbers", 7);
        assertThatThrownBy(() -> template.receiveAndConvert("numbers", Order.class))
                .isInstanceOf(ElementTypeException.class);
        assertThat(template.receiveAndConvert("numbers", Integer.class)).isEqualTo(7);
    }

    @Test
    void sendWhenItDoesNotFitSaysSo() {
        assertThatThrownBy(() -> template.send("orders", "x".repeat(101)))
                .isInstanceOf(PayloadConversionException.class)
                .hasMessageContaining("payload does not fit");
    }

    @Test
    void sendAndReceiveWhenThereIsAReplierGivesTheReply() throws Exception {
        serve(request -> new Order(new String(request.payload(), StandardCharsets.UTF_8), 1));
        assertThat(template.sendAndReceive("requests", "ACME", Order.class, PLENTY)).isEqualTo(new Order("ACME", 1));
        assertThat(new String(template.sendAndReceive("requests", new byte[] {'B'}, byte[].class, PLENTY),
                StandardCharsets.UTF_8)).contains("\"B\"");
        assertThat(template.sendAndReceive("requests", "C", Envelope.class, PLENTY).header("correlation-id"))
                .isPresent();
        assertThat(template.getRequestStatistics().replied()).isEqualTo(3);
    }

    @Test
    void sendAndReceiveWhenRequestAndReplyAreMessagesCarriesTheirHeaders() throws Exception {
        serve(request -> MessageBuilder.withPayload(new Order("ACME", 2))
                .setHeader("asked", request.header("question").orElse("nothing"))
                .build());
        Envelope reply = template.sendAndReceive("requests",
                MessageBuilder.withPayload("ACME").setHeader("question", "how many").build(), Envelope.class, PLENTY);
        assertThat(reply.headers()).containsEntry("asked", "how many");
        assertThat(new String(reply.payload(), StandardCharsets.UTF_8))
                .isEqualTo("{\"symbol\":\"ACME\",\"amount\":2}");
    }

    @Test
    void sendAndReceiveWhenThreadsAskAtOnceGivesEachItsOwnReply() throws Exception {
        serve(request -> "re: " + new String(request.payload(), StandardCharsets.UTF_8));
        serve(request -> "re: " + new String(request.payload(), StandardCharsets.UTF_8));
        ConcurrentHashMap<String, String> replies = new ConcurrentHashMap<>();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int caller = i;
            callers.add(Thread.ofPlatform().start(() -> {
                for (int n = 0; n < 50; n++) {
                    String question = caller + "/" + n;
                    try {
                        String reply = template.sendAndReceive("requests", question, String.class, PLENTY);
                        replies.put(question, String.valueOf(reply));
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }
            }));
        }
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(replies).hasSize(400)
                .allSatisfy((question, reply) -> assertThat(reply).isEqualTo("re: " + question));
    }

    @Test
    void sendAndReceiveWhenNobodyRepliesReturnsNull() throws Exception {
        assertThat(template.sendAndReceive("requests", "anybody?", String.class, SHORT)).isNull();
        assertThat(template.getRequestStatistics().timedOut()).isEqualTo(1);
    }

    @Test
    void sendAndReceiveWhenReplierDiesHalfwayLeavesTheOthersAlone() throws Exception {
        // Takes a request and is gone, as a killed process would be.
        Thread victim = Thread.ofPlatform()
                .start(() -> await().until(() -> replier.receive("requests", Envelope.class) != null));
        assertThat(template.sendAndReceive("requests", "lost", String.class, SHORT)).isNull();
        victim.join();
        serve(request -> "alive");
        assertThat(template.sendAndReceive("requests", "next", String.class, PLENTY)).isEqualTo("alive");
    }

    @Test
    void sendAndReceiveWhenReplyIsLateDropsAndCountsIt() throws Exception {
        assertThat(template.sendAndReceive("requests", "slow", String.class, SHORT)).isNull();
        Envelope request = replier.receive("requests", Envelope.class);
        replier.reply(request, "too late");
        await().until(() -> template.getRequestStatistics().late() == 1);
        replier.send("replies", new byte[] {1, 2, 3});
        await().until(() -> template.getRequestStatistics().late() == 2);
        serve(ignored -> "in time");
        assertThat(template.sendAndReceive("requests", "again", String.class, PLENTY)).isEqualTo("in time");
    }

    @Test
    void sendAndReceiveWhenRequestsAreFullFails() {
        replier.sendAll("requests", Collections.nCopies(64, new byte[0]));
        assertThatThrownBy(() -> template.sendAndReceive("requests", "no room", String.class, PATIENT))
                .isInstanceOf(ChannelFullException.class)
                .hasMessageMatching(".*waited=[1-9][0-9]* ms .*");
        assertThat(template.getRequestStatistics().timedOut()).isZero();
    }

    @Test
    void sendAndReceiveWhenThereIsNoReplyChannelSaysSo() {
        template.setReplyChannel(null);
        assertThatThrownBy(() -> template.sendAndReceive("requests", "hello", String.class, SHORT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("zeroipc.template.reply-channel");
        template.setReplyChannel("numbers");
        assertThatThrownBy(() -> template.sendAndReceive("requests", "hello", String.class, SHORT))
                .isInstanceOf(ElementTypeException.class)
                .hasMessageContaining("frame(n)");
    }

    @Test
    void sendAndReceiveWhenAnotherInstanceReceivesTheRepliesSaysSo() throws Exception {
        template.setReplyChannel("ring");
        replier.setReplyChannel("ring");
        assertThat(replier.sendAndReceive("requests", "mine", String.class, SHORT)).isNull();
        assertThatThrownBy(() -> template.sendAndReceive("requests", "hello", String.class, SHORT))
                .isInstanceOf(RoleTakenException.class);
    }

    @Test
    void closeWhenSomebodyWaitsForAReplyEndsTheWaiting() throws Exception {
        CopyOnWriteArrayList<Throwable> failures = new CopyOnWriteArrayList<>();
        CountDownLatch asking = new CountDownLatch(1);
        Thread caller = Thread.ofPlatform().start(() -> {
            asking.countDown();
            try {
                template.sendAndReceive("requests", "hello", String.class, Duration.ofHours(1));
            } catch (Exception e) {
                failures.add(e);
            }
        });
        asking.await();
        await().until(() -> replier.receive("requests", Envelope.class) != null);
        template.close();
        caller.join();
        assertThat(failures).singleElement()
                .satisfies(failure -> assertThat(failure).hasRootCauseMessage(
                        "template is closed: reply channel=host/replies"));
        assertThatThrownBy(() -> template.sendAndReceive("requests", "hello", String.class, SHORT))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void replyWhenNobodyAskedSaysSo() {
        assertThatThrownBy(() -> template.reply(Envelope.of(new byte[0]).build(), "hello"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("reply-channel");
    }

    @Test
    void sendAndReceiveWhenAListenerRepliesGivesItsResult(@TempDir Path listening) throws Exception {
        try (TestContext context = TestContexts.open(
                Fixtures.host(Fixtures.queue("requests", Codecs.frame(300), 64),
                        Fixtures.queue("replies", Codecs.frame(300), 64))
                        .openedBy(Fixtures.file(listening)::openOrCreate),
                Quotes.class)) {
            ZeroIpcTemplate asking = context.template();
            asking.setReplyChannel("replies");
            assertThat(asking.sendAndReceive("requests", "ACME", String.class, PLENTY)).isEqualTo("price of ACME");
        }
    }

    static class Quotes {

        @ChannelListener("requests")
        String on(String symbol) {
            return "price of " + symbol;
        }
    }

    private interface Service {

        Object answer(Envelope request);
    }

    /** Replies in a thread of its own until the test ends. */
    private void serve(Service service) {
        threads.add(Thread.ofPlatform().start(() -> {
            try {
                while (true) {
                    Envelope request = replier.tryReceive("requests", Envelope.class, Duration.ofMinutes(1));
                    if (request != null) {
                        replier.reply(request, service.answer(request));
                    }
                }
            } catch (InterruptedException | IllegalStateException e) {
                Thread.currentThread().interrupt();
            }
        }));
    }
}
