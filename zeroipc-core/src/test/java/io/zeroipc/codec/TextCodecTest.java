package io.zeroipc.codec;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import io.zeroipc.ZeroIpcException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TextCodecTest {

    @Test
    void shouldPadTextWithZeroes() {
        Codec<String> codec = Codecs.string(11);
        assertThat(Bytes.hex(codec, "abc")).isEqualTo("61 62 63 00 00 00 00 00 00 00 00");
        assertThat(Bytes.hex(codec, "")).isEqualTo("00 00 00 00 00 00 00 00 00 00 00");
        assertThat(Bytes.roundTrip(codec, "abc")).isEqualTo("abc");
        assertThat(Bytes.roundTrip(codec, "")).isEmpty();
        assertThat(codec.byteSize()).isEqualTo(11);
        assertThat(codec.alignment()).isEqualTo(1);
        assertThat(codec.typeName()).isEqualTo("string(11)").isEqualTo(codec.toString());
        assertThat(codec.type()).isEqualTo(String.class);
    }

    @Test
    void shouldHaveNoTerminatorWhenTextFillsTheField() {
        assertThat(Bytes.hex(Codecs.string(3), "abc")).isEqualTo("61 62 63");
        assertThat(Bytes.roundTrip(Codecs.string(3), "abc")).isEqualTo("abc");
        assertThat(Bytes.roundTrip(Codecs.string(4), "\uD83D\uDE80")).isEqualTo("\uD83D\uDE80");
    }

    @Test
    void shouldCountBytesOfUtf8AndNotChars() {
        assertThat(Bytes.hex(Codecs.string(11), "a\u00e9\u20ac\uD83D\uDE80"))
                .isEqualTo("61 c3 a9 e2 82 ac f0 9f 9a 80 00");
        assertThat(Bytes.roundTrip(Codecs.string(11), "a\u00e9\u20ac\uD83D\uDE80"))
                .isEqualTo("a\u00e9\u20ac\uD83D\uDE80");
        assertThatThrownBy(() -> Bytes.of(Codecs.string(4), "ab\u20ac")).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("string does not fit: type=string(4), bytes=5, value=\"ab\u20ac\" (expected: at most 4"
                        + " bytes of UTF-8)");
    }

    @Test
    void shouldShortenTheTextInTheMessageWhenItIsLong() {
        assertThatThrownBy(() -> Bytes.of(Codecs.string(4), "x".repeat(1000)))
                .hasMessage("string does not fit: type=string(4), bytes=1000, value=\"" + "x".repeat(40)
                        + "\"... (expected: at most 4 bytes of UTF-8)");
    }

    @Test
    void shouldRefuseTextThatWouldNotComeBackTheSame() {
        Codec<String> codec = Codecs.string(16);
        assertThatThrownBy(() -> Bytes.of(codec, "ab\0")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("string contains the character 0: type=string(16), index=2");
        for (String broken : new String[] {"ab\uD83D", "ab\uDE80", "ab\uDE80\uD83D", "ab\uD83Dx"}) {
            assertThatThrownBy(() -> Bytes.of(codec, broken)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("string contains half of a surrogate pair: type=string(16), index=2");
        }
    }

    @Test
    void shouldReadReplacementCharacterWhenForeignBytesAreNoUtf8() {
        assertThat(Bytes.decode(Codecs.string(4), "61 ff 62 00")).isEqualTo("a\uFFFDb");
        assertThat(Bytes.decode(Codecs.string(4), "61 00 62 63")).isEqualTo("a");
    }

    @Test
    void shouldRoundTripRandomText() {
        Random random = Seeds.next();
        Codec<String> codec = Codecs.string(400);
        for (int i = 0; i < 500; i++) {
            String text = random.ints(random.nextInt(100), 1, Character.MAX_CODE_POINT + 1)
                    .map(codePoint -> codePoint >= 0xD800 && codePoint <= 0xDFFF ? 'x' : codePoint)
                    .mapToObj(Character::toString)
                    .collect(Collectors.joining());
            assertThat(Bytes.roundTrip(codec, text)).isEqualTo(text);
        }
    }

    @Test
    void shouldStoreExactlyTheBytes() {
        Codec<byte[]> codec = Codecs.bytes(3);
        assertThat(Bytes.hex(codec, new byte[] {1, -1, 0})).isEqualTo("01 ff 00");
        assertThat(Bytes.roundTrip(codec, new byte[] {1, -1, 0})).containsExactly(1, -1, 0);
        assertThat(codec.alignment()).isEqualTo(1);
        assertThat(codec.typeName()).isEqualTo("bytes(3)").isEqualTo(codec.toString());
        for (int wrong : new int[] {0, 2, 4}) {
            assertThatThrownBy(() -> Bytes.of(codec, new byte[wrong])).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("wrong number of bytes: type=bytes(3), bytes=" + wrong
                            + " (expected: exactly 3; frame(n) holds a varying number)");
        }
    }

    @Test
    void shouldPutLengthBeforeTheBytesOfAFrame() {
        Codec<byte[]> codec = Codecs.frame(5);
        assertThat(Bytes.hex(codec, new byte[] {1, 2, 3})).isEqualTo("03 00 00 00 01 02 03 00 00 00 00 00");
        assertThat(Bytes.hex(codec, new byte[] {1, 2, 3, 4, 5})).isEqualTo("05 00 00 00 01 02 03 04 05 00 00 00");
        assertThat(Bytes.hex(codec, new byte[0])).isEqualTo("00 00 00 00 00 00 00 00 00 00 00 00");
        assertThat(Bytes.roundTrip(codec, new byte[] {1, 2, 3})).containsExactly(1, 2, 3);
        assertThat(Bytes.roundTrip(codec, new byte[0])).isEmpty();
        assertThat(codec.byteSize()).isEqualTo(12);
        assertThat(codec.alignment()).isEqualTo(4);
        assertThat(codec.typeName()).isEqualTo("frame(5)").isEqualTo(codec.toString());
        assertThat(Codecs.frame(4).byteSize()).isEqualTo(8);
    }

    @Test
    void shouldRefuseFrameWhenItDoesNotFit() {
        assertThatThrownBy(() -> Bytes.of(Codecs.frame(5), new byte[6])).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("frame does not fit: type=frame(5), bytes=6 (expected: at most 5 bytes; declare a larger"
                        + " frame)");
    }

    @Test
    void shouldSayWhatWasReadWhenFrameLengthIsOutOfRange() {
        assertThatThrownBy(() -> Bytes.decode(Codecs.frame(5), "06 00 00 00 00 00 00 00 00 00 00 00"))
                .isInstanceOf(ZeroIpcException.class)
                .hasMessageStartingWith("frame length out of range: type=frame(5), length=6 (expected: at most 5");
        assertThatThrownBy(() -> Bytes.decode(Codecs.frame(5), "ff ff ff ff 00 00 00 00 00 00 00 00"))
                .isInstanceOf(ZeroIpcException.class)
                .hasMessageContaining("length=4294967295");
    }

    @Test
    void shouldNameTypeWhenValueIsNull() {
        assertThatThrownBy(() -> Bytes.of(Codecs.string(3), null)).isInstanceOf(NullPointerException.class)
                .hasMessage("value must not be null: type=string(3)");
        assertThatThrownBy(() -> Bytes.of(Codecs.bytes(3), null)).isInstanceOf(NullPointerException.class)
                .hasMessage("value must not be null: type=bytes(3)");
        assertThatThrownBy(() -> Bytes.of(Codecs.frame(3), null)).isInstanceOf(NullPointerException.class)
                .hasMessage("value must not be null: type=frame(3)");
    }

    @Test
    void shouldRefuseLengthWhenItIsOutOfRange() {
        for (int length : new int[] {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> Codecs.string(length)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("length out of range: type=string(" + length + ")");
            assertThatThrownBy(() -> Codecs.bytes(length)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> Codecs.frame(length)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(Codecs.frame(Integer.MAX_VALUE - 8).byteSize()).isEqualTo(Integer.MAX_VALUE - 3);
    }

    @Test
    void shouldZeroEveryUnusedByteWhenTailHasAnyLength() {
        Codec<String> codec = Codecs.string(40);
        for (int length = 0; length <= 40; length++) {
            byte[] bytes = Bytes.of(codec, "x".repeat(length));
            assertThat(Arrays.copyOfRange(bytes, length, 40)).isEqualTo(new byte[40 - length]);
            assertThat(Arrays.copyOfRange(bytes, 0, length)).doesNotContain(0);
        }
    }
}
