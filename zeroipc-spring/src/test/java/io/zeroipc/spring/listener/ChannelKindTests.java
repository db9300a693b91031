package io.zeroipc.spring.listener;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.zeroipc.RoleTakenException;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.collection.SharedStack;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.flow.SharedState;
import io.zeroipc.segment.Source;
import io.zeroipc.segment.Spec;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.DefaultSegmentRegistry;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.core.UnsupportedChannelTypeException;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.event.ChannelListenerEvent;
import io.zeroipc.spring.event.ChannelListenerStoppedEvent;
import io.zeroipc.spring.event.ChannelListenerStoppedEvent.Reason;
import io.zeroipc.spring.listener.adapter.FunctionElementListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** One listener framework on every kind of structure: what they have in common, and what each refuses. */
@ExtendWith(OutputCaptureExtension.class)
class ChannelKindTests {

    /** As docs/format/ring.md says. */
    private static final int RING_WRITE_POSITION = 0;
    private static final int RING_READ_POSITION = 8;
    private static final int RING_SLOTS = 24;
    /** As docs/format/stack.md says. */
    private static final int STACK_CAPACITY = 16;
    private static final int STACK_STATES = 16 + Integer.BYTES * STACK_CAPACITY;
    private static final int STACK_WRITING = 1;
    private static final int STACK_READY = 2;
    private static final ChannelName IN = new ChannelName("host", "in");

    @TempDir
    Path directory;

    @RegisterExtension
    final RunningListeners listeners = new RunningListeners();
    private final DefaultSegmentRegistry segments = listeners.segments;
    private final ZeroIpcTemplate template = listeners.template;
    private final List<ChannelListenerContainer> containers = listeners.containers;
    private final List<Integer> received = new CopyOnWriteArrayList<>();
    private final List<Long> sequences = new CopyOnWriteArrayList<>();
    private final List<ChannelListenerEvent> events = new CopyOnWriteArrayList<>();

    @Test
    void listenerWhenChannelIsClosedDrainsItAndEnds() {
        declare(SharedChannel.spec(Codecs.int32(), 8));
        SharedChannel<Integer> channel = structure();
        channel.trySend(1);
        channel.trySend(2);
        channel.close();
        ChannelListenerContainer container = start("one");
        await().until(() -> !container.isRunning());
        assertThat(received).containsExactly(1, 2);
        assertThat(container.getState()).isEqualTo(ContainerState.STOPPED);
        assertThat(container.isInExpectedState()).isTrue();
        await().untilAsserted(() -> assertThat(events).last()
                .isInstanceOfSatisfying(ChannelListenerStoppedEvent.class,
                        event -> assertThat(event.getReason()).isEqualTo(Reason.EXHAUSTED)));
    }

    @Test
    void listenerWhenChannelIsUnbufferedMeetsTheSender() throws Exception {
        declare(SharedChannel.unbuffered(Codecs.int32()));
        start("one");
        SharedChannel<Integer> channel = structure();
        for (int value = 1; value <= 5; value++) {
            channel.send(value);
        }
        await().untilAsserted(() -> assertThat(received).containsExactly(1, 2, 3, 4, 5));
    }

    @Test
    void listenerWhenStructureIsRingCountsPositions() {
        declare(SharedRing.spec(Codecs.int32(), 16));
        start("one");
        template.setSendTimeout(Duration.ofSeconds(30));
        IntStream.rangeClosed(1, 100).forEach(value -> template.send("in", value));
        await().untilAsserted(() -> assertThat(received).hasSize(100));
        assertThat(received).isEqualTo(IntStream.rangeClosed(1, 100).boxed().toList());
        assertThat(sequences).first().isEqualTo(0L);
        assertThat(sequences).last().isEqualTo(99L);
        assertThat(sequences).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void startWhenRingHasAReaderNamesTheListener() {
        declare(SharedRing.spec(Codecs.int32(), 16));
        ChannelListenerContainer first = start("one");
        ChannelListenerContainer second = container("two", new ListenerSettings());
        assertThatThrownBy(second::start).isInstanceOfSatisfying(RoleTakenException.class, e -> {
            assertThat(e.structure()).isEqualTo("in");
            assertThat(e).hasMessageContaining("listener=two");
        });
        assertThat(second.getState()).isEqualTo(ContainerState.FAILED);
        assertThat(second.isRunning()).isFalse();
        first.stop();
        second.start();
        assertThat(second.getState()).isEqualTo(ContainerState.RUNNING);
        assertThat(second.isInExpectedState()).isTrue();
    }

    @Test
    void startWhenSeveralThreadsAreWantedOfARingIsRefused() {
        declare(SharedRing.spec(Codecs.int32(), 16));
        refusedConcurrency("ring", "this structure has one consumer at a time");
    }

    @Test
    void startWhenSeveralThreadsAreWantedOfAStateIsRefused() {
        declare(SharedState.spec(Codecs.int32()));
        refusedConcurrency("state", "each thread would see every element");
    }

    @Test
    void startWhenNothingArrivesAtTheStructureIsRefused() {
        declare(SharedArray.spec(Codecs.int32(), 16));
        ChannelListenerContainer container = container("one", new ListenerSettings());
        for (Runnable attempt : List.<Runnable>of(container::check, container::start, container::check)) {
            assertThatThrownBy(attempt::run).isInstanceOfSatisfying(UnsupportedChannelTypeException.class, e -> {
                assertThat(e.channel()).isEqualTo(IN);
                assertThat(e.kind()).isEqualTo("array");
                assertThat(e.wanted()).isEqualTo("listener one");
                assertThat(e.remedy()).contains("channel, queue, ring, signal, stack, state, stream");
            });
        }
    }

    @Test
    void listenersWhenRingOverwritesSeeEveryElementEach() {
        declare(SharedRing.spec(Codecs.int32(), 1024, true));
        start("one");
        start("two");
        IntStream.rangeClosed(1, 50).forEach(value -> template.send("in", value));
        await().untilAsserted(() -> assertThat(received).hasSize(100));
        assertThat(received).containsExactlyInAnyOrderElementsOf(
                IntStream.rangeClosed(1, 50).boxed().flatMap(value -> List.of(value, value).stream()).toList());
    }

    @Test
    void listenerWhenItStartsAtTheEarliestSeesWhatIsThere() {
        declare(SharedRing.spec(Codecs.int32(), 64, true));
        IntStream.rangeClosed(1, 10).forEach(value -> template.send("in", value));
        ListenerSettings settings = new ListenerSettings().setStartPosition(Source.Start.EARLIEST);
        ChannelListenerContainer earliest = container("earliest", settings);
        earliest.start();
        await().untilAsserted(() -> assertThat(received)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 10).boxed().toList()));
    }

    @Test
    void listenerWhenItIsOverrunCountsWhatItLost() throws Exception {
        declare(SharedRing.spec(Codecs.int32(), 8, true));
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch proceed = new CountDownLatch(1);
        ChannelListenerContainer container = new ChannelListenerContainer("slow", List.of(IN),
                FunctionElementListener.of(Integer.class, value -> {
                    entered.countDown();
                    Latches.await(proceed);
                    received.add(value);
                }), new ListenerSettings(), segments);
        containers.add(container);
        container.start();
        template.send("in", 1);
        Latches.await(entered);
        IntStream.rangeClosed(2, 1000).forEach(value -> template.send("in", value));
        proceed.countDown();
        await().until(() -> received.contains(1000));
        ChannelStatistics statistics = container.getStatistics().get(IN);
        await().untilAsserted(() -> assertThat(statistics.succeeded() + statistics.lost()).isEqualTo(1000));
        assertThat(statistics.lost()).isGreaterThan(900);
    }

    @Test
    void listenerWhenAnotherProgramResetsTheRingTakesItAgain() throws Exception {
        declare(SharedRing.spec(Codecs.int32(), 16));
        IntStream.rangeClosed(1, 5).forEach(value -> template.send("in", value));
        ListenerSettings settings = new ListenerSettings();
        List<ListenerExecutionFailedException> failures = new CopyOnWriteArrayList<>();
        settings.setErrorHandler(failures::add);
        ChannelListenerContainer container = container("one", settings);
        container.start();
        await().untilAsserted(() -> assertThat(received).containsExactly(1, 2, 3, 4, 5));
        // What a C++ program does to a ring that it creates once more under the same name: all zeroes, one element.
        write(RING_READ_POSITION, 0);
        write(RING_SLOTS, 77);
        write(RING_WRITE_POSITION, Integer.BYTES);
        await().untilAsserted(() -> assertThat(received).endsWith(77));
        assertThat(failures.getFirst()).hasMessageContaining("element cannot be read")
                .hasMessageContaining("ring positions are damaged");
        await().until(() -> container.getState() == ContainerState.RUNNING);
    }

    @Test
    void listenerWhenRingIsDamagedForGoodFails() throws Exception {
        declare(SharedRing.spec(Codecs.int32(), 16));
        ChannelListenerContainer container = container("one", new ListenerSettings());
        container.start();
        write(RING_WRITE_POSITION, 1L << 40);
        await().until(() -> container.getState() == ContainerState.FAILED);
        assertThat(container.isInExpectedState()).isFalse();
        assertThat(container.getLastError()).isNotNull();
        assertThat(container.getLastError().message()).contains("ring positions are damaged");
    }

    @Test
    void listenerWhenSomebodyStoppedWithTheTopOfTheStackInHandWaitsAndFailsNothing(CapturedOutput output)
            throws Exception {
        declare(SharedStack.spec(Codecs.int32(), STACK_CAPACITY));
        template.send("in", 1);
        template.send("in", 2);
        write(STACK_STATES + Integer.BYTES, STACK_WRITING);
        ChannelListenerContainer container = start("one");
        await().until(() -> output.getOut().contains("channel cannot be read at present: channel=host/in"));
        assertThat(received).isEmpty();
        write(STACK_STATES + Integer.BYTES, STACK_READY);
        await().untilAsserted(() -> assertThat(received).containsExactly(2, 1));
        assertThat(container.getStatistics().get(IN).failed()).isZero();
        assertThat(container.getState()).isEqualTo(ContainerState.RUNNING);
    }

    /** Writes into the structure's block where another program would. */
    private void write(long offset, long value) throws IOException {
        long block = segments.get("host")
                .entries()
                .stream()
                .filter(entry -> entry.name().equals("in"))
                .findFirst()
                .orElseThrow()
                .offset();
        try (FileChannel file = FileChannel.open(directory.resolve("host.zipc"), StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            file.map(FileChannel.MapMode.READ_WRITE, block + offset, Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(0, value);
        }
    }

    @Test
    void listenerWhenStructureIsStateSeesTheNewestValue() {
        declare(SharedState.spec(Codecs.int32()));
        start("one");
        for (int value = 1; value <= 5; value++) {
            int newest = value;
            template.send("in", newest);
            await().until(() -> received.contains(newest));
        }
        assertThat(received).containsExactly(1, 2, 3, 4, 5);
    }

    @Test
    void batchWhenStructureIsRingHasItsLastPosition() {
        declare(SharedRing.spec(Codecs.int32(), 16));
        IntStream.rangeClosed(1, 10).forEach(value -> template.send("in", value));
        List<ElementMessage> messages = new CopyOnWriteArrayList<>();
        ChannelListenerContainer container = new ChannelListenerContainer("batch", List.of(IN),
                new Listening(true, PayloadForm.VALUE, messages::add),
                new ListenerSettings().setMaxBatchSize(4), segments);
        containers.add(container);
        container.start();
        await().untilAsserted(() -> assertThat(messages.stream().mapToInt(ElementMessage::size).sum()).isEqualTo(10));
        assertThat(messages).extracting(ElementMessage::sequence).last().isEqualTo(9L);
        long expected = -1;
        for (ElementMessage message : messages) {
            expected += message.size();
            assertThat(message.sequence()).isEqualTo(expected);
            assertThat((List<?>) message.getPayload()).hasSize(message.size());
        }
    }

    @Test
    void viewWhenStructureIsRingHasItsPosition() {
        declare(SharedRing.spec(Codecs.int32(), 16));
        List<ElementMessage> messages = new CopyOnWriteArrayList<>();
        ChannelListenerContainer container = new ChannelListenerContainer("views", List.of(IN),
                new Listening(false, PayloadForm.VIEW, messages::add), new ListenerSettings(), segments);
        containers.add(container);
        container.start();
        IntStream.rangeClosed(1, 3).forEach(value -> template.send("in", value));
        await().untilAsserted(() -> assertThat(messages).extracting(ElementMessage::sequence)
                .containsExactly(0L, 1L,
                        2L));
    }

    private void refusedConcurrency(String kind, String reason) {
        ChannelListenerContainer container = container("one", new ListenerSettings().setConcurrency(2));
        assertThatThrownBy(container::start).isInstanceOfSatisfying(UnsupportedChannelTypeException.class, e -> {
            assertThat(e.kind()).isEqualTo(kind);
            assertThat(e.wanted()).isEqualTo("concurrency=2 of listener one");
            assertThat(e.remedy()).isEqualTo("concurrency=1: " + reason);
        });
    }

    private void declare(Spec<?> spec) {
        Codec<Integer> codec = Codecs.int32();
        segments.define(Fixtures.host(StructureDefinition.of("in", spec, codec))
                .openedBy(Fixtures.file(directory)::openOrCreate));
    }

    @SuppressWarnings("unchecked")
    private SharedChannel<Integer> structure() {
        return (SharedChannel<Integer>) segments.structure(IN);
    }

    private ChannelListenerContainer start(String id) {
        ChannelListenerContainer container = container(id, new ListenerSettings());
        container.start();
        return container;
    }

    private ChannelListenerContainer container(String id, ListenerSettings settings) {
        ElementListener listener = new ElementListener() {
            @Override
            public boolean isBatch() {
                return false;
            }

            @Override
            public PayloadForm formOf(ChannelName channel, String elementTypeName, Class<?> elementType) {
                assertThat(elementTypeName).isEqualTo("int32");
                assertThat(elementType).isEqualTo(Integer.class);
                return PayloadForm.VALUE;
            }

            @Override
            public void onMessage(ElementMessage message) {
                sequences.add(message.sequence());
                received.add((Integer) message.getPayload());
            }
        };
        ChannelListenerContainer container = new ChannelListenerContainer(id, List.of(IN), listener, settings,
                segments);
        container.setApplicationEventPublisher(event -> events.add((ChannelListenerEvent) event));
        containers.add(container);
        return container;
    }
}
