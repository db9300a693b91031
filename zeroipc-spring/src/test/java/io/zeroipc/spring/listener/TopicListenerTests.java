package io.zeroipc.spring.listener;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.messaging.handler.annotation.Header;

import io.zeroipc.StructureBusyException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.flow.Loan;
import io.zeroipc.flow.Sample;
import io.zeroipc.flow.SharedTopic;
import io.zeroipc.flow.TopicSubscriber;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.TestContexts;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.DefaultSegmentRegistry;
import io.zeroipc.spring.core.ElementTypeException;
import io.zeroipc.spring.core.OnReplaced;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.core.UnsupportedChannelTypeException;
import io.zeroipc.spring.core.ZeroIpcHeaders;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.core.envelope.Envelope;
import io.zeroipc.spring.core.envelope.EnvelopeHeaders;
import io.zeroipc.spring.listener.adapter.FunctionElementListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/** Listeners on a topic: each is a subscriber, and reads messages in place or as what is made of them. */
class TopicListenerTests {

    private static final ChannelName FRAMES = new ChannelName("host", "frames");
    private static final int CHUNKS = 8;

    @TempDir
    Path directory;

    @RegisterExtension
    final RunningListeners listeners = new RunningListeners();
    private final DefaultSegmentRegistry segments = listeners.segments;
    private final ZeroIpcTemplate template = listeners.template;
    private final List<ChannelListenerContainer> containers = listeners.containers;
    private final List<String> received = new CopyOnWriteArrayList<>();
    private SharedTopic topic;

    @BeforeEach
    void declare() {
        segments.define(Fixtures.host(StructureDefinition.of("frames", SharedTopic.spec(CHUNKS, 4096), null),
                StructureDefinition.of("failed", SharedTopic.spec(CHUNKS, 4096), null),
                Fixtures.queue("numbers", Codecs.int32()), Fixtures.queue("raw", Codecs.frame(1024)))
                .openedBy(Fixtures.file(directory)::openOrCreate));
        topic = (SharedTopic) segments.structure(FRAMES);
    }

    @Test
    void listenerWhenItTakesMemoryReadsTheMessageInPlaceDuringTheCall() {
        List<Long> addresses = new CopyOnWriteArrayList<>();
        start(MemorySegment.class, view -> {
            assertThat(view.isReadOnly()).isTrue();
            assertThat(topic.occupancy().used()).as("held during the call").isEqualTo(1);
            addresses.add(view.address());
            received.add(text(view));
        });
        long written;
        try (Loan loan = template.loan("frames", 5)) {
            written = loan.memory().address();
            loan.memory().copyFrom(MemorySegment.ofArray(bytes("hello")));
            assertThat(loan.send()).isEqualTo(1);
        }
        await().untilAsserted(() -> assertThat(received).containsExactly("hello"));
        assertThat(addresses).containsExactly(written);
        awaitFree();
    }

    @Test
    void listenerWhenItTakesASampleHasItDuringTheCall() {
        List<Sample> samples = new CopyOnWriteArrayList<>();
        start(Sample.class, sample -> {
            samples.add(sample);
            received.add(sample.position() + text(sample.memory()));
        });
        template.send("frames", bytes("one"));
        template.send("frames", "two");
        await().untilAsserted(() -> assertThat(received).containsExactly("0one", "1two"));
        awaitFree();
        assertThatIllegalStateException().isThrownBy(() -> samples.getFirst().memory())
                .withMessageContaining("sample is closed: segment=host, name=frames, position=0");
    }

    @Test
    void listenerWhenItTakesBytesOrTextGetsACopy() {
        CountDownLatch copied = new CountDownLatch(1);
        start(byte[].class, message -> {
            received.add(new String(message, StandardCharsets.UTF_8));
            copied.countDown();
        });
        start(String.class, message -> {
            awaitQuietly(copied);
            received.add(message + " as text");
        });
        template.send("frames", "größe");
        await().untilAsserted(() -> assertThat(received).containsExactly("größe", "größe as text"));
        awaitFree();
    }

    @Test
    void listenerWhenItTakesEnvelopesGetsThem() {
        start(Envelope.class, envelope -> received
                .add(envelope.header("kind").orElse("") + new String(envelope.payload(), StandardCharsets.UTF_8)));
        template.send("frames", Envelope.of(bytes("x")).header("kind", "K").build());
        await().untilAsserted(() -> assertThat(received).containsExactly("Kx"));
    }

    @Test
    void listenerWhenItTakesBatchesHoldsTheirSamplesUntilItReturns() {
        ChannelListenerContainer container = container(FunctionElementListener.ofBatch(Sample.class, batch -> {
            assertThat(topic.occupancy().used()).isGreaterThanOrEqualTo(batch.size());
            batch.forEach(sample -> received.add(text(sample.memory())));
        }), new ListenerSettings());
        container.start();
        container.pause();
        await().until(container::isPaused);
        List.of("a", "b", "c").forEach(text -> template.send("frames", text));
        container.resume();
        await().untilAsserted(() -> assertThat(received).containsExactly("a", "b", "c"));
        awaitFree();
    }

    @Test
    void listenerWhenItFailsHoldsTheMessageThroughRetriesToItsDeadLetter() {
        AtomicInteger calls = new AtomicInteger();
        ListenerSettings settings = new ListenerSettings();
        settings.failures()
                .setRetryPolicy(RetryPolicy.builder().maxRetries(2).delay(Duration.ZERO).build())
                .setFailureAction(FailureAction.DEAD_LETTER)
                .setDeadLetterChannel("host/failed");
        ChannelListenerContainer container = container(FunctionElementListener.of(Sample.class, sample -> {
            calls.incrementAndGet();
            assertThat(topic.occupancy().used()).isEqualTo(1);
            throw new IllegalStateException(text(sample.memory()));
        }), settings);
        try (TopicSubscriber dead = ((SharedTopic) segments.structure(new ChannelName("host", "failed"))).subscribe()) {
            container.start();
            template.send("frames", "poison");
            byte[] letter = await().until(dead::poll, found -> found != null);
            Envelope envelope = Envelope.parse(letter);
            assertThat(envelope.payload()).isEqualTo(bytes("poison"));
            assertThat(envelope.header(EnvelopeHeaders.ATTEMPTS)).contains("3");
            assertThat(calls).hasValue(3);
            awaitFree();
        }
    }

    @Test
    void listenerWhenItIsPausedKeepsItsMessagesAndHoldsUpWhoPublishes() {
        ChannelListenerContainer container = start(String.class, received::add);
        container.pause();
        await().until(container::isPaused);
        for (int i = 0; i < CHUNKS; i++) {
            template.send("frames", "m" + i);
        }
        assertThat(template.trySend("frames", "no room")).isFalse();
        assertThat(topic.subscriptions()).singleElement()
                .satisfies(holder -> assertThat(holder.unread()).isEqualTo(CHUNKS));
        container.resume();
        await().untilAsserted(() -> assertThat(received).hasSize(CHUNKS));
        container.stop();
        assertThat(topic.subscribers()).isZero();
    }

    @Test
    void startWhenThereAre32SubscribersIsRefusedAndNamesThem() {
        List<TopicSubscriber> subscribers = new ArrayList<>();
        for (int i = 0; i < SharedTopic.SUBSCRIBERS_MAX; i++) {
            subscribers.add(topic.subscribe());
        }
        ChannelListenerContainer container = container(FunctionElementListener.of(String.class, received::add),
                new ListenerSettings());
        assertThatExceptionOfType(StructureBusyException.class).isThrownBy(container::start)
                .withMessageContaining("topic has no entry for another subscriber: segment=host, name=frames")
                .withMessageContaining("holders=[subscriber pid=" + ProcessHandle.current().pid())
                .withMessageEndingWith(", wanted by listener=" + container.getId());
        subscribers.forEach(TopicSubscriber::close);
        container.start();
        template.send("frames", "after");
        await().untilAsserted(() -> assertThat(received).containsExactly("after"));
    }

    @Test
    void startWhenATopicCannotDoWhatIsWantedIsRefused() {
        assertRefused(new ListenerSettings().setConcurrency(2), "concurrency=1: each thread would see every element");
        assertRefused(new ListenerSettings().setStartPosition(Source.Start.EARLIEST),
                "startPosition=latest: a subscriber gets what is sent after it has subscribed");
        assertRefused(new ListenerSettings().setAckMode(AckMode.MANUAL),
                "ackMode=auto or none: each reader has a position of its own, and removes nothing");
        assertThat(topic.subscribers()).isZero();
    }

    private void assertRefused(ListenerSettings settings, String remedy) {
        ChannelListenerContainer container = container(FunctionElementListener.of(String.class, received::add),
                settings);
        assertThatExceptionOfType(UnsupportedChannelTypeException.class).isThrownBy(container::start)
                .satisfies(e -> assertThat(e.remedy()).isEqualTo(remedy));
    }

    @Test
    void startWhenTheTypeDoesNotFitIsRefused() {
        ChannelListenerContainer number = container(
                FunctionElementListener.of(Integer.class, _ -> received.add("never")),
                new ListenerSettings());
        assertThatExceptionOfType(ElementTypeException.class).isThrownBy(number::start)
                .withMessageContaining("elements=message(4096), type=java.lang.Integer")
                .withMessageContaining("(expected: io.zeroipc.flow.Sample, byte[] or MemorySegment; converters=[text]");
        ChannelListenerContainer loan = container(FunctionElementListener.of(Loan.class, _ -> received.add("never")),
                new ListenerSettings());
        assertThatExceptionOfType(ElementTypeException.class).isThrownBy(loan::start)
                .withMessageContaining("a Loan is what the template's method loan gives");
        ChannelListenerContainer views = container(
                FunctionElementListener.ofBatch(MemorySegment.class, _ -> received.add("never")),
                new ListenerSettings());
        assertThatExceptionOfType(ElementTypeException.class).isThrownBy(views::start)
                .withMessageContaining("(expected: a List of io.zeroipc.flow.Sample or byte[]; a view is gone");
        ChannelListenerContainer elsewhere = new ChannelListenerContainer("elsewhere",
                List.of(new ChannelName("host", "numbers")),
                FunctionElementListener.of(Sample.class, _ -> received.add("never")),
                new ListenerSettings(), segments);
        containers.add(elsewhere);
        assertThatExceptionOfType(UnsupportedChannelTypeException.class).isThrownBy(elsewhere::start)
                .satisfies(e -> assertThat(e.remedy()).contains("samples are messages of a topic"));
    }

    @Test
    void listenerWhenItIsAMethodGetsTheMessageWithItsHeaders() {
        SegmentDefinition camera = SegmentDefinition.named("camera")
                .structures(List.of(StructureDefinition.of("frames", SharedTopic.spec(CHUNKS, 4096), null)))
                .openedBy(Segment.at(directory.resolve("camera"))
                        .label("camera")
                        .size(1 << 18)
                        .strictSize(false)::openOrCreate);
        try (TestContexts.TestContext context = TestContexts.open(camera, Screen.class)) {
            context.template().send("camera/frames", bytes("one"));
            context.template().send("camera/frames", bytes("three"));
            Screen screen = context.getBean(Screen.class);
            await().untilAsserted(
                    () -> assertThat(screen.seen).containsExactlyInAnyOrder("view of 3", "sample 0 of 3, 0",
                            "view of 5", "sample 1 of 5, 1"));
        }
    }

    @Test
    void listenerWhenTheFileIsReplacedDuringTheCallGoesOnWithTheNewOne() throws Exception {
        Path file = directory.resolve("other");
        segments.define(SegmentDefinition.named("other")
                .structures(List.of(StructureDefinition.of("frames", SharedTopic.spec(CHUNKS, 4096), null)))
                .onReplaced(OnReplaced.REATTACH)
                .openedBy(Segment.at(file).label("other").size(1 << 18).strictSize(false)::openOrCreate));
        ChannelName frames = new ChannelName("other", "frames");
        CountDownLatch replaced = new CountDownLatch(1);
        ChannelListenerContainer container = new ChannelListenerContainer("other", List.of(frames),
                FunctionElementListener.of(Sample.class, sample -> {
                    received.add(text(sample.memory()));
                    awaitQuietly(replaced);
                }), new ListenerSettings(), segments);
        containers.add(container);
        container.start();
        template.send("other/frames", "before");
        await().until(() -> received.contains("before"));
        Files.delete(file);
        await().until(() -> segments.isDetached("other"));
        replaced.countDown();
        await().until(() -> {
            template.trySend("other/frames", "after");
            return received.contains("after");
        });
    }

    static class Screen {

        private final List<String> seen = new CopyOnWriteArrayList<>();

        @ChannelListener("camera/frames")
        void view(MemorySegment frame) {
            seen.add("view of " + frame.byteSize());
        }

        @ChannelListener("camera/frames")
        void sample(Sample frame, @Header(ZeroIpcHeaders.SEQUENCE) long sequence) {
            seen.add("sample " + frame.position() + " of " + frame.byteSize() + ", " + sequence);
        }
    }

    @Test
    void listenerWhenTheStructureIsAQueueHasItsSlotInPlaceAsBefore() {
        ChannelListenerContainer raw = new ChannelListenerContainer("raw", List.of(new ChannelName("host", "raw")),
                FunctionElementListener.of(MemorySegment.class, view -> received.add("" + view.byteSize())),
                new ListenerSettings(), segments);
        containers.add(raw);
        raw.start();
        template.send("raw", bytes("x"));
        await().untilAsserted(() -> assertThat(received).containsExactly("1028"));
    }

    private <T> ChannelListenerContainer start(Class<T> type, Consumer<T> function) {
        ChannelListenerContainer container = container(FunctionElementListener.of(type, function),
                new ListenerSettings());
        container.start();
        return container;
    }

    private ChannelListenerContainer container(ElementListener listener, ListenerSettings settings) {
        ChannelListenerContainer container = new ChannelListenerContainer("listener-" + containers.size(),
                List.of(FRAMES), listener, settings, segments);
        containers.add(container);
        return container;
    }

    private void awaitFree() {
        await().untilAsserted(() -> assertThat(topic.occupancy().used()).isZero());
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(MemorySegment memory) {
        return new String(memory.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }
}
