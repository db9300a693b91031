package io.zeroipc.spring.config;

import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.Payload;
import tools.jackson.databind.json.JsonMapper;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.TestContexts;
import io.zeroipc.spring.TestContexts.TestContext;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.converter.ElementType;
import io.zeroipc.spring.converter.JsonPayloadConverter;
import io.zeroipc.spring.converter.PayloadConversionException;
import io.zeroipc.spring.converter.PayloadConverter;
import io.zeroipc.spring.converter.PayloadConverters;
import io.zeroipc.spring.core.ElementTypeException;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.core.ZeroIpcHeaders;
import io.zeroipc.spring.listener.ChannelStatistics;
import io.zeroipc.spring.listener.ElementMessage;
import io.zeroipc.spring.listener.ListenerExecutionFailedException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Listener methods whose payload is not the element itself. */
class ConvertedPayloadTests {

    @TempDir
    Path directory;

    /** Public members are not needed: records are read by their canonical constructor. */
    record Order(int id, String symbol) {}

    private <T> SegmentDefinition channel(Codec<T> codec) {
        return Fixtures.host(Fixtures.queue("in", codec)).openedBy(Fixtures.file(directory)::openOrCreate);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private <T> Object received(Codec<T> codec, T element, Class<? extends Recorder> listener) throws Exception {
        try (TestContext context = TestContexts.open(channel(codec), Json.class, listener)) {
            context.template().send("host/in", element);
            return context.getBean(Recorder.class).next();
        }
    }

    @Test
    void listenerWhenElementIsFrameGetsWhatItsJsonMeans() throws Exception {
        assertThat(received(Codecs.frame(64), utf8("{\"id\":3,\"symbol\":\"A\"}"), OrderListener.class))
                .isEqualTo(new Order(3, "A"));
    }

    @Test
    void listenerWhenItTakesAMapGetsWhatTheJsonSays() throws Exception {
        assertThat(received(Codecs.frame(64), utf8("{\"id\":3,\"symbol\":\"A\"}"), PlainMapListener.class))
                .isEqualTo(Map.of("id", 3, "symbol", "A"));
    }

    static class PlainMapListener extends Recorder {

        @ChannelListener("host/in")
        void on(Map<String, Object> order) {
            record(order);
        }
    }

    @Test
    void listenerWhenItNamesAConverterIsGivenWhatThatReads() throws Exception {
        try (TestContext context = TestContexts.open(channel(Codecs.frame(64)), Json.class, Pairs.class,
                PairListener.class)) {
            context.template().send("host/in", utf8("3:A"));
            assertThat(context.getBean(Recorder.class).next()).isEqualTo(new Order(3, "A"));
            context.template().send("host/in", utf8("{\"id\":4}"));
            assertThat(context.getBean(Recorder.class).next()).isInstanceOf(ListenerExecutionFailedException.class);
        }
    }

    @Test
    void listenerWhenElementIsTextGetsWhatItsJsonMeans() throws Exception {
        assertThat(received(Codecs.string(64), "{\"id\":3,\"symbol\":\"A\"}", OrderListener.class))
                .isEqualTo(new Order(3, "A"));
    }

    @Test
    void listenerWhenElementHasFixedSizeGetsWhatItsJsonMeans() throws Exception {
        assertThat(received(Codecs.bytes(10), utf8("{\"id\":3}\0\0"), OrderListener.class))
                .isEqualTo(new Order(3, null));
    }

    @Test
    void listenerWhenTextIsDeclaredOnFrameGetsItAsItIs() throws Exception {
        assertThat(received(Codecs.frame(64), utf8("{\"id\":3}"), TextListener.class)).isEqualTo("{\"id\":3}");
    }

    @Test
    void listenerWhenMessageIsDeclaredGetsConvertedPayloadAndHeaders() throws Exception {
        Message<?> message = (Message<?>) received(Codecs.frame(64), utf8("{\"id\":3}"), MessageListener.class);
        assertThat(message.getPayload()).isEqualTo(new Order(3, null));
        assertThat(message.getHeaders()).containsEntry(ZeroIpcHeaders.STRUCTURE, "in");
    }

    @Test
    void listenerWhenMapIsThePayloadGetsIt() throws Exception {
        assertThat(received(Codecs.frame(64), utf8("{\"a\":[1,2]}"), MapListener.class))
                .isEqualTo(Map.of("a", List.of(1L, 2L)));
    }

    @Test
    void listenerWhenBatchIsDeclaredOffGetsTheListInOneElement() throws Exception {
        assertThat(received(Codecs.frame(64), utf8("[{\"id\":1},{\"id\":2}]"), WholeListListener.class))
                .isEqualTo(List.of(new Order(1, null), new Order(2, null)));
    }

    @Test
    void listenerWhenTypeIsVariableOfItsClassGetsTheActualOne() throws Exception {
        assertThat(received(Codecs.frame(64), utf8("[{\"id\":1}]"), GenericOrderListener.class))
                .isEqualTo(List.of(List.of(new Order(1, null))));
    }

    @Test
    void listenerWhenListIsDeclaredGetsBatchWithoutWhatCannotBeConverted() throws Exception {
        Codec<byte[]> codec = Codecs.frame(64);
        SegmentDefinition ring = Fixtures.host(StructureDefinition.of("in", SharedRing.spec(codec, 8), codec))
                .openedBy(Fixtures.file(directory)::openOrCreate);
        try (TestContext context = TestContexts.open(ring, Json.class, BatchListener.class)) {
            context.template()
                    .sendAll("host/in", List.of(utf8("{\"id\":1}"), utf8("{\"id\":"), utf8("{\"id\":3}")));
            context.container("batch").start();
            assertThat(context.getBean(BatchListener.class).next())
                    .isInstanceOfSatisfying(ListenerExecutionFailedException.class, failure -> {
                        assertThat(failure.getCause()).isInstanceOf(PayloadConversionException.class);
                        ElementMessage failed = failure.elementMessage();
                        assertThat(failed).isNotNull();
                        assertThat(failed.getPayload()).isEqualTo(utf8("{\"id\":"));
                        assertThat(failed.sequence()).isEqualTo(1);
                    });
            assertThat(context.getBean(BatchListener.class).next())
                    .isEqualTo(List.of(new Order(1, null), new Order(3, null)));
            await().untilAsserted(() -> {
                ChannelStatistics statistics = context.container("batch").getStatistics().firstEntry().getValue();
                assertThat(statistics.failed()).isEqualTo(1);
                assertThat(statistics.succeeded()).isEqualTo(2);
            });
        }
    }

    @Test
    void listenerWhenPayloadCannotBeConvertedGoesOnWithTheNext() throws Exception {
        try (TestContext context = TestContexts.open(channel(Codecs.frame(64)), Json.class, OrderListener.class)) {
            for (int i = 0; i < 200; i++) {
                context.template().send("host/in", utf8("not JSON"));
                assertThat(context.getBean(Recorder.class).next())
                        .isInstanceOf(ListenerExecutionFailedException.class);
            }
            context.template().send("host/in", utf8("{\"id\":5}"));
            assertThat(context.getBean(Recorder.class).next()).isEqualTo(new Order(5, null));
        }
    }

    @Test
    void functionWhenPayloadIsNotTheElementGetsItConverted() throws Exception {
        try (TestContext context = TestContexts.open(channel(Codecs.frame(64)), Json.class)) {
            BlockingQueue<Order> orders = new LinkedBlockingQueue<>();
            context.getBean(ChannelListenerEndpointRegistry.class)
                    .register(FunctionChannelListenerEndpoint.of("function", "host/in", Order.class, orders::add),
                            context.getBean(ChannelListenerContainerFactory.class));
            context.template().send("host/in", utf8("{\"id\":3}"));
            assertThat(orders.poll(30, TimeUnit.SECONDS)).isEqualTo(new Order(3, null));
        }
    }

    @Test
    void startWhenNobodyConvertsNamesTheWayOut() {
        assertThatThrownBy(() -> TestContexts.open(channel(Codecs.frame(64)), OrderListener.class))
                .isInstanceOf(ElementTypeException.class)
                .hasMessageContaining("channel=host/in, elements=frame(64), type=" + Order.class.getTypeName())
                .hasMessageContaining("converters=[text]; a bean of type PayloadConverter converts, and one of type"
                        + " JsonMapper brings JSON");
    }

    /** What an application without Spring Boot writes for JSON. */
    @Configuration(proxyBeanMethods = false)
    static class Json {

        @Bean
        JsonPayloadConverter json() {
            return new JsonPayloadConverter(JsonMapper.shared());
        }

        @Bean
        DefaultChannelListenerContainerFactory channelListenerContainerFactory(SegmentRegistry segments,
                PayloadConverters converters, ObjectProvider<Recorder> recorder) {
            DefaultChannelListenerContainerFactory factory = new DefaultChannelListenerContainerFactory(segments);
            factory.getDefaults().setPayloadConverters(converters);
            factory.getDefaults().setErrorHandler(failure -> {
                recorder.getObject().record(failure);
                return null;
            });
            return factory;
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

    @Configuration(proxyBeanMethods = false)
    static class Pairs {

        @Bean(defaultCandidate = false)
        PayloadConverter pairs() {
            return new PayloadConverter() {

                @Override
                public boolean canConvert(Type payloadType, ElementType elementType) {
                    return payloadType == Order.class && elementType.isBytes();
                }

                @Override
                public Object toPayload(Object element, ElementType elementType, Type payloadType) {
                    String[] parts = new String((byte[]) element, StandardCharsets.UTF_8).split(":", 2);
                    return new Order(Integer.parseInt(parts[0]), parts[1]);
                }

                @Override
                public Object toElement(Object payload, ElementType elementType) {
                    throw new UnsupportedOperationException("nothing is sent back");
                }
            };
        }
    }

    static class PairListener extends Recorder {

        @ChannelListener(channels = "host/in", codec = "pairs")
        void on(Order order) {
            record(order);
        }
    }

    static class OrderListener extends Recorder {

        @ChannelListener("host/in")
        void on(Order order) {
            record(order);
        }
    }

    static class TextListener extends Recorder {

        @ChannelListener("host/in")
        void on(String text) {
            record(text);
        }
    }

    static class MessageListener extends Recorder {

        @ChannelListener("host/in")
        void on(Message<Order> message) {
            record(message);
        }
    }

    static class MapListener extends Recorder {

        @ChannelListener("host/in")
        void on(@Payload Map<String, List<Long>> map) {
            record(map);
        }
    }

    static class WholeListListener extends Recorder {

        @ChannelListener(channels = "host/in", batch = "false")
        void on(List<Order> orders) {
            record(orders);
        }
    }

    abstract static class GenericListener<T> extends Recorder {

        @ChannelListener("host/in")
        void on(List<List<T>> batch) {
            record(batch);
        }
    }

    static class GenericOrderListener extends GenericListener<Order> {}

    static class BatchListener extends Recorder {

        @ChannelListener(id = "batch", channels = "host/in", startPosition = "earliest",
                autoStartup = "false")
        void on(List<Order> orders) {
            record(orders);
        }
    }
}
