package io.zeroipc.spring.observation;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.micrometer.common.KeyValues;
import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import io.micrometer.observation.tck.TestObservationRegistryAssert.TestObservationRegistryAssertReturningObservationContextAssert;
import io.micrometer.tracing.test.simple.SimpleSpan;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.messaging.handler.annotation.support.DefaultMessageHandlerMethodFactory;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.config.DefaultChannelListenerContainerFactory;
import io.zeroipc.spring.config.FunctionChannelListenerEndpoint;
import io.zeroipc.spring.core.ChannelFullException;
import io.zeroipc.spring.core.DefaultSegmentRegistry;
import io.zeroipc.spring.core.ElementTypeException;
import io.zeroipc.spring.core.FullAction;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.core.envelope.Envelope;
import io.zeroipc.spring.listener.ChannelListenerContainer;
import io.zeroipc.spring.observation.ZeroIpcObservation.ListenerDetailKey;
import io.zeroipc.spring.observation.ZeroIpcObservation.ListenerKey;
import io.zeroipc.spring.observation.ZeroIpcObservation.TemplateKey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What observers see of listeners and template. */
class ObservationTests {

    @TempDir
    private Path directory;
    private final TestObservationRegistry registry = TestObservationRegistry.create();
    private DefaultSegmentRegistry segments;
    private ZeroIpcTemplate template;
    private ChannelListenerContainer container;

    @BeforeEach
    void open() {
        segments = new DefaultSegmentRegistry();
        segments.define(Fixtures.host(Fixtures.queue("numbers", Codecs.int32(), 4),
                Fixtures.queue("frames", Codecs.frame(200), 8), Fixtures.queue("replies", Codecs.frame(200), 8),
                Fixtures.queue("picky", Codecs.record(Picky.class), 8), Fixtures.queue("blocks", Codecs.bytes(200), 8),
                StructureDefinition.of("ring", SharedRing.spec(Codecs.int32(), 16), Codecs.int32()))
                .openedBy(Fixtures.file(directory)::openOrCreate));
        template = new ZeroIpcTemplate(segments);
        template.setObservations(new ZeroIpcObservations(registry));
    }

    @AfterEach
    void close() {
        if (container != null) {
            container.stop();
        }
        template.close();
        segments.close();
    }

    @Test
    void sendWhenObservedHasNamesAndKeys() {
        template.setBeanName("orders");
        template.send("numbers", 1);
        observed("zeroipc.template").hasBeenStopped()
                .hasContextualNameEqualTo("host/numbers send")
                .hasLowCardinalityKeyValue("zeroipc.template.name", "orders")
                .hasLowCardinalityKeyValue("messaging.system", "zeroipc")
                .hasLowCardinalityKeyValue("messaging.operation", "publish")
                .hasLowCardinalityKeyValue("messaging.destination.name", "host/numbers")
                .hasLowCardinalityKeyValue("messaging.destination.kind", "queue")
                .doesNotHaveError();
    }

    @Test
    void sendAllWhenObservedIsOneObservation() {
        assertThat(template.sendAll("numbers", List.of(1, 2, 3))).isEqualTo(3);
        TestObservationRegistryAssert.assertThat(registry).hasNumberOfObservationsEqualTo(1);
    }

    @Test
    void sendWhenItFailsTellsTheError() {
        template.sendAll("numbers", List.of(1, 2, 3, 4));
        registry.clear();
        assertThatThrownBy(() -> template.send("numbers", 5)).isInstanceOf(ChannelFullException.class);
        observed("zeroipc.template").hasBeenStopped().thenError().isInstanceOf(ChannelFullException.class);
    }

    @ParameterizedTest
    @EnumSource
    void sendWhenItHasEndedTellsTheOutcome(Ending ending) throws Exception {
        template.sendAll("numbers", List.of(1, 2, 3, 4));
        registry.clear();
        String outcome = ending.send(template);
        TestObservationRegistryAssert.assertThat(registry).hasNumberOfObservationsEqualTo(1);
        observed("zeroipc.template").hasBeenStopped().hasLowCardinalityKeyValue("zeroipc.template.outcome", outcome);
    }

    /** What happens to whom sends to a full channel, or another one. */
    enum Ending {
        ROOM {
            @Override
            String send(ZeroIpcTemplate template) {
                assertThat(template.trySend("frames", new byte[] {1})).isTrue();
                return "sent";
            }
        },
        NO_ROOM {
            @Override
            String send(ZeroIpcTemplate template) {
                assertThat(template.trySend("numbers", 5)).isFalse();
                return "full";
            }
        },
        NO_ROOM_FOR_ALL {
            @Override
            String send(ZeroIpcTemplate template) {
                assertThat(template.sendAll("numbers", List.of(5))).isZero();
                return "full";
            }
        },
        NO_ROOM_IN_TIME {
            @Override
            String send(ZeroIpcTemplate template) throws InterruptedException {
                assertThat(template.trySend("numbers", 5, Duration.ofMillis(1))).isFalse();
                return "timeout";
            }
        },
        DROPPED {
            @Override
            String send(ZeroIpcTemplate template) {
                template.setFullAction(FullAction.DROP);
                template.setSendTimeout(Duration.ofMillis(1));
                template.send("numbers", 5);
                return "timeout";
            }
        },
        REFUSED {
            @Override
            String send(ZeroIpcTemplate template) {
                assertThatThrownBy(() -> template.send("numbers", 5)).isInstanceOf(ChannelFullException.class);
                return "full";
            }
        },
        WRONG {
            @Override
            String send(ZeroIpcTemplate template) {
                assertThatThrownBy(() -> template.send("numbers", "a text")).isInstanceOf(ElementTypeException.class);
                return "error";
            }
        },
        NO_REPLY {
            @Override
            String send(ZeroIpcTemplate template) throws InterruptedException {
                template.setReplyChannel("host/replies");
                assertThat(template.sendAndReceive("frames", "?", String.class, Duration.ofMillis(1))).isNull();
                return "no-reply";
            }
        };

        abstract String send(ZeroIpcTemplate template) throws InterruptedException;
    }

    @Test
    void elementWhenTheListenerIsNotCalledWithItIsObservedAsAnError() {
        template.setObservations(null);
        FunctionChannelListenerEndpoint endpoint = FunctionChannelListenerEndpoint.of("listener", "host/numbers",
                Integer.class, _ -> {});
        endpoint.getSettings().setFilter(_ -> {
            throw new IllegalStateException("filter is broken");
        });
        start(endpoint, registry);
        template.send("numbers", 7);
        awaitStopped();
        observed("zeroipc.listener").hasBeenStopped()
                .hasLowCardinalityKeyValue("messaging.source.name", "host/numbers")
                .hasHighCardinalityKeyValue("messaging.batch.message_count", "1")
                .thenError()
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("filter is broken");
    }

    @Test
    void elementWhenItCannotBeReadIsObservedAsAnError() {
        template.setObservations(null);
        start(FunctionChannelListenerEndpoint.of("listener", "host/picky", Picky.class, _ -> {}), registry);
        template.send("picky", new Picky(7));
        awaitStopped();
        observed("zeroipc.listener").hasBeenStopped().thenError().isInstanceOf(IllegalArgumentException.class);
    }

    /** Can be made anywhere but in the thread of a listener, which finds it unreadable. */
    record Picky(int value) {

        Picky {
            if (Thread.currentThread().getName().startsWith("listener-")) {
                throw new IllegalArgumentException("value " + value);
            }
        }
    }

    @Test
    void sendWhenInterruptedKeepsTheInterruptAndTellsTheError() {
        template.sendAll("numbers", List.of(1, 2, 3, 4));
        registry.clear();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> template.trySend("numbers", 5, Duration.ofHours(1)))
                .isInstanceOf(InterruptedException.class);
        observed("zeroipc.template").thenError().isInstanceOf(InterruptedException.class);
    }

    @Test
    void listenerWhenObservedHasNamesAndKeys() {
        listen("ring", Integer.class);
        template.setObservations(null);
        template.send("ring", 1);
        awaitStopped();
        observed("zeroipc.listener").hasContextualNameEqualTo("host/ring process")
                .hasLowCardinalityKeyValue("zeroipc.listener.id", "listener")
                .hasLowCardinalityKeyValue("messaging.system", "zeroipc")
                .hasLowCardinalityKeyValue("messaging.operation", "process")
                .hasLowCardinalityKeyValue("messaging.source.name", "host/ring")
                .hasLowCardinalityKeyValue("messaging.source.kind", "ring")
                .hasHighCardinalityKeyValue("messaging.message.id", "0")
                .hasHighCardinalityKeyValue("messaging.batch.message_count", "1")
                .doesNotHaveError();
    }

    @Test
    void listenerWhenItTakesBatchesHasOneObservationForEachWithTheSameKeys() {
        template.setObservations(null);
        template.sendAll("numbers", List.of(1, 2, 3));
        start(FunctionChannelListenerEndpoint.ofBatch("listener", "numbers", Integer.class, _ -> {}), registry);
        awaitStopped();
        observed("zeroipc.listener").hasHighCardinalityKeyValue("messaging.batch.message_count", "3")
                .doesNotHaveHighCardinalityKeyValueWithKey("messaging.message.id")
                .hasOnlyKeys("zeroipc.listener.id", "messaging.system", "messaging.operation", "messaging.source.name",
                        "messaging.source.kind", "messaging.batch.message_count");
    }

    @Test
    void listenerWhenItThrowsTellsTheError() {
        start(FunctionChannelListenerEndpoint.of("listener", "numbers", Integer.class, number -> {
            throw new IllegalArgumentException("no " + number);
        }), registry);
        template.setObservations(null);
        template.send("numbers", 7);
        awaitStopped();
        observed("zeroipc.listener").thenError().isInstanceOf(IllegalArgumentException.class).hasMessage("no 7");
    }

    @Test
    void listenerWhenObservationIsOffIsNotObserved() {
        DefaultChannelListenerContainerFactory factory = new DefaultChannelListenerContainerFactory(segments);
        factory.setObservations(new ZeroIpcObservations(registry));
        container = factory.createContainer(
                FunctionChannelListenerEndpoint.of("listener", "numbers", Integer.class, _ -> {}));
        container.start();
        template.setObservations(null);
        template.send("numbers", 1);
        Awaitility.await().until(() -> container.getStatistics().firstEntry().getValue().succeeded() == 1);
        TestObservationRegistryAssert.assertThat(registry).doesNotHaveAnyObservation();
    }

    @Test
    void conventionWhenGivenReplacesTheDefault() {
        template.setObservations(new ZeroIpcObservations(() -> registry, null,
                new DefaultZeroIpcTemplateObservationConvention() {
                    @Override
                    public String getName() {
                        return "orders.sent";
                    }

                    @Override
                    public KeyValues getLowCardinalityKeyValues(ZeroIpcTemplateContext context) {
                        return super.getLowCardinalityKeyValues(context).and("shop", "north");
                    }
                }));
        template.send("numbers", 1);
        observed("orders.sent").hasLowCardinalityKeyValue("shop", "north")
                .hasLowCardinalityKeyValue("messaging.destination.kind", "queue");
    }

    @Test
    void sendWhenRegistryDoesNothingSendsAllTheSame() {
        template.setObservations(new ZeroIpcObservations(ObservationRegistry.NOOP));
        template.setEnvelopeEnabled(true);
        template.send("frames", new byte[] {1, 2});
        assertThat(template.receive("frames", Envelope.class).headers()).isEmpty();
        template.send("frames", new byte[] {1, 2});
        assertThat(template.receive("frames", byte[].class)).containsExactly(1, 2);
    }

    @Test
    void traceWhenEnvelopesAreOnGoesOnInTheListener() {
        Traces sender = new Traces();
        Traces receiver = new Traces();
        template.setObservations(new ZeroIpcObservations(sender.registry()));
        template.setEnvelopeEnabled(true);
        CopyOnWriteArrayList<byte[]> received = new CopyOnWriteArrayList<>();
        start(FunctionChannelListenerEndpoint.of("listener", "frames", byte[].class, received::add),
                receiver.registry());
        Observation.createNotStarted("request", sender.registry())
                .observe(() -> template.send("frames", "hello".getBytes(StandardCharsets.UTF_8)));
        Awaitility.await()
                .until(() -> receiver.spans().stream().anyMatch(span -> span.getEndTimestamp().toEpochMilli() > 0));
        SimpleSpan sent = sender.spans()
                .stream()
                .filter(span -> "host/frames send".equals(span.getName()))
                .findFirst()
                .orElseThrow();
        SimpleSpan processed = receiver.spans().getFirst();
        assertThat(processed.getName()).isEqualTo("host/frames process");
        assertThat(processed.context().traceId()).isEqualTo(sent.context().traceId()).isNotEmpty();
        assertThat(processed.context().parentId()).isEqualTo(sent.context().spanId());
        assertThat(received).hasSize(1);
    }

    @Test
    void traceWhenEnvelopesAreOffBeginsAnewInTheListener() {
        Traces sender = new Traces();
        Traces receiver = new Traces();
        template.setObservations(new ZeroIpcObservations(sender.registry()));
        start(FunctionChannelListenerEndpoint.of("listener", "frames", byte[].class, _ -> {}), receiver.registry());
        template.send("frames", "hello".getBytes(StandardCharsets.UTF_8));
        Awaitility.await()
                .until(() -> receiver.spans().stream().anyMatch(span -> span.getEndTimestamp().toEpochMilli() > 0));
        assertThat(receiver.spans().getFirst().context().parentId()).isNullOrEmpty();
    }

    @Test
    void envelopeWhenBytesAreOfFixedSizeIsPaddedAndOpened() {
        template.setEnvelopeEnabled(true);
        template.send("blocks", new byte[] {1, 2, 3});
        assertThat(template.receive("blocks", byte[].class)).containsExactly(1, 2, 3);
        template.send("numbers", 5);
        assertThat(template.receive("numbers", Integer.class)).isEqualTo(5);
    }

    @Test
    void listenerWhenEnvelopeArrivesGetsWhatItDeclares() {
        CopyOnWriteArrayList<Object> received = new CopyOnWriteArrayList<>();
        Envelope sent = Envelope.of("hello".getBytes(StandardCharsets.UTF_8)).header("shop", "north").build();
        start(FunctionChannelListenerEndpoint.of("listener", "frames", String.class, received::add), registry);
        template.send("frames", sent);
        Awaitility.await().until(() -> received.equals(List.of("hello")));
        container.stop();
        start(FunctionChannelListenerEndpoint.of("listener", "blocks", Envelope.class, received::add), registry);
        template.send("blocks", sent);
        Awaitility.await().until(() -> received.size() == 2);
        assertThat(((Envelope) received.getLast()).header("shop")).contains("north");
    }

    @Test
    void documentationWhenComparedWithTheConventionsIsComplete() {
        ZeroIpcListenerContext listener = new ZeroIpcListenerContext("id", "a/b", "queue", 2, 7, Map.of());
        DefaultZeroIpcListenerObservationConvention listeners = new DefaultZeroIpcListenerObservationConvention();
        assertThat(keys(listeners.getLowCardinalityKeyValues(listener))).isEqualTo(names(ListenerKey.values()));
        assertThat(keys(listeners.getHighCardinalityKeyValues(listener))).isEqualTo(names(ListenerDetailKey.values()));
        assertThat(listeners.getName()).isEqualTo(ZeroIpcObservation.LISTENER.getName());
        assertThat(ZeroIpcObservation.LISTENER.getDefaultConvention()).isEqualTo(listeners.getClass());
        assertThat(listeners.getContextualName(listener)).isEqualTo(
                ZeroIpcObservation.LISTENER.getContextualName().formatted("a/b"));
        ZeroIpcTemplateContext sending = new ZeroIpcTemplateContext("t", "a/b", "queue");
        DefaultZeroIpcTemplateObservationConvention templates = new DefaultZeroIpcTemplateObservationConvention();
        assertThat(keys(templates.getLowCardinalityKeyValues(sending))).isEqualTo(names(TemplateKey.values()));
        assertThat(templates.getHighCardinalityKeyValues(sending)).isEmpty();
        assertThat(templates.getName()).isEqualTo(ZeroIpcObservation.TEMPLATE.getName());
        assertThat(ZeroIpcObservation.TEMPLATE.getDefaultConvention()).isEqualTo(templates.getClass());
        assertThat(templates.getContextualName(sending)).isEqualTo(
                ZeroIpcObservation.TEMPLATE.getContextualName().formatted("a/b"));
        assertThat(new ZeroIpcListenerObservationConvention() {}.getName()).isEqualTo(listeners.getName());
        assertThat(new ZeroIpcTemplateObservationConvention() {}.getName()).isEqualTo(templates.getName());
    }

    private static List<String> keys(KeyValues values) {
        return values.stream().map(value -> value.getKey()).sorted().toList();
    }

    private static List<String> names(KeyName... names) {
        return Arrays.stream(names).map(KeyName::asString).sorted().toList();
    }

    private <T> void listen(String channel, Class<T> type) {
        start(FunctionChannelListenerEndpoint.of("listener", channel, type, _ -> {}), registry);
    }

    private void start(FunctionChannelListenerEndpoint endpoint, ObservationRegistry observations) {
        DefaultChannelListenerContainerFactory factory = new DefaultChannelListenerContainerFactory(segments);
        factory.setMessageHandlerMethodFactory(new DefaultMessageHandlerMethodFactory());
        factory.getDefaults().setObservationEnabled(true);
        factory.setObservations(new ZeroIpcObservations(observations));
        container = factory.createContainer(endpoint);
        container.start();
    }

    private void awaitStopped() {
        Awaitility.await()
                .untilAsserted(() -> TestObservationRegistryAssert.assertThat(registry)
                        .hasObservationWithNameEqualTo("zeroipc.listener")
                        .that()
                        .hasBeenStopped());
    }

    private TestObservationRegistryAssertReturningObservationContextAssert observed(String name) {
        return TestObservationRegistryAssert.assertThat(registry).hasObservationWithNameEqualTo(name).that();
    }
}
