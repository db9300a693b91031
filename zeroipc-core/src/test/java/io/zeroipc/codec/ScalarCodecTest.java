package io.zeroipc.codec;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class ScalarCodecTest {

    static Stream<Arguments> values() {
        return Stream.of(arguments(Codecs.int8(), Byte.MIN_VALUE, "80"), arguments(Codecs.int8(), Byte.MAX_VALUE, "7f"),
                arguments(Codecs.int8(), (byte) -1, "ff"), arguments(Codecs.uint8(), 0, "00"),
                arguments(Codecs.uint8(), 128, "80"), arguments(Codecs.uint8(), 255, "ff"),
                arguments(Codecs.int16(), Short.MIN_VALUE, "00 80"),
                arguments(Codecs.int16(), Short.MAX_VALUE, "ff 7f"), arguments(Codecs.int16(), (short) 0x0102, "02 01"),
                arguments(Codecs.uint16(), 0x0102, "02 01"), arguments(Codecs.uint16(), 65535, "ff ff"),
                arguments(Codecs.int32(), Integer.MIN_VALUE, "00 00 00 80"),
                arguments(Codecs.int32(), Integer.MAX_VALUE, "ff ff ff 7f"),
                arguments(Codecs.int32(), 0x01020304, "04 03 02 01"), arguments(Codecs.uint32(), 0L, "00 00 00 00"),
                arguments(Codecs.uint32(), 0xFFFF_FFFFL, "ff ff ff ff"),
                arguments(Codecs.uint32(), 0x8000_0000L, "00 00 00 80"),
                arguments(Codecs.int64(), Long.MIN_VALUE, "00 00 00 00 00 00 00 80"),
                arguments(Codecs.int64(), Long.MAX_VALUE, "ff ff ff ff ff ff ff 7f"),
                arguments(Codecs.int64(), 0x0102030405060708L, "08 07 06 05 04 03 02 01"),
                arguments(Codecs.uint64(), Long.parseUnsignedLong("18446744073709551615"), "ff ff ff ff ff ff ff ff"),
                arguments(Codecs.float32(), 1.5f, "00 00 c0 3f"), arguments(Codecs.float32(), -0.0f, "00 00 00 80"),
                arguments(Codecs.float32(), Float.MIN_VALUE, "01 00 00 00"),
                arguments(Codecs.float32(), Float.NEGATIVE_INFINITY, "00 00 80 ff"),
                arguments(Codecs.float32(), Float.NaN, "00 00 c0 7f"),
                arguments(Codecs.float64(), -2.5, "00 00 00 00 00 00 04 c0"),
                arguments(Codecs.float64(), Double.MAX_VALUE, "ff ff ff ff ff ff ef 7f"),
                arguments(Codecs.float64(), Double.NaN, "00 00 00 00 00 00 f8 7f"),
                arguments(Codecs.bool(), true, "01"), arguments(Codecs.bool(), false, "00"));
    }

    @ParameterizedTest
    @MethodSource("values")
    <T> void shouldWriteLittleEndianBytesAndReadThemBack(Codec<T> codec, T value, String hex) {
        assertThat(Bytes.hex(codec, value)).isEqualTo(hex);
        assertThat(Bytes.decode(codec, hex)).isEqualTo(value);
        assertThat(codec.type()).isSameAs(value.getClass());
        assertThat(codec.byteSize()).isEqualTo(codec.alignment()).isEqualTo((hex.length() + 1) / 3);
        assertThat(codec.toString()).isEqualTo(codec.typeName());
    }

    @Test
    void shouldReadTrueWhenForeignByteIsNotZero() {
        assertThat(Bytes.decode(Codecs.bool(), "02")).isTrue();
        assertThat(Bytes.decode(Codecs.bool(), "80")).isTrue();
    }

    static Stream<Arguments> outOfRange() {
        return Stream.of(arguments(Codecs.uint8(), -1, "uint8", "255"), arguments(Codecs.uint8(), 256, "uint8", "255"),
                arguments(Codecs.uint16(), -1, "uint16", "65535"),
                arguments(Codecs.uint16(), 65536, "uint16", "65535"),
                arguments(Codecs.uint32(), -1L, "uint32", "4294967295"),
                arguments(Codecs.uint32(), 1L << 32, "uint32", "4294967295"));
    }

    @ParameterizedTest
    @MethodSource("outOfRange")
    <T> void shouldRefuseValueWhenOutOfRange(Codec<T> codec, T value, String name, String max) {
        assertThatThrownBy(() -> Bytes.of(codec, value)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("value out of range: type=%s, value=%s (expected: 0 to %s, as it is stored as %s)", name,
                        value, max, name);
    }

    @Test
    void shouldKeepBitsWhenValueIsNaNWithPayload() {
        assertThat(Bytes.hex(Codecs.float64(), Double.longBitsToDouble(0x7ff8_0000_0000_002aL)))
                .isEqualTo("2a 00 00 00 00 00 f8 7f");
    }

    static Stream<Arguments> random() {
        return Stream.of(random(Codecs.int8(), random -> (byte) random.nextInt()),
                random(Codecs.uint8(), random -> random.nextInt(1 << 8)),
                random(Codecs.int16(), random -> (short) random.nextInt()),
                random(Codecs.uint16(), random -> random.nextInt(1 << 16)), random(Codecs.int32(), Random::nextInt),
                random(Codecs.uint32(), random -> Integer.toUnsignedLong(random.nextInt())),
                random(Codecs.int64(), Random::nextLong), random(Codecs.uint64(), Random::nextLong),
                random(Codecs.float32(), Random::nextFloat), random(Codecs.float64(), Random::nextDouble),
                random(Codecs.bool(), Random::nextBoolean));
    }

    private static <T> Arguments random(Codec<T> codec, Function<Random, T> values) {
        return arguments(codec, values);
    }

    @ParameterizedTest
    @MethodSource("random")
    <T> void shouldRoundTripRandomValues(Codec<T> codec, Function<Random, T> values) {
        Random random = Seeds.next();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(codec.byteSize());
            for (int i = 0; i < 1_000; i++) {
                T value = values.apply(random);
                codec.encode(value, memory, 0);
                assertThat(codec.decode(memory, 0)).isEqualTo(value);
            }
        }
    }

    @Test
    void shouldFailWhenSlotIsNotInsideMemory() {
        MemorySegment memory = MemorySegment.ofArray(new byte[7]);
        assertThatThrownBy(() -> Codecs.int64().encode(1L, memory, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Codecs.int64().decode(memory, 0)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
