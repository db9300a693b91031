package io.zeroipc.spring.listener;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.messaging.converter.MessageConversionException;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.DefaultSegmentRegistry;
import io.zeroipc.spring.core.ElementTypeException;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.StartupFailurePolicy;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.core.UnknownChannelException;
import io.zeroipc.spring.core.UnsupportedChannelTypeException;
import io.zeroipc.spring.core.ZeroIpcHeaders;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.core.envelope.Envelope;
import io.zeroipc.spring.core.envelope.EnvelopeHeaders;
import io.zeroipc.spring.listener.adapter.FunctionElementListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/** What a listener's failure leads to: further attempts, dead letters, the end of the element or of the listener. */
class ListenerFailureTests {

    private static final ChannelName IN = new ChannelName("host", "in");
    private static final ChannelName ALERTS = new ChannelName("host", "alerts");
    private static final String LETTERS = "host/letters";
    private static final int LETTERS_CAPACITY = 4;
    /** What a letter leaves free for the trace that a template adds: lengths, name and value of one header. */
    private static final int TRACE_BYTES = 4 + 11 + 55;

    @TempDir
    Path directory;

    private final List<Integer> calls = new CopyOnWriteArrayList<>();
    private final ListenerSettings settings = new ListenerSettings();
    private final FailureSettings failures = settings.failures();
    @RegisterExtension
    final RunningListeners listeners = new RunningListeners();
    private final DefaultSegmentRegistry segments = listeners.segments;
    private final ZeroIpcTemplate template = listeners.template;
    private final List<ChannelListenerContainer> containers = listeners.containers;

    @BeforeEach
    void openSegment() {
        segments.define(Fixtures
                .host(Fixtures.queue("in", Codecs.int32(), 64), Fixtures.queue("alerts", Fixtures.ALERTS),
                        Fixtures.queue("frames", Codecs.frame(128)), Fixtures.queue("same", Codecs.int32(), 8),
                        Fixtures.queue("other", Codecs.float64()), Fixtures.queue("small", Codecs.frame(64)),
                        Fixtures.queue("letters", Codecs.frame(512), LETTERS_CAPACITY),
                        Fixtures.queue("faces", Codecs.record(Faces.class)),
                        StructureDefinition.of("ring", SharedRing.spec(Codecs.int32(), 8), Codecs.int32()))
                .openedBy(Fixtures.file(directory)::openOrCreate));
    }

    private ChannelListenerContainer container(ChannelName channel, ElementListener listener) {
        ChannelListenerContainer container = new ChannelListenerContainer("test", List.of(channel), listener, settings,
                segments);
        containers.add(container);
        container.check();
        container.start();
        return container;
    }

    private ChannelListenerContainer failing() {
        return container(IN, FunctionElementListener.of(Integer.class, value -> {
            calls.add(value);
            throw new IllegalArgumentException("cannot " + value);
        }));
    }

    /** Fails always, and deals with its last failure as it is told. */
    private static final class Recovering extends ListenerWrapper {

        private final List<ListenerExecutionFailedException> seen;
        private final boolean able;

        Recovering(List<ListenerExecutionFailedException> seen, boolean able) {
            super(new Listening(false, message -> {
                throw new IllegalStateException("cannot " + message.getPayload());
            }));
            this.seen = seen;
            this.able = able;
        }

        @Override
        public boolean recover(ListenerExecutionFailedException failure) {
            seen.add(failure);
            if (!able) {
                throw new IllegalArgumentException("and cannot recover");
            }
            return true;
        }
    }

    @Test
    void failureWhenTheListenerDealsWithItItselfGoesNowhereElse() {
        failures.setMaxRetries(2);
        settings.failures().setRecoverer(ChannelMessageRecoverer.STOP);
        List<ListenerExecutionFailedException> seen = new CopyOnWriteArrayList<>();
        ChannelListenerContainer container = container(IN,
                InterceptedListener.of(new Recovering(seen, true), List.of(new ListenerInterceptor() {})));
        template.send("host/in", 7);
        template.send("host/in", 8);
        await().untilAsserted(() -> assertThat(statistics(container).failed()).isEqualTo(2));
        assertThat(seen).extracting(ListenerExecutionFailedException::attempts).containsExactly(3, 3);
        assertThat(statistics(container).discarded()).isZero();
        assertThat(container.getState()).isEqualTo(ContainerState.RUNNING);
    }

    @Test
    void failureWhenTheListenerCannotDealWithItIsLeftToTheRecoverer() {
        List<ListenerExecutionFailedException> seen = new CopyOnWriteArrayList<>();
        ChannelListenerContainer container = container(IN, new Recovering(seen, false));
        template.send("host/in", 7);
        await().untilAsserted(() -> assertThat(statistics(container).discarded()).isEqualTo(1));
        assertThat(seen).singleElement()
                .satisfies(failure -> assertThat(failure.getSuppressed()).singleElement()
                        .satisfies(thrown -> assertThat(thrown).hasMessage("and cannot recover")));
    }

    private static ChannelStatistics statistics(ChannelListenerContainer container) {
        return container.getStatistics().firstEntry().getValue();
    }

    private Envelope letter() {
        List<byte[]> letters = new ArrayList<>();
        await().until(() -> {
            byte[] letter = template.tryReceive(LETTERS, byte[].class);
            return letter != null && letters.add(letter);
        });
        return Envelope.parse(letters.getFirst());
    }

    // Attempts

    @Test
    void listenerWhenItFailsIsCalledAgainUntilItReturns() {
        failures.setRetryPolicy(RetryPolicy.builder().maxRetries(5).delay(Duration.ofMillis(1)).build());
        List<Object> attempts = new CopyOnWriteArrayList<>();
        ChannelListenerContainer container = container(IN, new Listening(false, message -> {
            attempts.add(message.getHeaders().get(ZeroIpcHeaders.DELIVERY_ATTEMPT));
            if (message.deliveryAttempt() < 3) {
                throw new IllegalStateException("not yet");
            }
        }));
        template.send("host/in", 1);
        template.send("host/in", 2);
        await().untilAsserted(() -> assertThat(attempts).containsExactly(1, 2, 3, 1, 2, 3));
        await().untilAsserted(() -> {
            assertThat(statistics(container).succeeded()).isEqualTo(2);
            assertThat(statistics(container).failed()).isZero();
            assertThat(statistics(container).retried()).isEqualTo(4);
            assertThat(statistics(container).discarded()).isZero();
        });
    }

    @Test
    void listenerWhenItFailsTimeAfterTimeIsCalledAsOftenAsSettingsSay() {
        settings.set(FailureSettings.RETRY_ENABLED, true)
                .set(FailureSettings.RETRY_MAX_RETRIES, 2L)
                .set(FailureSettings.RETRY_DELAY, Duration.ofMillis(1));
        ChannelListenerContainer container = failing();
        template.send("host/in", 7);
        template.send("host/in", 8);
        await().untilAsserted(() -> assertThat(calls).containsExactly(7, 7, 7, 8, 8, 8));
        await().untilAsserted(() -> {
            assertThat(statistics(container).failed()).isEqualTo(2);
            assertThat(statistics(container).retried()).isEqualTo(4);
            assertThat(statistics(container).discarded()).isEqualTo(2);
        });
        assertThat(container.getState()).isEqualTo(ContainerState.RUNNING);
    }

    @Test
    void retryPolicyWhenOnlyNumbersAreSetHasTheDocumentedOnes() {
        assertThat(failures.getRetryPolicy()).isNull();
        settings.set(FailureSettings.RETRY_ENABLED, true);
        var backOff = failures.getRetryPolicy().getBackOff().start();
        assertThat(LongStream.range(0, 4).map(_ -> backOff.nextBackOff())).containsExactly(100L, 100L, 100L, -1L);
        settings.set(FailureSettings.RETRY_MULTIPLIER, 10.0)
                .set(FailureSettings.RETRY_MAX_DELAY, Duration.ofSeconds(2));
        var growing = failures.getRetryPolicy().getBackOff().start();
        assertThat(LongStream.range(0, 4).map(_ -> growing.nextBackOff())).containsExactly(100L, 1000L, 2000L, -1L);
        settings.set(FailureSettings.RETRY_MAX_DELAY, Duration.ofMillis(20));
        assertThat(failures.getRetryPolicy().getBackOff().start().nextBackOff()).isEqualTo(20);
    }

    @Test
    void settingWhenItCannotWorkIsRefused() {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> settings.set(FailureSettings.RETRY_MULTIPLIER, 0.5))
                .withMessage("listener setting is not valid: retry.multiplier=0.5 (expected: 1 or more)");
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> failures.setMaxRetries(-1))
                .withMessageContaining("retry.maxRetries=-1");
    }

    @Test
    void listenerWhenAnotherAttemptIsOfNoUseIsCalledOnce() {
        failures.setMaxRetries(10);
        List<Throwable> errors = List.of(new MessageConversionException("no number"),
                new IllegalStateException(
                        new ElementTypeException(IN, "int32", "java.lang.String", "of the test")),
                new StackOverflowError());
        ChannelListenerContainer container = container(IN, new Listening(false, message -> {
            calls.add((Integer) message.getPayload());
            sneakyThrow(errors.get((Integer) message.getPayload()));
        }));
        IntStream.range(0, 3).forEach(value -> template.send("host/in", value));
        await().untilAsserted(() -> assertThat(statistics(container).discarded()).isEqualTo(3));
        assertThat(calls).containsExactly(0, 1, 2);
        assertThat(statistics(container).retried()).isZero();
    }

    @Test
    void listenerWhenThePolicyExcludesAnExceptionIsCalledOnce() {
        failures.setRetryPolicy(
                RetryPolicy.builder().delay(Duration.ZERO).excludes(IllegalArgumentException.class).build());
        ChannelListenerContainer container = failing();
        template.send("host/in", 1);
        await().untilAsserted(() -> assertThat(statistics(container).discarded()).isEqualTo(1));
        assertThat(calls).containsExactly(1);
    }

    @Test
    void listenerWhenTheTimeOfThePolicyIsOverIsNotCalledAgain() {
        failures.setRetryPolicy(RetryPolicy.builder()
                .maxRetries(Long.MAX_VALUE)
                .delay(Duration.ofMillis(1))
                .timeout(Duration.ofMillis(50))
                .build());
        ChannelListenerContainer container = failing();
        template.send("host/in", 1);
        await().untilAsserted(() -> assertThat(statistics(container).discarded()).isEqualTo(1));
        assertThat(calls).hasSizeGreaterThan(1).containsOnly(1);
    }

    @Test
    void listenerWhenTheNextAttemptWouldComeTooLateForThePolicyIsNotWaitedFor() {
        failures.setRetryPolicy(
                RetryPolicy.builder().delay(Duration.ofHours(1)).timeout(Duration.ofMinutes(30)).build());
        ChannelListenerContainer container = failing();
        template.send("host/in", 1);
        await().untilAsserted(() -> assertThat(statistics(container).discarded()).isEqualTo(1));
        assertThat(calls).containsExactly(1);
    }

    @Test
    void listenerWhenTheDelayGrowsIsCalledAgainLaterEachTime() {
        List<Long> times = new CopyOnWriteArrayList<>();
        settings.set(FailureSettings.RETRY_ENABLED, true)
                .set(FailureSettings.RETRY_MAX_RETRIES, 4L)
                .set(FailureSettings.RETRY_DELAY, Duration.ofMillis(10))
                .set(FailureSettings.RETRY_MULTIPLIER, 4.0)
                .set(FailureSettings.RETRY_MAX_DELAY, Duration.ofMillis(100));
        ChannelListenerContainer container = container(IN, new Listening(false, _ -> {
            times.add(System.nanoTime());
            throw new IllegalArgumentException("never");
        }));
        template.send("host/in", 1);
        await().untilAsserted(() -> assertThat(statistics(container).discarded()).isEqualTo(1));
        assertThat(times).hasSize(5);
        long[] least = {10, 40, 100, 100};
        for (int i = 0; i < least.length; i++) {
            assertThat(TimeUnit.NANOSECONDS.toMillis(times.get(i + 1) - times.get(i))).as("pause " + i)
                    .isGreaterThanOrEqualTo(least[i]);
        }
    }

    @Test
    void stopWhenWaitingForTheNextAttemptReturnsAndTheElementGoesWhereFailedOnesGo() {
        failures.setRetryPolicy(RetryPolicy.builder().maxRetries(3).delay(Duration.ofHours(1)).build());
        failures.setFailureAction(FailureAction.DEAD_LETTER).setDeadLetterChannel(LETTERS);
        settings.setShutdownTimeout(Duration.ofMinutes(10));
        ChannelListenerContainer container = failing();
        template.send("host/in", 1);
        await().until(() -> !calls.isEmpty());
        // Returns long before the shutdown timeout: nothing is interrupted.
        container.stop();
        assertThat(container.getState()).isEqualTo(ContainerState.STOPPED);
        assertThat(container.isInExpectedState()).isTrue();
        assertThat(calls).containsExactly(1);
        assertThat(letter().header(EnvelopeHeaders.ATTEMPTS)).contains("1");
    }

    @Test
    void pauseWhenWaitingForTheNextAttemptComesAfterTheElement() {
        failures.setRetryPolicy(RetryPolicy.builder().maxRetries(1).delay(Duration.ofMillis(50)).build());
        ChannelListenerContainer container = container(IN, FunctionElementListener.of(Integer.class, value -> {
            calls.add(value);
            containers.getFirst().pause();
            throw new IllegalArgumentException();
        }));
        template.send("host/in", 1);
        template.send("host/in", 2);
        await().until(container::isPaused);
        assertThat(calls).containsExactly(1, 1);
    }

    // Error handlers

    @Test
    void errorHandlerWhenItReturnsEndsTheMatter() {
        failures.setMaxRetries(3).setFailureAction(FailureAction.STOP);
        settings.setErrorHandler(failure -> "handled " + failure.attempts());
        ChannelListenerContainer container = failing();
        template.send("host/in", 1);
        await().untilAsserted(() -> assertThat(statistics(container).failed()).isEqualTo(1));
        assertThat(calls).containsExactly(1);
        assertThat(statistics(container).discarded()).isZero();
        assertThat(container.getState()).isEqualTo(ContainerState.RUNNING);
    }

    @Test
    void errorHandlerWhenItThrowsLeavesItToRetryAndRecoverer() {
        List<Integer> attempts = new CopyOnWriteArrayList<>();
        List<Throwable> suppressed = new CopyOnWriteArrayList<>();
        failures.setRetryPolicy(RetryPolicy.builder().maxRetries(2).delay(Duration.ofMillis(1)).build());
        failures.setRecoverer(failure -> {
            suppressed.addAll(List.of(failure.getSuppressed()));
            return FailureAction.DISCARD;
        });
        settings.setErrorHandler(failure -> {
            attempts.add(failure.attempts());
            if (failure.attempts() == 3) {
                throw new IllegalStateException("handler fails");
            }
            throw failure;
        });
        failing();
        template.send("host/in", 1);
        await().untilAsserted(() -> assertThat(suppressed).hasSize(1));
        assertThat(attempts).containsExactly(1, 2, 3);
        assertThat(suppressed.getFirst()).hasMessage("handler fails");
    }

    // Dead letters

    @Test
    void deadLetterWhenTargetHasFramesIsAnEnvelopeThatCanBeDecoded() {
        failures.setRetryPolicy(RetryPolicy.builder().maxRetries(2).delay(Duration.ofMillis(1)).build());
        failures.setFailureAction(FailureAction.DEAD_LETTER).setDeadLetterChannel(LETTERS);
        ChannelListenerContainer container = container(ALERTS,
                FunctionElementListener.of(Fixtures.Alert.class, alert -> {
                    throw new IllegalArgumentException("level " + alert.level());
                }));
        Instant before = Instant.now().minusMillis(1);
        template.send("host/alerts", new Fixtures.Alert(3, 0.5));
        template.send("host/alerts", new Fixtures.Alert(4, 1.5));

        assertThat(letter().payload()).isEqualTo(Fixtures.ALERTS.toBytes(new Fixtures.Alert(3, 0.5)));
        Envelope letter = letter();
        assertThat(letter.headers()).containsEntry(EnvelopeHeaders.SOURCE_CHANNEL, "host/alerts")
                .containsEntry(EnvelopeHeaders.LISTENER_ID, "test")
                .containsEntry(EnvelopeHeaders.ATTEMPTS, "3")
                .containsEntry(EnvelopeHeaders.CAUSE_CLASS, IllegalArgumentException.class.getName())
                .containsEntry(EnvelopeHeaders.CAUSE_MESSAGE, "level 4")
                .containsEntry(EnvelopeHeaders.ELEMENT_TYPE, Fixtures.Alert.class.getName());
        assertThat(Instant.parse(letter.header(EnvelopeHeaders.TIME).orElseThrow())).isBetween(before, Instant.now());
        String elementType = letter.header(EnvelopeHeaders.ELEMENT_TYPE).orElseThrow();
        assertThat(Codecs.forType(elementType, null).fromBytes(letter.payload())).isEqualTo(new Fixtures.Alert(4, 1.5));
        await().untilAsserted(() -> {
            assertThat(statistics(container).deadLettered()).isEqualTo(2);
            assertThat(statistics(container).retried()).isEqualTo(4);
            assertThat(statistics(container).discarded()).isZero();
        });
    }

    @Test
    void deadLetterWhenTheStructureCountsHasThePositionOfTheElement() {
        failures.setFailureAction(FailureAction.DEAD_LETTER).setDeadLetterChannel(LETTERS);
        container(new ChannelName("host", "ring"), FunctionElementListener.of(Integer.class, value -> {
            if (value == 2) {
                throw new IllegalStateException();
            }
        }));
        IntStream.range(0, 4).forEach(value -> template.send("host/ring", value));
        assertThat(letter().header(EnvelopeHeaders.SOURCE_SEQUENCE)).contains("2");
    }

    @Test
    void deadLetterWhenListenerTakesBytesInPlaceHasTheSamePayload() {
        failures.setFailureAction(FailureAction.DEAD_LETTER).setDeadLetterChannel(LETTERS);
        container(ALERTS, new Listening(false, PayloadForm.VIEW, _ -> {
            throw new IllegalStateException();
        }));
        template.send("host/alerts", new Fixtures.Alert(3, 0.5));
        Envelope letter = letter();
        assertThat(Fixtures.ALERTS.fromBytes(letter.payload())).isEqualTo(new Fixtures.Alert(3, 0.5));
        assertThat(letter.header(EnvelopeHeaders.CAUSE_MESSAGE)).isEmpty();
    }

    @Test
    void deadLetterWhenTheElementIsAnEnvelopeKeepsItsTraceAndLeavesTheUnusedEndOut() {
        failures.setFailureAction(FailureAction.DEAD_LETTER).setDeadLetterChannel(LETTERS);
        container(new ChannelName("host", "frames"), FunctionElementListener.of(byte[].class, _ -> {
            throw new IllegalStateException("no");
        }));
        Envelope request = Envelope.of(new byte[] {1})
                .header(EnvelopeHeaders.CORRELATION_ID, "c-1")
                .header(EnvelopeHeaders.TRACEPARENT, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .header(EnvelopeHeaders.TRACESTATE, "a=1")
                .build();
        template.send("host/frames", request.toBytes());
        Envelope letter = letter();
        assertThat(letter.headers()).containsEntry(EnvelopeHeaders.CORRELATION_ID, "c-1")
                .containsEntry(EnvelopeHeaders.TRACEPARENT, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .containsEntry(EnvelopeHeaders.TRACESTATE, "a=1")
                .containsEntry(EnvelopeHeaders.ELEMENT_TYPE, "frame(128)");
        assertThat(letter.payloadSize()).isEqualTo(4 + request.size());
        assertThat((byte[]) Codecs.forType("frame(128)", null).fromBytes(letter.payload()))
                .isEqualTo(request.toBytes());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void deadLetterWhenElementCannotBeReadIsItsBytes(boolean batch) {
        failures.setFailureAction(FailureAction.DEAD_LETTER).setDeadLetterChannel(LETTERS);
        sendFaces(1, 77, 78, 0);
        List<Object> seen = new CopyOnWriteArrayList<>();
        ChannelListenerContainer container = container(new ChannelName("host", "faces"), batch
                ? FunctionElementListener.ofBatch(Faces.class, seen::addAll)
                : FunctionElementListener.of(Faces.class, seen::add));
        for (int ordinal : new int[] {77, 78}) {
            Envelope letter = letter();
            assertThat(letter.payload()).isEqualTo(Codecs.int32().toBytes(ordinal));
            assertThat(letter.headers()).containsEntry(EnvelopeHeaders.CONTENT_TYPE, EnvelopeHeaders.RAW)
                    .containsEntry(EnvelopeHeaders.ELEMENT_TYPE, Faces.class.getName())
                    .containsEntry(EnvelopeHeaders.ATTEMPTS, "0")
                    .containsEntry(EnvelopeHeaders.CAUSE_CLASS, ZeroIpcException.class.getName());
            assertThat(letter.header(EnvelopeHeaders.CAUSE_MESSAGE).orElseThrow()).contains("value=" + ordinal);
        }
        await().untilAsserted(() -> assertThat(seen).containsExactly(new Faces(Face.SAD), new Faces(Face.GLAD)));
        await().untilAsserted(() -> {
            assertThat(statistics(container).deadLettered()).isEqualTo(2);
            assertThat(statistics(container).failed()).isEqualTo(2);
        });
    }

    @Test
    void failuresWhenSeveralOfABatchCannotBeReadAreAllCounted() {
        sendFaces(1, 77, 78, 79, 0);
        List<Faces> seen = new CopyOnWriteArrayList<>();
        ChannelListenerContainer container = container(new ChannelName("host", "faces"),
                FunctionElementListener.ofBatch(Faces.class, seen::addAll));
        await().untilAsserted(() -> assertThat(statistics(container).discarded()).isEqualTo(3));
        await().untilAsserted(() -> assertThat(seen).containsExactly(new Faces(Face.SAD), new Faces(Face.GLAD)));
        assertThat(container.getConsumers()).singleElement()
                .satisfies(consumer -> assertThat(consumer.processed()).isEqualTo(5));
    }

    @Test
    void deadLetterWhenTheMessageIsTooLongIsCutAndSaysSo() {
        failures.setFailureAction(FailureAction.DEAD_LETTER).setDeadLetterChannel(LETTERS);
        container(IN, FunctionElementListener.of(Integer.class, _ -> {
            throw new IllegalStateException("x".repeat(5000));
        }));
        template.send("host/in", 1);
        Envelope letter = letter();
        assertThat(letter.header(EnvelopeHeaders.CAUSE_MESSAGE).orElseThrow()).startsWith("xxx")
                .endsWith(Envelope.CUT_MARK);
        assertThat(letter.size()).isEqualTo(512 - TRACE_BYTES);
    }

    @Test
    void deadLetterWhenTargetHasTheSameElementsIsTheElement() {
        failures.setFailureAction(FailureAction.DEAD_LETTER).setDeadLetterChannel("host/same");
        failing();
        template.send("host/in", 77);
        await().until(() -> Integer.valueOf(77).equals(template.tryReceive("host/same", Integer.class)));
    }

    @Test
    void deadLetterWhenABatchFailsIsOneForEachElement() {
        failures.setRetryPolicy(RetryPolicy.builder().maxRetries(1).delay(Duration.ofMillis(1)).build());
        failures.setFailureAction(FailureAction.DEAD_LETTER).setDeadLetterChannel("host/same");
        List<List<Integer>> batches = new CopyOnWriteArrayList<>();
        List.of(1, 2, 3).forEach(value -> template.send("host/in", value));
        ChannelListenerContainer container = container(IN, FunctionElementListener.ofBatch(Integer.class, batch -> {
            batches.add(List.copyOf(batch));
            throw new IllegalStateException("one of them");
        }));
        await().untilAsserted(() -> assertThat(statistics(container).deadLettered()).isEqualTo(3));
        assertThat(batches).containsExactly(List.of(1, 2, 3), List.of(1, 2, 3));
        assertThat(IntStream.range(0, 3).mapToObj(_ -> template.tryReceive("host/same", Integer.class)))
                .containsExactly(1, 2, 3);
        assertThat(statistics(container).failed()).isEqualTo(3);
        assertThat(statistics(container).retried()).isEqualTo(3);
    }

    @Test
    void deadLetterWhenTargetIsFullIsDiscarded() {
        failures.setFailureAction(FailureAction.DEAD_LETTER).setDeadLetterChannel(LETTERS);
        ChannelListenerContainer container = failing();
        IntStream.range(0, LETTERS_CAPACITY + 3).forEach(value -> template.send("host/in", value));
        await().untilAsserted(() -> assertThat(statistics(container).discarded()).isEqualTo(3));
        assertThat(statistics(container).deadLettered()).isEqualTo(LETTERS_CAPACITY);
        assertThat(container.getState()).isEqualTo(ContainerState.RUNNING);
    }

    @Test
    void deadLetterWhenTargetIsFullAndItIsToBlockWaitsForRoom() {
        failures.setFailureAction(FailureAction.DEAD_LETTER)
                .setDeadLetterChannel(LETTERS)
                .setDeadLetterFullAction(DeadLetterFullAction.BLOCK);
        ChannelListenerContainer container = failing();
        IntStream.range(0, LETTERS_CAPACITY + 2).forEach(value -> template.send("host/in", value));
        await().until(() -> calls.size() == LETTERS_CAPACITY + 1);
        for (int i = 0; i < LETTERS_CAPACITY + 2; i++) {
            assertThat(letter().header(EnvelopeHeaders.CAUSE_MESSAGE)).contains("cannot " + i);
        }
        await().untilAsserted(() -> assertThat(statistics(container).deadLettered()).isEqualTo(LETTERS_CAPACITY + 2));
        assertThat(statistics(container).discarded()).isZero();
    }

    @Test
    void stopWhenADeadLetterWaitsForRoomReturns() {
        failures.setFailureAction(FailureAction.DEAD_LETTER)
                .setDeadLetterChannel(LETTERS)
                .setDeadLetterFullAction(DeadLetterFullAction.BLOCK);
        settings.setShutdownTimeout(Duration.ofMinutes(10));
        ChannelListenerContainer container = failing();
        IntStream.range(0, LETTERS_CAPACITY + 2).forEach(value -> template.send("host/in", value));
        await().until(() -> calls.size() == LETTERS_CAPACITY + 1);
        container.stop();
        assertThat(container.isInExpectedState()).isTrue();
        assertThat(statistics(container).discarded()).isEqualTo(1);
        assertThat(template.tryReceive("host/in", Integer.class)).isEqualTo(LETTERS_CAPACITY + 1);
    }

    @Test
    void deadLetterWhenTargetIsFullAndItIsToStopEndsTheListener() {
        failures.setFailureAction(FailureAction.DEAD_LETTER)
                .setDeadLetterChannel(LETTERS)
                .setDeadLetterFullAction(DeadLetterFullAction.STOP);
        ChannelListenerContainer container = failing();
        IntStream.range(0, LETTERS_CAPACITY + 2).forEach(value -> template.send("host/in", value));
        await().until(() -> container.getState() == ContainerState.FAILED && !container.isRunning());
        assertThat(container.isInExpectedState()).isFalse();
        assertThat(statistics(container).deadLettered()).isEqualTo(LETTERS_CAPACITY);
        assertThat(statistics(container).discarded()).isEqualTo(1);
        assertThat(template.tryReceive("host/in", Integer.class)).isEqualTo(LETTERS_CAPACITY + 1);
    }

    @Test
    void deadLetterWhenItDoesNotFitIsDiscardedAndTheListenerGoesOn() {
        failures.setFailureAction(FailureAction.DEAD_LETTER)
                .setDeadLetterChannel("host/small")
                .setDeadLetterFullAction(DeadLetterFullAction.BLOCK);
        ChannelListenerContainer container = failing();
        template.send("host/in", 1);
        template.send("host/in", 2);
        await().untilAsserted(() -> assertThat(statistics(container).discarded()).isEqualTo(2));
        assertThat(statistics(container).deadLettered()).isZero();
    }

    @Test
    void deadLetterWhenItsSegmentIsAbsentWaitsForItToComeBack() {
        Path file = directory.resolve("graveyard.zipc");
        segments.define(SegmentDefinition.named("graveyard")
                .startupFailurePolicy(StartupFailurePolicy.CONTINUE)
                .structures(List.of(Fixtures.queue("letters", Codecs.frame(400))))
                .openedBy(() -> Segment.at(file).label("graveyard").open()));
        failures.setFailureAction(FailureAction.DEAD_LETTER)
                .setDeadLetterChannel("graveyard/letters")
                .setDeadLetterFullAction(DeadLetterFullAction.BLOCK);
        ChannelListenerContainer container = failing();
        template.send("host/in", 1);
        await().until(() -> !calls.isEmpty());
        assertThat(statistics(container).discarded()).isZero();
        try (Segment made = Segment.at(file).label("graveyard").size(1 << 16).create()) {
            assertThat(made.name()).isNotNull();
            SharedQueue.create(made, "letters", Codecs.frame(400), 64);
            await().untilAsserted(() -> assertThat(statistics(container).deadLettered()).isEqualTo(1));
        }
        assertThat(Envelope.parse(template.tryReceive("graveyard/letters", byte[].class))
                .header(EnvelopeHeaders.CAUSE_MESSAGE)).contains("cannot 1");
    }

    @Test
    void deadLetterWhenItsSegmentIsAbsentIsDiscardedByDefault() {
        segments.define(SegmentDefinition.named("graveyard")
                .startupFailurePolicy(StartupFailurePolicy.CONTINUE)
                .structures(List.of(Fixtures.queue("letters", Codecs.frame(400))))
                .openedBy(() -> Segment.at(directory.resolve("graveyard.zipc")).label("graveyard").open()));
        failures.setFailureAction(FailureAction.DEAD_LETTER).setDeadLetterChannel("graveyard/letters");
        ChannelListenerContainer container = failing();
        template.send("host/in", 1);
        template.send("host/in", 2);
        await().untilAsserted(() -> assertThat(statistics(container).discarded()).isEqualTo(2));
        assertThat(container.getState()).isEqualTo(ContainerState.RUNNING);
    }

    // Recoverers, and what is refused

    @Test
    void failureActionWhenItIsToStopEndsTheListenerAndTakesNoFurtherElement() {
        failures.setFailureAction(FailureAction.STOP);
        ChannelListenerContainer container = failing();
        template.send("host/in", 1);
        await().until(() -> container.getState() == ContainerState.FAILED && !container.isRunning());
        template.send("host/in", 2);
        assertThat(container.getLastError().message()).isEqualTo("cannot 1");
        assertThat(statistics(container).discarded()).isEqualTo(1);
        container.start();
        await().until(() -> calls.size() == 2);
    }

    @Test
    void failureActionWhenItIsToStopLeavesTheElementWhereTheStructureKeepsIt() {
        failures.setFailureAction(FailureAction.STOP);
        ChannelListenerContainer container = failingOnce(new ChannelName("host", "ring"));
        template.send("host/ring", 1);
        template.send("host/ring", 2);
        await().until(() -> container.getState() == ContainerState.FAILED && !container.isRunning());
        assertThat(statistics(container).discarded()).isZero();
        container.start();
        await().untilAsserted(() -> assertThat(calls).containsExactly(1, 1, 2));
    }

    @Test
    void stopWhenWaitingForTheNextAttemptLeavesTheElementWhereTheStructureKeepsIt() {
        failures.setRetryPolicy(RetryPolicy.builder().maxRetries(3).delay(Duration.ofHours(1)).build());
        failures.setFailureAction(FailureAction.DEAD_LETTER).setDeadLetterChannel(LETTERS);
        ChannelListenerContainer container = failingOnce(new ChannelName("host", "ring"));
        template.send("host/ring", 1);
        await().until(() -> !calls.isEmpty());
        container.stop();
        assertThat(statistics(container).deadLettered()).isZero();
        assertThat(statistics(container).discarded()).isZero();
        container.start();
        await().untilAsserted(() -> assertThat(calls).containsExactly(1, 1));
    }

    private ChannelListenerContainer failingOnce(ChannelName channel) {
        return container(channel, FunctionElementListener.of(Integer.class, value -> {
            calls.add(value);
            if (calls.size() == 1) {
                throw new IllegalArgumentException("cannot " + value);
            }
        }));
    }

    @Test
    void recovererWhenItDecidesIsFollowed() {
        failures.setDeadLetterChannel("host/same");
        failures.setRecoverer(failure -> {
            int value = (Integer) failure.elementMessage().getPayload();
            return value % 2 == 0 ? FailureAction.DEAD_LETTER : FailureAction.DISCARD;
        });
        ChannelListenerContainer container = failing();
        IntStream.rangeClosed(1, 4).forEach(value -> template.send("host/in", value));
        await().untilAsserted(() -> assertThat(statistics(container).deadLettered()).isEqualTo(2));
        await().untilAsserted(() -> assertThat(statistics(container).discarded()).isEqualTo(2));
        assertThat(template.tryReceive("host/same", Integer.class)).isEqualTo(2);
        assertThat(template.tryReceive("host/same", Integer.class)).isEqualTo(4);
    }

    @Test
    void recovererWhenItFailsDiscardsAndTheListenerGoesOn() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(3);
        failures.setRecoverer(_ -> {
            asked.countDown();
            if (asked.getCount() == 0) {
                throw new StackOverflowError();
            }
            throw new Exception("recoverer is broken");
        });
        ChannelListenerContainer container = failing();
        IntStream.range(0, 3).forEach(value -> template.send("host/in", value));
        assertThat(asked.await(1, TimeUnit.MINUTES)).isTrue();
        await().untilAsserted(() -> assertThat(statistics(container).discarded()).isEqualTo(3));
        assertThat(container.getState()).isEqualTo(ContainerState.RUNNING);
    }

    @Test
    void recovererWhenItWantsDeadLettersWithoutAChannelDiscards() {
        failures.setRecoverer(ChannelMessageRecoverer.DEAD_LETTER);
        ChannelListenerContainer container = failing();
        template.send("host/in", 1);
        await().untilAsserted(() -> assertThat(statistics(container).discarded()).isEqualTo(1));
    }

    @Test
    void checkWhenTargetCarriesOtherElementsRefusesAndNamesWhatWouldDo() {
        failures.setFailureAction(FailureAction.DEAD_LETTER).setDeadLetterChannel("host/other");
        assertThatExceptionOfType(ElementTypeException.class).isThrownBy(this::failing)
                .withMessageContainingAll("channel=host/other, elements=float64, type=int32",
                        "dead letters of listener test from host/in",
                        "zeroipc.listener.dead-letter.channel names a channel of type frame(n)", "or of int32");
        // The same before the structures are there.
        segments.define(SegmentDefinition.named("later")
                .startupFailurePolicy(StartupFailurePolicy.CONTINUE)
                .structures(List.of(Fixtures.queue("letters", Codecs.string(8))))
                .openedBy(() -> Segment.at(directory.resolve("later.zipc")).open()));
        failures.setDeadLetterChannel("later/letters");
        assertThatExceptionOfType(ElementTypeException.class).isThrownBy(this::failing)
                .withMessageContaining("channel=later/letters, elements=string(8), type=int32");
    }

    @Test
    void checkWhenTargetIsUnknownOrMissingOrTheSourceRefuses() {
        failures.setFailureAction(FailureAction.DEAD_LETTER);
        assertThatExceptionOfType(InvalidListenerException.class).isThrownBy(this::failing)
                .withMessageContainingAll("listener=test, failure-action=dead-letter",
                        "zeroipc.listener.dead-letter.channel");
        failures.setDeadLetterChannel("host/lettres");
        assertThatExceptionOfType(UnknownChannelException.class).isThrownBy(this::failing)
                .satisfies(e -> assertThat(e.requestedBy()).isEqualTo("dead letters of listener test"))
                .satisfies(e -> assertThat(e.nearMatches()).contains("host/letters"));
        failures.setDeadLetterChannel("host/in");
        assertThatExceptionOfType(UnsupportedChannelTypeException.class).isThrownBy(this::failing)
                .withMessageContaining("again and again");
    }

    /** As another program that knows more faces. */
    private void sendFaces(int... ordinals) {
        segments.structure(new ChannelName("host", "faces"));
        try (Segment peer = Fixtures.file(directory).open()) {
            SharedQueue<Integer> faces = SharedQueue.open(peer, "faces", Codecs.int32());
            IntStream.of(ordinals).forEach(faces::offer);
        }
    }

    enum Face {
        GLAD, SAD
    }

    record Faces(Face face) {}

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void sneakyThrow(Throwable error) throws E {
        throw (E) error;
    }
}
