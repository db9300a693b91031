package io.zeroipc.spring.config;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Headers;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.messaging.handler.annotation.support.MethodArgumentNotValidException;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;
import org.springframework.validation.Validator;
import org.springframework.validation.annotation.Validated;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.Fixtures.Alert;
import io.zeroipc.spring.TestContexts;
import io.zeroipc.spring.TestContexts.TestContext;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.core.ElementTypeException;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.ZeroIpcHeaders;
import io.zeroipc.spring.listener.ElementMessage;
import io.zeroipc.spring.listener.InvalidListenerException;
import io.zeroipc.spring.listener.ListenerExecutionFailedException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a listener method may declare, and what it gets. */
class ChannelListenerPayloadTests {

    @TempDir
    Path directory;

    private <T> SegmentDefinition channel(Codec<T> codec) {
        return Fixtures.host(Fixtures.queue("in", codec)).openedBy(Fixtures.file(directory)::openOrCreate);
    }

    private <T> Object received(Codec<T> codec, T element, Class<? extends Recorder> listener) throws Exception {
        try (TestContext context = TestContexts.open(channel(codec), listener)) {
            context.template().send("host/in", element);
            return context.getBean(Recorder.class).next();
        }
    }

    @Test
    void listenerWhenElementIsRecordGetsRecord() throws Exception {
        assertThat(received(Fixtures.ALERTS, new Alert(3, 0.5), RecordListener.class)).isEqualTo(new Alert(3, 0.5));
    }

    @Test
    void listenerWhenElementIsPrimitiveGetsPrimitive() throws Exception {
        assertThat(received(Codecs.int64(), 42L, PrimitiveListener.class)).isEqualTo(42L);
    }

    @Test
    void listenerWhenElementIsTextGetsString() throws Exception {
        assertThat(received(Codecs.string(16), "overheated", StringListener.class)).isEqualTo("overheated");
    }

    @Test
    void listenerWhenElementIsFrameGetsItsBytesWithoutPadding() throws Exception {
        assertThat(received(Codecs.frame(32), new byte[] {1, 2, 3}, BytesListener.class))
                .isEqualTo(new byte[] {1, 2, 3});
    }

    @Test
    void listenerWhenBytesOfRecordAreDeclaredGetsCopyOfTheSlot() throws Exception {
        Object bytes = received(Fixtures.ALERTS, new Alert(7, 1.25), BytesListener.class);
        ByteBuffer buffer = ByteBuffer.wrap((byte[]) bytes).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(buffer.capacity()).isEqualTo(16);
        assertThat(buffer.getInt(0)).isEqualTo(7);
        assertThat(buffer.getDouble(8)).isEqualTo(1.25);
    }

    @Test
    void listenerWhenViewIsDeclaredReadsTheSlotInPlace() throws Exception {
        assertThat(received(Fixtures.ALERTS, new Alert(9, 2.5), ViewListener.class))
                .isEqualTo("size=16, readOnly=true, level=9, value=2.5");
    }

    @Test
    void listenerWhenTextIsEmptyGetsItAsAnyOther() throws Exception {
        assertThat(received(Codecs.string(16), "", StringListener.class)).isEqualTo("");
    }

    @Test
    void listenerWhenFrameIsEmptyGetsItAsAnyOther() throws Exception {
        assertThat(received(Codecs.frame(16), new byte[0], BytesListener.class)).isEqualTo(new byte[0]);
    }

    @Test
    void listenerWhenMessageIsDeclaredGetsPayloadAndHeaders() throws Exception {
        Message<?> message = (Message<?>) received(Fixtures.ALERTS, new Alert(1, 0), MessageListener.class);
        assertThat(message.getPayload()).isEqualTo(new Alert(1, 0));
        assertThat(message.getHeaders()).containsEntry(ZeroIpcHeaders.SEGMENT, "host")
                .containsEntry(ZeroIpcHeaders.STRUCTURE, "in")
                .containsEntry(ZeroIpcHeaders.LISTENER_ID, "MessageListener.on")
                .doesNotContainKey(MessageHeaders.ID);
    }

    @Test
    void listenerWhenHeadersAreDeclaredGetsThem() throws Exception {
        assertThat(received(Codecs.int32(), 5, HeaderListener.class))
                .isEqualTo(List.of(5, "host", "in", "headers", 4));
    }

    @Test
    void listenerWhenAllHeadersAreDeclaredGetsThem() throws Exception {
        assertThat(received(Codecs.int32(), 5, AllHeadersListener.class)).isEqualTo(List.of("host", "none", 4));
    }

    @Test
    void listenerWhenApplicationResolvesParametersGetsWhatItSays() throws Exception {
        assertThat(received(Codecs.int32(), 5, ResolvedListener.class)).isEqualTo(List.of(5, "of host/in"));
    }

    @Test
    void listenerWhenListIsDeclaredGetsBatchesUpToTheMaximum() throws Exception {
        try (TestContext context = TestContexts.open(channel(Codecs.int32()), BatchListener.class)) {
            context.template().sendAll("host/in", List.of(1, 2, 3, 4, 5, 6, 7));
            context.container("batch").start();
            BatchListener listener = context.getBean(BatchListener.class);
            List<Object> elements = new ArrayList<>();
            while (elements.size() < 7) {
                List<?> batch = (List<?>) listener.next();
                assertThat(batch).hasSizeBetween(1, 3);
                elements.addAll(batch);
            }
            assertThat(elements).containsExactly(1, 2, 3, 4, 5, 6, 7);
            assertThat(context.container("batch").isBatch()).isTrue();
        }
    }

    @Test
    void listenerWhenListOfBytesIsDeclaredGetsCopies() throws Exception {
        Object batch = received(Codecs.int32(), 258, BytesBatchListener.class);
        assertThat((List<?>) batch).singleElement().isEqualTo(new byte[] {2, 1, 0, 0});
    }

    @Test
    void listenerWhenPayloadIsNotValidIsNotCalled() throws Exception {
        try (TestContext context = TestContexts.open(channel(Fixtures.ALERTS), ValidatedListener.class)) {
            context.template().send("host/in", new Alert(-1, 0));
            context.template().send("host/in", new Alert(1, 0));
            ValidatedListener listener = context.getBean(ValidatedListener.class);
            assertThat(listener.next()).isInstanceOfSatisfying(ListenerExecutionFailedException.class,
                    failure -> assertThat(failure.getCause()).isInstanceOf(MethodArgumentNotValidException.class));
            assertThat(listener.next()).isEqualTo(new Alert(1, 0));
        }
    }

    @Test
    void startWhenPayloadTypeIsNotTheElementIsRefused() {
        assertThatThrownBy(() -> TestContexts.open(channel(Fixtures.ALERTS), StringListener.class))
                .isInstanceOf(ElementTypeException.class)
                .hasMessageContaining("channel=host/in")
                .hasMessageContaining("type=java.lang.String")
                .hasMessageContaining("StringListener.on(String)")
                .hasMessageContaining("expected: " + Alert.class.getName());
    }

    @Test
    void startWhenListOfViewsIsDeclaredIsRefused() {
        assertThatThrownBy(() -> TestContexts.open(channel(Fixtures.ALERTS), ViewBatchListener.class))
                .isInstanceOf(ElementTypeException.class)
                .hasMessageContaining("a view is gone when its call returns");
    }

    static Stream<Arguments> parametersThatNeverWork() {
        return Stream.of(
                Arguments.of(UnknownHeader.class, "there is no header 'sequence'",
                        "zeroipc_sequence, or another one of zeroipc_deliveryAttempt (Integer), zeroipc_listenerId (String)"),
                Arguments.of(UnnamedHeader.class, "there is no header 'priority'",
                        "one of zeroipc_deliveryAttempt (Integer)"),
                Arguments.of(WrongHeader.class, "header 'zeroipc_sequence' is no java.time.Duration",
                        "a parameter of type Long"),
                Arguments.of(Expression.class, "its payload is given by an expression", "@Payload without one"));
    }

    @ParameterizedTest
    @MethodSource("parametersThatNeverWork")
    void startWhenAParameterCanNeverBeResolvedIsRefused(Class<?> listener, String problem, String expected) {
        assertThatThrownBy(() -> TestContexts.open(channel(Codecs.int32()), listener))
                .isInstanceOf(InvalidListenerException.class)
                .hasMessageContaining(problem)
                .hasMessageContaining("expected: " + expected);
    }

    @Test
    void startWhenAHeaderCanBeConvertedOrBeMissingIsAccepted() throws Exception {
        assertThat(received(Codecs.int32(), 5, ConvertedHeaders.class)).isEqualTo("5, 1, none, Optional.empty");
    }

    static class UnknownHeader {

        @ChannelListener("host/in")
        void on(int value, @Header("sequence") long sequence) {
            throw new AssertionError();
        }
    }

    static class UnnamedHeader {

        @ChannelListener("host/in")
        void on(int value, @Header int priority) {
            throw new AssertionError();
        }
    }

    static class WrongHeader {

        @ChannelListener("host/in")
        void on(int value, @Header(ZeroIpcHeaders.SEQUENCE) Duration since) {
            throw new AssertionError();
        }
    }

    static class Expression {

        @ChannelListener("host/in")
        void on(@Payload("#{payload.length()}") int length) {
            throw new AssertionError();
        }
    }

    static class ConvertedHeaders extends Recorder {

        @ChannelListener("host/in")
        void on(int value, @Header(ZeroIpcHeaders.DELIVERY_ATTEMPT) String attempt,
                @Header(name = "priority", defaultValue = "none") String priority,
                @Header("trace") Optional<String> trace) {
            record(value + ", " + attempt + ", " + priority + ", " + trace);
        }
    }

    /** Hands what a listener got to the test. */
    abstract static class Recorder {

        private final BlockingQueue<Object> received = new LinkedBlockingQueue<>();

        void record(Object payload) {
            received.add(payload);
        }

        Object next() throws InterruptedException {
            Object payload = received.poll(30, TimeUnit.SECONDS);
            assertThat(payload).as("what the listener received").isNotNull();
            return payload;
        }
    }

    static class RecordListener extends Recorder {

        @ChannelListener("host/in")
        void on(Alert alert) {
            record(alert);
        }
    }

    static class PrimitiveListener extends Recorder {

        @ChannelListener("host/in")
        void on(long value) {
            record(value);
        }
    }

    static class StringListener extends Recorder {

        @ChannelListener("host/in")
        void on(String text) {
            record(text);
        }
    }

    static class BytesListener extends Recorder {

        @ChannelListener("host/in")
        void on(byte[] bytes) {
            record(bytes);
        }
    }

    static class ViewListener extends Recorder {

        @ChannelListener("host/in")
        void on(MemorySegment view) {
            record("size=" + view.byteSize() + ", readOnly=" + view.isReadOnly() + ", level="
                    + view.get(ValueLayout.JAVA_INT, 0) + ", value=" + view.get(ValueLayout.JAVA_DOUBLE, 8));
        }
    }

    static class MessageListener extends Recorder {

        @ChannelListener("host/in")
        void on(Message<Alert> message) {
            record(message);
        }
    }

    static class HeaderListener extends Recorder {

        @ChannelListener(id = "headers", channels = "host/in")
        void on(@Header(ZeroIpcHeaders.SEGMENT) String segment, @Payload int value,
                @Header(ZeroIpcHeaders.STRUCTURE) String structure, @Headers Map<String, Object> headers,
                @Header(ZeroIpcHeaders.LISTENER_ID) String listener) {
            record(List.of(value, segment, structure, listener, headers.size()));
        }
    }

    static class AllHeadersListener extends Recorder {

        @ChannelListener("host/in")
        void on(MessageHeaders headers, @Header(name = "missing", defaultValue = "none") String missing) {
            record(List.of(headers.getOrDefault(ZeroIpcHeaders.SEGMENT, "?"), missing, headers.size()));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ResolvedListener extends Recorder {

        @Bean
        DefaultChannelListenerContainerFactory channelListenerContainerFactory(SegmentRegistry segments) {
            DefaultChannelListenerContainerFactory factory = new DefaultChannelListenerContainerFactory(segments);
            factory.setCustomArgumentResolvers(List.of(new HandlerMethodArgumentResolver() {

                @Override
                public boolean supportsParameter(MethodParameter parameter) {
                    return parameter.getParameterType() == Optional.class;
                }

                @Override
                public Object resolveArgument(MethodParameter parameter, Message<?> message) {
                    return Optional.of("of " + ((ElementMessage) message).channel());
                }
            }));
            return factory;
        }

        @ChannelListener("host/in")
        void on(@Payload int value, Optional<String> resolved) {
            record(List.of(value, resolved.orElseThrow()));
        }
    }

    static class BatchListener extends Recorder {

        @ChannelListener(id = "batch", channels = "host/in", maxBatchSize = "3", autoStartup = "false")
        void on(List<Integer> values) {
            record(values);
        }
    }

    static class BytesBatchListener extends Recorder {

        @ChannelListener("host/in")
        void on(List<byte[]> elements) {
            record(elements);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ValidatedListener extends Recorder {

        @Bean
        DefaultChannelListenerContainerFactory channelListenerContainerFactory(SegmentRegistry segments) {
            DefaultChannelListenerContainerFactory factory = new DefaultChannelListenerContainerFactory(segments);
            factory.setValidator(Validator.forInstanceOf(Alert.class, (alert, errors) -> {
                if (alert.level() < 0) {
                    errors.rejectValue("level", "negative");
                }
            }));
            factory.getDefaults().setErrorHandler(failure -> {
                record(failure);
                return null;
            });
            return factory;
        }

        @ChannelListener("host/in")
        void on(@Payload @Validated Alert alert) {
            record(alert);
        }
    }

    static class ViewBatchListener extends Recorder {

        @ChannelListener("host/in")
        void on(List<MemorySegment> views) {
            record(views);
        }
    }
}
