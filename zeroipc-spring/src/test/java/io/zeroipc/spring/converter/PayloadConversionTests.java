package io.zeroipc.spring.converter;

import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.springframework.core.ParameterizedTypeReference;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What converters make of elements and objects, and what they refuse. */
class PayloadConversionTests {

    private static final ElementType FRAME = new ElementType(byte[].class, "frame(40)");
    private static final ElementType BYTES = new ElementType(byte[].class, "bytes(40)");
    private static final ElementType TEXT = new ElementType(String.class, "string(40)");
    private static final PayloadConverters JSON = new PayloadConverters(
            List.of(new JsonPayloadConverter(JsonMapper.shared())));

    record Order(int id, String symbol) {}

    record Broken(int id) {

        @Override
        public int id() {
            throw new IllegalStateException("broken accessor");
        }
    }

    private static PayloadConversion conversion(Type type, ElementType element) {
        PayloadConversion found = JSON.find("host/in", type, element);
        assertThat(found).isNotNull();
        return found;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void conversionWhenElementIsFrameIsJsonWithoutPadding() {
        PayloadConversion orders = conversion(Order.class, FRAME);
        assertThat(orders.toElement(new Order(7, "XY"))).isEqualTo(utf8("{\"id\":7,\"symbol\":\"XY\"}"));
        assertThat(orders.toPayload(utf8("{\"symbol\":\"Z\",\"id\":1}"))).isEqualTo(new Order(1, "Z"));
    }

    @Test
    void conversionWhenElementIsTextIsJsonText() {
        PayloadConversion orders = conversion(Order.class, TEXT);
        assertThat(orders.toElement(new Order(7, "é"))).isEqualTo("{\"id\":7,\"symbol\":\"é\"}");
        assertThat(orders.toPayload("{\"id\":1}")).isEqualTo(new Order(1, null));
    }

    @Test
    void conversionWhenElementHasFixedSizeIsFilledUpWithZeroesThatReadingDrops() {
        PayloadConversion orders = conversion(Order.class, BYTES);
        byte[] element = (byte[]) orders.toElement(new Order(7, "XY"));
        assertThat(element).hasSize(40).startsWith(utf8("{\"id\":7,\"symbol\":\"XY\"}")).endsWith(new byte[18]);
        assertThat(orders.toPayload(element)).isEqualTo(new Order(7, "XY"));
        PayloadConversion text = conversion(String.class, BYTES);
        assertThat(text.toPayload(text.toElement("plain"))).isEqualTo("plain");
    }

    @Test
    void conversionWhenTypeHasArgumentsReadsThem() {
        Type type = new ParameterizedTypeReference<List<Order>>() {}.getType();
        assertThat(conversion(type, FRAME).toPayload(utf8("[{\"id\":1,\"symbol\":\"A\"}]")))
                .isEqualTo(List.of(new Order(1, "A")));
    }

    @Test
    void conversionWhenTextIsWantedFromBytesIsPlainText() {
        PayloadConversion text = conversion(String.class, FRAME);
        assertThat(text.toElement("\"ü\"")).isEqualTo(utf8("\"ü\""));
        assertThat(text.toPayload(utf8("{not json"))).isEqualTo("{not json");
        assertThat(text.toPayload(new byte[] {65, 0})).isEqualTo("A\0");
    }

    @Test
    void conversionWhenElementIsNotReadableNamesTypeChannelAndSizeAndNoContents() {
        assertThatThrownBy(() -> conversion(Order.class, FRAME).toPayload(utf8("secret, not JSON")))
                .isInstanceOfSatisfying(PayloadConversionException.class, e -> {
                    assertThat(e.channel()).isEqualTo("host/in");
                    assertThat(e.payloadType()).isEqualTo(Order.class.getTypeName());
                    assertThat(e.elementType()).isEqualTo("frame(40)");
                    assertThat(e.size()).isEqualTo(16);
                })
                .hasMessage("payload cannot be read: channel=host/in, type=" + Order.class.getTypeName()
                        + ", elements=frame(40), bytes=16 (expected: an element that JSON reads as this type)")
                .hasCauseInstanceOf(tools.jackson.core.JacksonException.class);
        assertThatThrownBy(() -> conversion(String.class, FRAME).toPayload(new byte[] {(byte) 0xff}))
                .isInstanceOf(PayloadConversionException.class);
        assertThatThrownBy(() -> conversion(Order.class, FRAME).toPayload(new byte[0]))
                .isInstanceOf(PayloadConversionException.class)
                .hasMessageContaining("bytes=0");
    }

    @Test
    void conversionWhenJsonIsNullIsRefused() {
        assertThatThrownBy(() -> conversion(Order.class, FRAME).toPayload(utf8("null")))
                .isInstanceOf(PayloadConversionException.class)
                .hasMessageStartingWith("payload is null: channel=host/in");
    }

    @Test
    void conversionWhenObjectIsTooLargeNamesBothSizes() {
        Order order = new Order(1, "a symbol that is too long");
        for (ElementType each : List.of(FRAME, BYTES, TEXT)) {
            assertThatThrownBy(() -> conversion(Order.class, each).toElement(order))
                    .isInstanceOf(PayloadConversionException.class)
                    .hasMessage("payload does not fit: channel=host/in, type=" + Order.class.getTypeName()
                            + ", elements=" + each.name()
                            + ", bytes=45 (expected: at most 40 bytes; declare a larger element)");
        }
        assertThat(conversion(Order.class, ElementType.BYTES).toElement(order)).isInstanceOf(byte[].class);
    }

    @Test
    void conversionWhenObjectCannotBeWrittenSaysSo() {
        assertThatThrownBy(() -> conversion(Broken.class, FRAME).toElement(new Broken(1)))
                .isInstanceOf(PayloadConversionException.class)
                .hasMessageStartingWith("payload cannot be written: channel=host/in")
                .hasRootCauseMessage("broken accessor");
    }

    @Test
    void convertersWhenApplicationHasItsOwnAskItFirst() {
        PayloadConverters converters = new PayloadConverters(
                List.of(new HexConverter(), new JsonPayloadConverter(JsonMapper.shared())));
        PayloadConversion numbers = converters.find("host/in", Integer.class, FRAME);
        assertThat(numbers).isNotNull();
        assertThat(numbers.toElement(255)).isEqualTo(utf8("ff"));
        assertThat(numbers.toPayload(utf8("10"))).isEqualTo(16);
        assertThatThrownBy(() -> numbers.toPayload(utf8("x"))).isInstanceOf(PayloadConversionException.class)
                .hasMessageContaining("an element that HexConverter reads as this type")
                .hasCauseInstanceOf(NumberFormatException.class);
        assertThatThrownBy(() -> numbers.toElement(-1)).isInstanceOf(PayloadConversionException.class)
                .hasMessageStartingWith("payload was written as java.lang.String: channel=host/in");
    }

    @Test
    void convertersWhenNothingFitsFindNone() {
        PayloadConverters plain = new PayloadConverters();
        assertThat(plain.find("host/in", Order.class, FRAME)).isNull();
        assertThat(plain.describeMissing(FRAME)).startsWith("converters=[text]; ").contains("JsonMapper");
        ElementType number = new ElementType(Long.class, "int64");
        assertThat(JSON.find("host/in", Order.class, number)).isNull();
        assertThat(JSON.describeMissing(number)).startsWith("converters=[JSON, text]; ").contains("frame(n)");
    }

    /** Numbers as hexadecimal text. */
    private static final class HexConverter implements PayloadConverter {

        @Override
        public boolean canConvert(Type payloadType, ElementType elementType) {
            return payloadType == Integer.class && elementType.isBytes();
        }

        @Override
        public Object toPayload(Object element, ElementType elementType, Type payloadType) {
            return Integer.parseInt(new String((byte[]) element, StandardCharsets.UTF_8), 16);
        }

        @Override
        public Object toElement(Object payload, ElementType elementType) {
            int number = (Integer) payload;
            return number < 0 ? "a mistake" : utf8(Integer.toHexString(number));
        }
    }
}
