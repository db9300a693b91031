package io.zeroipc.spring.core.envelope;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class EnvelopeTests {

    private static final byte[] PAYLOAD = {1, 2, 3};

    private static Envelope envelope() {
        return Envelope.of(PAYLOAD)
                .header(EnvelopeHeaders.CORRELATION_ID, "a")
                .header(EnvelopeHeaders.CAUSE_MESSAGE, "Grüße 😀")
                .header("own", "")
                .build();
    }

    private static byte[] changed(int offset, int value) {
        byte[] bytes = envelope().toBytes();
        bytes[offset] = (byte) value;
        return bytes;
    }

    @Test
    void toBytesWhenReadAgainGivesHeadersInOrderAndPayload() {
        byte[] bytes = envelope().toBytes();

        Envelope read = Envelope.parse(bytes);

        assertThat(bytes).hasSize(envelope().size());
        assertThat(read.headers()).containsExactlyEntriesOf(envelope().headers());
        assertThat(read.header("own")).contains("");
        assertThat(read.header("other")).isEmpty();
        assertThat(read.payload()).isEqualTo(PAYLOAD);
        assertThat(Envelope.isEnvelope(bytes)).isTrue();
    }

    @Test
    void toBytesWritesTheBytesOfTheFormat() {
        byte[] bytes = Envelope.of(PAYLOAD).header("a", "bc").build().toBytes();

        assertThat(HexFormat.of().formatHex(bytes))
                .isEqualTo("5a454e56" + "01" + "00" + "0100" + "07000000" + "03000000" //
                        + "0100" + "0200" + "61" + "6263" //
                        + "010203");
    }

    @Test
    void payloadWhenChangedByItsOwnersStaysAsItWas() {
        byte[] given = PAYLOAD.clone();
        Envelope envelope = Envelope.of(given).build();
        given[0] = 9;
        envelope.payload()[1] = 9;

        assertThat(envelope.payload()).isEqualTo(PAYLOAD);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, bytes are no envelope", "4, 2, version=2", "5, 1, flags=1", "6, 65, headers=65",
            "6, 4, header=3", "6, 2, bytes behind the last header", "8, 255, headersSize=255", "11, 255, headersSize=",
            "15, 255, payloadSize=", "16, 255, nameSize=255", "18, 255, valueSize=255", "16, 0, no valid name",
            "20, 65, no valid name"})
    void parseWhenAByteIsWrongSaysWhat(int offset, int value, String message) {
        assertThatExceptionOfType(EnvelopeFormatException.class)
                .isThrownBy(() -> Envelope.parse(changed(offset, value)))
                .withMessageContaining(message)
                .withMessageContaining("(expected: ");
    }

    @Test
    void parseWhenANameComesTwiceRefuses() {
        byte[] bytes = Envelope.of(PAYLOAD).header("a", "1").header("b", "2").build().toBytes();
        bytes[Envelope.FIXED_SIZE + Envelope.HEADER_FIXED_SIZE + 2 + Envelope.HEADER_FIXED_SIZE] = 'a';

        assertThatExceptionOfType(EnvelopeFormatException.class).isThrownBy(() -> Envelope.parse(bytes))
                .withMessageContaining("header=a");
    }

    @Test
    void parseWhenBytesAreArbitraryReadsOrRefusesAndNothingElse() {
        long seed = System.nanoTime();
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = envelope().toBytes();
            for (int changes = random.nextInt(1, 4); changes > 0; changes--) {
                bytes[random.nextInt(4, bytes.length)] = (byte) random.nextInt();
            }
            byte[] cut = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
            try {
                assertThat(Envelope.parse(cut).headers()).hasSizeLessThanOrEqualTo(Envelope.MAX_HEADERS);
            } catch (EnvelopeFormatException refused) {
                assertThat(refused).hasMessageContaining("(expected: ");
            }
        }
    }

    @Test
    void isEnvelopeWhenBytesAreTooFewIsFalse() {
        assertThat(Envelope.isEnvelope(new byte[0])).isFalse();
        assertThat(Envelope.isEnvelope("ZENV".getBytes(StandardCharsets.US_ASCII))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Upper", "with space", "ü"})
    void headerWhenNameIsNotPlainIsRefused(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> Envelope.of(PAYLOAD).header(name, "value"))
                .withMessageContaining("name=" + name);
    }

    @Test
    void headerWhenTooLongOrTooManyIsRefused() {
        Envelope.Builder builder = Envelope.of(PAYLOAD);
        assertThatIllegalArgumentException().isThrownBy(() -> builder.header("a", "x".repeat(65_536)))
                .withMessageContaining("bytes=65536");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.header("a".repeat(256), ""));
        for (int i = 0; i < Envelope.MAX_HEADERS; i++) {
            builder.header("h" + i, "");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> builder.header("one-more", ""))
                .withMessageContaining("headers=64");
        assertThat(builder.header("h0", "again").build().header("h0")).contains("again");
    }

    @Test
    void headerAtItsLimitsIsReadAgain() {
        String longest = "ä".repeat(32_767);
        Envelope read = Envelope
                .parse(Envelope.of(PAYLOAD).header("n".repeat(255), longest).build().toBytes());

        assertThat(read.headers()).containsOnlyKeys("n".repeat(255)).containsValue(longest);
    }

    @Test
    void cutToFitWhenTooLargeShortensTheOneHeaderAndMarksIt() {
        Envelope whole = envelope();
        for (int capacity = whole.size(); capacity > 0; capacity--) {
            Envelope cut = whole.cutToFit(EnvelopeHeaders.CAUSE_MESSAGE, capacity);
            String message = cut.header(EnvelopeHeaders.CAUSE_MESSAGE).orElseThrow();
            assertThat(cut.payload()).isEqualTo(PAYLOAD);
            assertThat(cut.header(EnvelopeHeaders.CORRELATION_ID)).contains("a");
            if (capacity == whole.size()) {
                assertThat(message).isEqualTo("Grüße 😀");
            } else if (!message.isEmpty()) {
                assertThat(cut.size()).isLessThanOrEqualTo(capacity);
                assertThat(message).endsWith(Envelope.CUT_MARK);
                assertThat("Grüße 😀").startsWith(message.substring(0, message.length() - 6));
            }
        }
    }

    @Test
    void cutToFitWhenTheRestIsTooLargeLeavesItToTheSlotToRefuse() {
        EnvelopeSlot slot = EnvelopeSlot.of("frame(20)").orElseThrow();
        Envelope cut = envelope().cutToFit(EnvelopeHeaders.CAUSE_MESSAGE, slot.capacity());

        assertThatExceptionOfType(EnvelopeTooLargeException.class).isThrownBy(() -> slot.fill(cut))
                .withMessage("envelope does not fit: elements=frame(20), envelope=" + cut.size()
                        + " bytes, of these payload=3 and headers=" + (cut.size() - 19)
                        + " (expected: at most 20 bytes; declare the structure with element-type frame(" + cut.size()
                        + ") or a larger frame, and create it again)")
                .satisfies(e -> assertThat(e.size()).isEqualTo(cut.size()))
                .satisfies(e -> assertThat(e.capacity()).isEqualTo(20));
    }

    @Test
    void cutHeaderWhenTextIsLongerThanAHeaderIsCutAndMarked() {
        Envelope envelope = Envelope.of(PAYLOAD).cutHeader("a", "é".repeat(40_000)).build();

        assertThat(envelope.header("a").orElseThrow()).endsWith("é [cut]")
                .satisfies(value -> assertThat(value.getBytes(StandardCharsets.UTF_8).length)
                        .isBetween(Envelope.MAX_VALUE_BYTES - 1, Envelope.MAX_VALUE_BYTES));
    }

    @Test
    void slotWhenElementsAreFramesHasTheBytesAlone() {
        byte[] element = EnvelopeSlot.of("frame(200)").orElseThrow().fill(envelope());

        assertThat(element).isEqualTo(envelope().toBytes());
    }

    @Test
    void slotWhenElementsAreBytesIsFilledWithZeroes() {
        byte[] element = EnvelopeSlot.of("bytes(200)").orElseThrow().fill(envelope());

        assertThat(element).hasSize(200).startsWith(envelope().toBytes());
        assertThat(Envelope.parse(element).headers()).isEqualTo(envelope().headers());
        assertThat(ByteBuffer.wrap(element).order(ByteOrder.LITTLE_ENDIAN).getInt(196)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "int32", "string(16)", "frame", "frame(x)", "io.acme.frame(1)", "frame(12345678901)"})
    void slotWhenElementsAreNoBytesIsNone(String elementType) {
        assertThat(EnvelopeSlot.of(elementType)).isEmpty();
    }
}
