package io.zeroipc.spring.boot.kafka;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.json.Fingerprint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

/** What records say of their elements, and who takes them. */
class ElementFormatTests {

    private static final Codec<Trade> TRADE = Codecs.record(Trade.class);
    private static final String FINGERPRINT = Fingerprint.of(TRADE.schema());

    private static ElementFormat bytes(Codec<?> codec) {
        return new ElementFormat(BridgeFormat.BYTES, codec.typeName(), codec.byteSize(), codec, null);
    }

    private static Headers headers(String name, String text) {
        return new RecordHeaders().add(name, BridgeHeaders.bytes(text));
    }

    private static Headers type(String text) {
        return headers(BridgeHeaders.TYPE, text);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void typeIsNameAndFingerprint() {
        assertThat(text(bytes(TRADE).typeHeader())).isEqualTo(Trade.class.getName() + ";" + FINGERPRINT);
        assertThat(text(bytes(Codecs.bytes(7)).typeHeader()))
                .isEqualTo("bytes(7);" + Fingerprint.of(Codecs.bytes(7).schema()));
        assertThat(text(new ElementFormat(BridgeFormat.BYTES, "com.acme.Unknown", 12, null, null).typeHeader()))
                .isEqualTo("com.acme.Unknown;12");
    }

    @Test
    void fingerprintDecidesWhateverTheName() {
        ElementFormat format = bytes(TRADE);
        for (int i = 0; i < 2; i++) {
            assertThatNoException().isThrownBy(() -> format.check(type("acme::Trade;" + FINGERPRINT), 24));
            assertThatNoException().isThrownBy(() -> format.check(type(text(format.typeHeader())), 24));
        }
        String other = Fingerprint.of(Codecs.record(Tick.class).schema());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> format.check(type(Trade.class.getName() + ";" + other), 16))
                .withMessage("record carries elements of another type: type=" + Trade.class.getName()
                        + ", size=16, fingerprint=" + other + " (expected: type=" + Trade.class.getName()
                        + ", size=24, fingerprint=" + FINGERPRINT
                        + "; give both structures the same element type, or both bridges format=json)");
    }

    @Test
    void nameAndSizeDecideWhereTheSenderKnewNoMore() {
        ElementFormat format = bytes(TRADE);
        assertThatNoException().isThrownBy(() -> format.check(type(Trade.class.getName() + ";24"), 24));
        assertThatIllegalArgumentException().isThrownBy(() -> format.check(type(Trade.class.getName() + ";32"), 32))
                .withMessageContaining("type=" + Trade.class.getName() + ", size=32 (expected: ");
        assertThatIllegalArgumentException().isThrownBy(() -> format.check(type("trade"), 24))
                .withMessageContaining("type=trade, size=24 (expected: ");
        assertThatIllegalArgumentException().isThrownBy(() -> format.check(type(""), 24));
    }

    @Test
    void codecOfTheApplicationAndPlainBytesAreKnownAgain() {
        for (Codec<?> codec : new Codec<?>[] {new Celsius(), Codecs.bytes(16), Codecs.int64(), Codecs.string(8)}) {
            assertThatNoException()
                    .isThrownBy(() -> bytes(codec).check(type(text(bytes(codec).typeHeader())), codec.byteSize()));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> bytes(Codecs.bytes(8)).check(type(text(bytes(Codecs.bytes(16)).typeHeader())), 16));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> bytes(Codecs.float64()).check(type(text(bytes(new Celsius()).typeHeader())), 8));
    }

    @Test
    void jsonIsTakenOfAnyTypeAndBytesAreNotJson() {
        ElementFormat json = new ElementFormat(BridgeFormat.JSON, TRADE.typeName(), TRADE.byteSize(), TRADE,
                JsonMapper.builder().build());
        assertThatNoException().isThrownBy(() -> json.check(type("com.acme.Order;ZIPC01_00"), 3));
        assertThatIllegalArgumentException().isThrownBy(() -> json.check(headers(BridgeHeaders.FORMAT, "bytes"), 3))
                .withMessage(
                        "record has another format: format=bytes (expected: json, or format=bytes for the bridge)");
        assertThatIllegalArgumentException().isThrownBy(() -> json.check(headers(BridgeHeaders.FORMAT, "avro"), 3))
                .withMessage("record has another format: format=avro (expected: json)");
    }

    @Test
    void recordsWithoutHeadersAreTakenAsTheyAre() {
        assertThatNoException().isThrownBy(() -> bytes(TRADE).check(new RecordHeaders(), 24));
        assertThatNoException().isThrownBy(() -> bytes(TRADE).check(
                new RecordHeaders().add(BridgeHeaders.TYPE, null).add(BridgeHeaders.FORMAT, null), 24));
    }

    /** As {@link Trade}, and yet not. */
    record Tick(long number, double price) {}

    /** A codec that only the application knows. */
    private static final class Celsius implements Codec<Double> {

        private static final ValueLayout.OfDouble LAYOUT = ValueLayout.JAVA_DOUBLE_UNALIGNED;

        @Override
        public Class<Double> type() {
            return Double.class;
        }

        @Override
        public String typeName() {
            return "com.acme.Celsius";
        }

        @Override
        public int byteSize() {
            return Double.BYTES;
        }

        @Override
        public int alignment() {
            return Double.BYTES;
        }

        @Override
        public void encode(Double value, MemorySegment memory, long offset) {
            memory.set(LAYOUT, offset, value);
        }

        @Override
        public Double decode(MemorySegment memory, long offset) {
            return memory.get(LAYOUT, offset);
        }
    }
}
