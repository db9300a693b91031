package io.zeroipc.spring.listener;

import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.util.backoff.BackOff;

import io.zeroipc.codec.Codecs;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.converter.ElementType;
import io.zeroipc.spring.converter.PayloadConverter;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.DefaultSegmentRegistry;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.core.envelope.Envelope;
import io.zeroipc.spring.core.envelope.EnvelopeHeaders;
import io.zeroipc.spring.listener.adapter.FunctionElementListener;
import io.zeroipc.spring.listener.adapter.ObservedElementListener;
import io.zeroipc.spring.observation.ZeroIpcObservations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Whatever code of the application throws, at whatever place: the element counts once, is kept whole where there are dead
 * letters, the method is not called again because of it, and the listener goes on with the next element.
 */
class UserCodeFailureTests {

    private static final ChannelName IN = new ChannelName("host", "in");
    private static final String LETTERS = "host/letters";

    @TempDir
    Path directory;

    private final List<Object> calls = new CopyOnWriteArrayList<>();
    private final ListenerSettings settings = new ListenerSettings();
    private final FailureSettings failures = settings.failures();
    @RegisterExtension
    final RunningListeners listeners = new RunningListeners();
    private final DefaultSegmentRegistry segments = listeners.segments;
    private final ZeroIpcTemplate template = listeners.template;

    /** What code of an application may throw: also what its signature does not allow, as Kotlin and Lombok do. */
    enum Thrown {

        RUNTIME, ILLEGAL_STATE, CHECKED, ERROR, MEMORY, INTERNAL, SPEECHLESS;

        static final List<Thrown> ALL = List.of(values());

        void raise() {
            UserCodeFailureTests.sneakyThrow(switch (this) {
                case RUNTIME -> new ClassCastException("of the application");
                case ILLEGAL_STATE -> new IllegalStateException("of the application");
                case CHECKED -> new IOException("of the application");
                case ERROR -> new AssertionError("of the application");
                case MEMORY -> new OutOfMemoryError("of the application");
                case INTERNAL -> new InternalError("of the application");
                case SPEECHLESS -> new Speechless();
            });
        }
    }

    private static final class Speechless extends RuntimeException {

        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no message can be had");
        }
    }

    @BeforeEach
    void openSegment() {
        segments.define(Fixtures
                .host(Fixtures.queue("in", Codecs.int32()), Fixtures.queue("texts", Codecs.string(16)),
                        Fixtures.queue("picky", Codecs.record(Picky.class)),
                        Fixtures.queue("letters", Codecs.frame(512)))
                .openedBy(Fixtures.file(directory)::openOrCreate));
    }

    private ChannelListenerContainer container(ChannelName channel, ElementListener listener) {
        ChannelListenerContainer container = new ChannelListenerContainer("test", List.of(channel), listener, settings,
                segments);
        listeners.containers.add(container);
        container.check();
        container.start();
        return container;
    }

    private static ChannelStatistics statistics(ChannelListenerContainer container) {
        return container.getStatistics().firstEntry().getValue();
    }

    private void deadLettering() {
        failures.setFailureAction(FailureAction.DEAD_LETTER).setDeadLetterChannel(LETTERS);
    }

    private Envelope letter() {
        List<byte[]> letters = new ArrayList<>();
        await().until(() -> {
            byte[] letter = template.tryReceive(LETTERS, byte[].class);
            return letter != null && letters.add(letter);
        });
        return Envelope.parse(letters.getFirst());
    }

    /** Refuses 1 and takes the rest. */
    private ElementListener refusingOne() {
        return FunctionElementListener.of(Integer.class, value -> {
            calls.add(value);
            if (value == 1) {
                throw new UnsupportedOperationException("refused");
            }
        });
    }

    private void assertOneLetterOf(int value, ChannelListenerContainer container) {
        template.send("host/in", value);
        template.send("host/in", 2);
        assertThat(letter().payload()).isEqualTo(Codecs.int32().toBytes(value));
        await().untilAsserted(() -> assertThat(calls).contains(2));
        await().untilAsserted(() -> {
            assertThat(statistics(container).failed()).isEqualTo(1);
            assertThat(statistics(container).succeeded()).isEqualTo(1);
            assertThat(statistics(container).deadLettered()).isEqualTo(1);
            assertThat(statistics(container).discarded()).isZero();
        });
        assertThat(container.getState()).isEqualTo(ContainerState.RUNNING);
    }

    @ParameterizedTest
    @EnumSource
    void retryPolicyWhenItThrowsLeavesTheFailureToTheFailureAction(Thrown thrown) {
        deadLettering();
        failures.setRetryPolicy(RetryPolicy.builder().maxRetries(2).delay(Duration.ZERO).predicate(_ -> {
            thrown.raise();
            return true;
        }).build());
        assertOneLetterOf(1, container(IN, refusingOne()));
        assertThat(calls).containsExactly(1, 2);
    }

    @ParameterizedTest
    @EnumSource
    void backOffWhenItThrowsLeavesTheFailureToTheFailureAction(Thrown thrown) {
        deadLettering();
        BackOff backOff = () -> {
            thrown.raise();
            return () -> 0;
        };
        failures.setRetryPolicy(new RetryPolicy() {
            @Override
            public boolean shouldRetry(Throwable throwable) {
                return true;
            }

            @Override
            public BackOff getBackOff() {
                return backOff;
            }
        });
        assertOneLetterOf(1, container(IN, refusingOne()));
        assertThat(calls).containsExactly(1, 2);
    }

    @ParameterizedTest
    @EnumSource
    void listenerWhenItThrowsAnythingFailsForThatElement(Thrown thrown) {
        deadLettering();
        assertOneLetterOf(1, container(IN, FunctionElementListener.of(Integer.class, value -> {
            calls.add(value);
            if (value == 1) {
                thrown.raise();
            }
        })));
        assertThat(calls).containsExactly(1, 2);
    }

    @ParameterizedTest
    @EnumSource
    void errorHandlerWhenItThrowsLeavesTheFailureToTheFailureAction(Thrown thrown) {
        deadLettering();
        settings.setErrorHandler(_ -> {
            thrown.raise();
            return null;
        });
        assertOneLetterOf(1, container(IN, refusingOne()));
    }

    @ParameterizedTest
    @EnumSource
    void filterWhenItThrowsIsAFailureOfThatElement(Thrown thrown) {
        deadLettering();
        settings.setFilter(value -> {
            if (value.equals(13)) {
                thrown.raise();
            }
            return true;
        });
        assertOneLetterOf(13, container(IN, refusingOne()));
        assertThat(calls).containsExactly(2);
    }

    @ParameterizedTest
    @EnumSource
    void filterOfABatchWhenItThrowsIsAFailureOfThatElement(Thrown thrown) {
        deadLettering();
        settings.setFilter(value -> {
            if (value.equals(13)) {
                thrown.raise();
            }
            return true;
        });
        assertOneLetterOf(13, container(IN, FunctionElementListener.ofBatch(Integer.class, calls::addAll)));
    }

    @ParameterizedTest
    @EnumSource
    void recovererWhenItThrowsDiscardsAndTheListenerGoesOn(Thrown thrown) {
        failures.setRecoverer(_ -> {
            thrown.raise();
            return FailureAction.STOP;
        });
        assertOneDiscarded(container(IN, refusingOne()));
    }

    @Test
    void recovererWhenItDecidesNothingDiscardsAndTheListenerGoesOn() {
        failures.setRecoverer(_ -> null);
        assertOneDiscarded(container(IN, refusingOne()));
    }

    private void assertOneDiscarded(ChannelListenerContainer container) {
        template.send("host/in", 1);
        template.send("host/in", 2);
        await().untilAsserted(() -> assertThat(calls).containsExactly(1, 2));
        await().untilAsserted(() -> {
            assertThat(statistics(container).failed()).isEqualTo(1);
            assertThat(statistics(container).discarded()).isEqualTo(1);
            assertThat(statistics(container).succeeded()).isEqualTo(1);
        });
        assertThat(container.getState()).isEqualTo(ContainerState.RUNNING);
    }

    @ParameterizedTest
    @EnumSource
    void converterWhenItThrowsIsAFailureOfThatElement(Thrown thrown) {
        deadLettering();
        settings.setCodec(new Reversing(thrown));
        ChannelListenerContainer container = container(new ChannelName("host", "texts"),
                FunctionElementListener.of(StringBuilder.class, text -> calls.add(text.toString()))
                        .convertedBy(settings.getPayloadConverters()));
        template.send("host/texts", "bad");
        template.send("host/texts", "good");
        assertThat(letter().payload()).startsWith('b', 'a', 'd');
        await().untilAsserted(() -> assertThat(calls).containsExactly("doog"));
        await().untilAsserted(() -> assertThat(statistics(container).failed()).isEqualTo(1));
        assertThat(container.getState()).isEqualTo(ContainerState.RUNNING);
    }

    @ParameterizedTest
    @EnumSource
    void interceptorWhenItThrowsBeforeIsAFailureOfThatElement(Thrown thrown) {
        deadLettering();
        ListenerInterceptor interceptor = new ListenerInterceptor() {
            @Override
            public void before(ElementMessage message) {
                if (message.getPayload().equals(13)) {
                    thrown.raise();
                }
            }
        };
        assertOneLetterOf(13, container(IN, InterceptedListener.of(refusingOne(), List.of(interceptor))));
        assertThat(calls).containsExactly(2);
    }

    @ParameterizedTest
    @EnumSource
    void interceptorWhenItThrowsAfterwardsDoesNotHaveTheListenerCalledAgain(Thrown thrown) {
        failures.setRetryPolicy(RetryPolicy.builder().maxRetries(3).delay(Duration.ZERO).build());
        AtomicInteger told = new AtomicInteger();
        ListenerInterceptor interceptor = new ListenerInterceptor() {
            @Override
            public void after(ElementMessage message) {
                told.incrementAndGet();
                thrown.raise();
            }
        };
        ChannelListenerContainer container = container(IN,
                InterceptedListener.of(FunctionElementListener.of(Integer.class, calls::add), List.of(interceptor)));
        template.send("host/in", 1);
        template.send("host/in", 2);
        await().untilAsserted(() -> assertThat(statistics(container).succeeded()).isEqualTo(2));
        assertThat(calls).containsExactly(1, 2);
        assertThat(told).hasValue(2);
    }

    @ParameterizedTest
    @EnumSource
    void interceptorWhenItThrowsAtAFailureLeavesTheFailureAsItIs(Thrown thrown) {
        deadLettering();
        ListenerInterceptor interceptor = new ListenerInterceptor() {
            @Override
            public void failed(ElementMessage message, Throwable failure) {
                thrown.raise();
            }
        };
        template.send("host/in", 1);
        ChannelListenerContainer container = container(IN,
                InterceptedListener.of(refusingOne(), List.of(interceptor)));
        assertThat(letter().headers()).containsEntry(EnvelopeHeaders.CAUSE_CLASS,
                UnsupportedOperationException.class.getName());
        assertThat(container.getState()).isEqualTo(ContainerState.RUNNING);
    }

    @ParameterizedTest
    @EnumSource
    void observationWhenItsHandlerThrowsDoesNotHaveTheListenerCalledAgain(Thrown thrown) {
        failures.setRetryPolicy(RetryPolicy.builder().maxRetries(3).delay(Duration.ZERO).build());
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(new ObservationHandler<>() {
            @Override
            public void onStop(Observation.Context context) {
                thrown.raise();
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return true;
            }
        });
        ChannelListenerContainer container = container(IN,
                new ObservedElementListener(FunctionElementListener.of(Integer.class, calls::add),
                        new ZeroIpcObservations(registry), segments::kindOf));
        template.send("host/in", 1);
        template.send("host/in", 2);
        await().untilAsserted(() -> assertThat(statistics(container).succeeded()).isEqualTo(2));
        assertThat(calls).containsExactly(1, 2);
    }

    @ParameterizedTest
    @EnumSource
    void observationWhenItCannotBeginLeavesTheListenerAlone(Thrown thrown) {
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(new ObservationHandler<>() {
            @Override
            public void onStart(Observation.Context context) {
                thrown.raise();
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return true;
            }
        });
        ChannelListenerContainer container = container(IN,
                new ObservedElementListener(FunctionElementListener.of(Integer.class, calls::add),
                        new ZeroIpcObservations(registry), segments::kindOf));
        template.send("host/in", 1);
        await().untilAsserted(() -> assertThat(statistics(container).succeeded()).isEqualTo(1));
        assertThat(calls).containsExactly(1);
    }

    @ParameterizedTest
    @CsvSource({"false,false", "true,false", "false,true", "true,true"})
    void elementWhenItsOwnConstructorThrowsIsUnreadableAndTheListenerGoesOn(boolean batch, boolean keeping) {
        for (int i = 0; i < Thrown.ALL.size(); i++) {
            calls.clear();
            if (keeping) {
                deadLettering();
            }
            ChannelListenerContainer container = container(new ChannelName("host", "picky"), batch
                    ? FunctionElementListener.ofBatch(Picky.class, calls::addAll)
                    : FunctionElementListener.of(Picky.class, calls::add));
            template.send("host/picky", new Picky(100 + i));
            template.send("host/picky", new Picky(1));
            await().alias(Thrown.ALL.get(i).name())
                    .untilAsserted(() -> assertThat(calls).containsExactly(new Picky(1)));
            await().untilAsserted(() -> assertThat(statistics(container).failed()).isEqualTo(1));
            if (keeping) {
                assertThat(letter().payload()).isEqualTo(Codecs.int32().toBytes(100 + i));
            }
            assertThat(container.getState()).isEqualTo(ContainerState.RUNNING);
            container.stop();
        }
    }

    @ParameterizedTest
    @EnumSource
    void meterOfBatchesWhenItThrowsChangesNothing(Thrown thrown) {
        ChannelListenerContainer container = container(IN,
                FunctionElementListener.ofBatch(Integer.class, calls::addAll));
        statistics(container).observeBatches(_ -> thrown.raise());
        template.send("host/in", 1);
        await().untilAsserted(() -> assertThat(calls).containsExactly(1));
        template.send("host/in", 2);
        await().untilAsserted(() -> assertThat(calls).containsExactly(1, 2));
        assertThat(container.getState()).isEqualTo(ContainerState.RUNNING);
    }

    @ParameterizedTest
    @EnumSource
    void waitStrategyWhenItThrowsIsReplaced(Thrown thrown) {
        settings.setWaitStrategy(new ListenerWaitStrategy("own", _ -> {
            thrown.raise();
            return 0;
        }));
        ChannelListenerContainer container = container(IN, refusingOne());
        await().pollDelay(Duration.ofMillis(20)).until(() -> true);
        template.send("host/in", 2);
        await().untilAsserted(() -> assertThat(calls).containsExactly(2));
        assertThat(container.getState()).isEqualTo(ContainerState.RUNNING);
    }

    @ParameterizedTest
    @EnumSource
    void eventsWhenTheirReceiverThrowsChangeNothing(Thrown thrown) {
        ChannelListenerContainer container = new ChannelListenerContainer("test", List.of(IN), refusingOne(), settings,
                segments);
        listeners.containers.add(container);
        container.setApplicationEventPublisher(_ -> thrown.raise());
        container.start();
        template.send("host/in", 2);
        await().untilAsserted(() -> assertThat(calls).containsExactly(2));
        container.stop();
        assertThat(container.getState()).isEqualTo(ContainerState.STOPPED);
        assertThat(container.isInExpectedState()).isTrue();
    }

    @Test
    void interruptWhenThrownByTheApplicationIsNotTakenForAStop() {
        deadLettering();
        failures.setRetryPolicy(RetryPolicy.builder().predicate(_ -> {
            sneakyThrow(new InterruptedException());
            return true;
        }).build());
        ChannelListenerContainer container = container(IN, refusingOne());
        IntStream.of(1, 2).forEach(value -> template.send("host/in", value));
        await().untilAsserted(() -> assertThat(calls).containsExactly(1, 2));
        assertThat(container.getState()).isEqualTo(ContainerState.RUNNING);
    }

    /** As an application's own type that checks what it is made of: what another program wrote is not of its kind. */
    record Picky(int value) {

        Picky {
            if (value >= 100 && Thread.currentThread().getName().startsWith("test-")) {
                Thrown.ALL.get(value - 100).raise();
            }
        }
    }

    private record Reversing(Thrown thrown) implements PayloadConverter {

        @Override
        public boolean canConvert(Type payloadType, ElementType elementType) {
            return payloadType == StringBuilder.class;
        }

        @Override
        public Object toPayload(Object element, ElementType elementType, Type payloadType) {
            if (element.equals("bad")) {
                thrown.raise();
            }
            return new StringBuilder((String) element).reverse();
        }

        @Override
        public Object toElement(Object payload, ElementType elementType) {
            return payload.toString();
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void sneakyThrow(Throwable error) throws E {
        throw (E) error;
    }
}
