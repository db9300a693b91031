package io.zeroipc.spring.listener;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.flow.SharedState;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.Structure;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.DefaultSegmentRegistry;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.core.UnsupportedChannelTypeException;
import io.zeroipc.spring.core.ZeroIpcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** When elements are removed from a structure that can keep them, and what comes again. */
class AcknowledgmentTests {

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
    private final List<ChannelListenerContainer> containers = listeners.containers;

    @BeforeEach
    void openSegment() {
        segments.define(Fixtures.host(structure("ring", SharedRing.spec(INTEGERS, 8)),
                structure("history", SharedRing.spec(INTEGERS, 8, true)),
                structure("state", SharedState.spec(INTEGERS)),
                Fixtures.queue("queue", INTEGERS)).openedBy(Fixtures.file(directory)::openOrCreate));
    }

    @ParameterizedTest
    @CsvSource({"AUTO, 1", "NONE, 0"})
    void elementWhenListenerWorksIsKeptByAuto(AckMode mode, long depth) {
        List<Long> depths = new CopyOnWriteArrayList<>();
        settings.setAckMode(mode);
        start("ring", false, _ -> depths.add(depth()));
        template.send("host/ring", 1);
        await().untilAsserted(() -> assertThat(depths).containsExactly(depth));
        await().until(() -> depth() == 0);
    }

    @Test
    void elementWhenListenerFailsIsRemovedAfterTheErrorHandler() {
        List<Long> depths = new CopyOnWriteArrayList<>();
        settings.setErrorHandler(_ -> depths.add(depth()));
        start("ring", false, _ -> {
            throw new IllegalArgumentException("no");
        });
        template.send("host/ring", 1);
        await().until(() -> !depths.isEmpty() && depth() == 0);
        assertThat(depths).containsExactly(1L);
    }

    @Test
    void batchWhenListenerWorksIsKeptAsAWhole() {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch proceed = new CountDownLatch(1);
        settings.setAutoStartup(false);
        ChannelListenerContainer container = container("ring", true, _ -> {
            entered.countDown();
            Latches.await(proceed);
        });
        List.of(1, 2, 3, 4, 5).forEach(value -> template.send("host/ring", value));
        container.start();
        Latches.await(entered);
        // More than a quarter of the ring, which a reader without commits would have given back by now.
        assertThat(depth()).isEqualTo(5);
        proceed.countDown();
        await().until(() -> depth() == 0);
    }

    @Test
    void elementWhenStopInterruptsTheListenerComesAgain() {
        settings.setShutdownTimeout(Duration.ZERO);
        AtomicBoolean block = new AtomicBoolean(true);
        CountDownLatch entered = new CountDownLatch(1);
        ChannelListenerContainer container = start("ring", false, message -> {
            received.add((Integer) message.getPayload());
            entered.countDown();
            if (block.get()) {
                Latches.awaitForEver();
            }
        });
        template.send("host/ring", 1);
        Latches.await(entered);
        container.stop();
        assertThat(depth()).isEqualTo(1);
        block.set(false);
        container.start();
        await().untilAsserted(() -> assertThat(received).containsExactly(1, 1));
        await().until(() -> depth() == 0);
    }

    @Test
    void manualWhenAcknowledgedOutOfOrderRemovesInOrder() throws Exception {
        settings.setAckMode(AckMode.MANUAL);
        start("ring", false, this::keep);
        List.of(1, 2, 3).forEach(value -> template.send("host/ring", value));
        await().until(() -> acknowledgments.size() == 3);
        assertThat(depth()).isEqualTo(3);

        Thread other = Thread.ofPlatform().start(() -> acknowledgments.get(1).acknowledge());
        other.join();
        assertThat(depth()).as("the first one is still in work").isEqualTo(3);
        acknowledgments.get(0).acknowledge();
        assertThat(depth()).isEqualTo(1);
        acknowledgments.get(0).acknowledge();
        assertThat(depth()).isEqualTo(1);
        acknowledgments.get(2).acknowledge();
        assertThat(depth()).isZero();
        template.send("host/ring", 4);
        await().until(() -> acknowledgments.size() == 4);
        acknowledgments.get(3).acknowledge();
        assertThat(depth()).isZero();
    }

    @Test
    void manualWhenNeverAcknowledgedFillsTheStructureAndComesAgain() {
        settings.setAckMode(AckMode.MANUAL);
        ChannelListenerContainer container = start("ring", false, this::keep);
        for (int value = 0; value < 8; value++) {
            template.send("host/ring", value);
        }
        await().until(() -> received.size() == 8);
        assertThat(template.trySend("host/ring", 8)).isFalse();
        acknowledgments.get(0).acknowledge();
        assertThat(template.trySend("host/ring", 8)).isTrue();
        await().until(() -> received.size() == 9);

        container.stop();
        acknowledgments.get(1).acknowledge();
        assertThat(depth()).as("an acknowledgment after the stop").isEqualTo(8);
        received.clear();
        container.start();
        await().untilAsserted(() -> assertThat(received).containsExactly(1, 2, 3, 4, 5, 6, 7, 8));
        acknowledgments.get(1).acknowledge();
        assertThat(depth()).as("an acknowledgment of the run before").isEqualTo(8);
    }

    @Test
    void manualWhenPausedTakesAcknowledgments() {
        settings.setAckMode(AckMode.MANUAL);
        ChannelListenerContainer container = start("ring", false, this::keep);
        template.send("host/ring", 1);
        await().until(() -> acknowledgments.size() == 1);
        container.pause();
        await().until(container::isPaused);
        acknowledgments.get(0).acknowledge();
        assertThat(depth()).isZero();
    }

    @Test
    void manualWhenListenerFailsCountsAsAcknowledged() {
        settings.setAckMode(AckMode.MANUAL).setErrorHandler(_ -> null);
        start("ring", false, message -> {
            keep(message);
            if (received.size() == 2) {
                throw new IllegalArgumentException("no");
            }
        });
        template.send("host/ring", 1);
        template.send("host/ring", 2);
        await().until(() -> acknowledgments.size() == 2);
        assertThat(depth()).as("order is kept").isEqualTo(2);
        acknowledgments.get(0).acknowledge();
        await().until(() -> depth() == 0);
    }

    @Test
    void manualWhenBatchIsAcknowledgedRemovesAllOfIt() {
        settings.setAckMode(AckMode.MANUAL);
        ChannelListenerContainer container = container("ring", true, message -> {
            acknowledgments.add(message.acknowledgment());
            ((List<?>) message.getPayload()).forEach(value -> received.add((Integer) value));
        });
        List.of(1, 2, 3).forEach(value -> template.send("host/ring", value));
        container.start();
        await().until(() -> received.size() == 3);
        assertThat(depth()).isEqualTo(3);
        acknowledgments.forEach(Acknowledgment::acknowledge);
        assertThat(depth()).isZero();
    }

    @ParameterizedTest
    @EnumSource(value = AckMode.class, names = {"AUTO", "MANUAL"})
    void elementWhenItsBytesAreNoValueIsRemoved(AckMode mode) {
        SharedRing<Integer> numbers = SharedRing.openOrCreate(segments.get("host"), "raw", INTEGERS, 8);
        SharedRing.open(segments.get("host"), "raw", Codecs.record(Flag.class));
        numbers.outlet().offer(77);
        numbers.outlet().offer(1);
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        settings.setAckMode(mode).setErrorHandler(failures::add);
        List<Object> flags = new CopyOnWriteArrayList<>();
        ChannelListenerContainer container = new ChannelListenerContainer("test",
                List.of(new ChannelName("host", "raw")), new Listening(false, message -> {
                    flags.add(message.getPayload());
                    if (mode == AckMode.MANUAL) {
                        message.acknowledgment().acknowledge();
                    }
                }), settings, segments);
        containers.add(container);
        container.start();
        await().untilAsserted(() -> assertThat(flags).containsExactly(new Flag(Colour.BLUE)));
        assertThat(failures).hasSize(1);
        await().until(() -> numbers.size() == 0);
    }

    @Test
    void autoWhenStructureRemovesWhatIsTakenIsNone() {
        List<Long> depths = new CopyOnWriteArrayList<>();
        start("queue", false, message -> {
            assertThat(message.acknowledgment()).isNull();
            depths.add(segments.structure(new ChannelName("host", "queue")).occupancy().used());
        });
        template.send("host/queue", 1);
        await().untilAsserted(() -> assertThat(depths).containsExactly(0L));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "queue   | queue | taking an element removes it (a queue or buffered channel keeps it with on-consumer-death=redeliver)",
            "history | ring  | each reader has a position of its own, and removes nothing",
            "state   | state | each reader has a position of its own, and removes nothing"})
    void manualWhenStructureCannotKeepElementsIsRefused(String structure, String kind, String reason) {
        settings.setAckMode(AckMode.MANUAL);
        ChannelListenerContainer container = container(structure, false, this::keep);
        assertThatThrownBy(container::start).isInstanceOfSatisfying(UnsupportedChannelTypeException.class, e -> {
            assertThat(e.kind()).isEqualTo(kind);
            assertThat(e.wanted()).isEqualTo("ackMode=manual of listener test");
            assertThat(e.remedy()).isEqualTo("ackMode=auto or none: " + reason);
        });
    }

    /** Four bytes; only the numbers 0 and 1 are values. */
    record Flag(Colour colour) {}

    enum Colour {
        RED, BLUE
    }

    private void keep(ElementMessage message) {
        acknowledgments.add(message.acknowledgment());
        received.add((Integer) message.getPayload());
    }

    private ChannelListenerContainer start(String structure, boolean batch, Consumer<ElementMessage> action) {
        ChannelListenerContainer container = container(structure, batch, action);
        container.start();
        return container;
    }

    private ChannelListenerContainer container(String structure, boolean batch, Consumer<ElementMessage> action) {
        return listeners.container(structure, batch, settings, action);
    }

    private static <S extends Structure> StructureDefinition structure(String name, Spec<S> spec) {
        return StructureDefinition.of(name, spec, INTEGERS);
    }

    private long depth() {
        return segments.structure(new ChannelName("host", "ring")).occupancy().used();
    }
}
