package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.UUID;

import org.junit.jupiter.api.Test;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;

import static org.assertj.core.api.Assertions.assertThat;

/** Hash and equality by the type of the key, as the C++ implementation printed them. */
class KeyRulesTest {

    record Pair(long a, long b) {}

    record Triple(int a, int b, int c) {}

    @Test
    void shouldHashAsCppWhenKeysAreOfEachType() {
        assertHash(Codecs.int32(), -1, 0xffffffff61c8864fL);
        assertHash(Codecs.int32(), Integer.MIN_VALUE, 0xb0e4432780000000L);
        assertHash(Codecs.uint32(), 4294967295L, 0x9e3779b061c8864fL);
        assertHash(Codecs.int64(), -3L, 0xfffffffe255992edL);
        assertHash(Codecs.uint64(), Long.MAX_VALUE, 0x7fffffff61c8864fL);
        assertHash(Codecs.int8(), (byte) -1, 0xffffffff61c8864fL);
        assertHash(Codecs.uint8(), 255, 0x9d9942374fL);
        assertHash(Codecs.int16(), (short) -2, 0xfffffffec3910c9eL);
        // What C++ has an int64_t for is hashed as one.
        assertHash(Codecs.instant(), Instant.ofEpochSecond(0, -3), 0xfffffffe255992edL);
        assertHash(Codecs.duration(), Duration.ofNanos(-3), 0xfffffffe255992edL);
        assertHash(Codecs.date(), LocalDate.ofEpochDay(-3), 0xfffffffe255992edL);
        assertHash(Codecs.dateTime(), LocalDateTime.parse("1969-12-31T23:59:59.999999997"), 0xfffffffe255992edL);
        assertHash(Codecs.decimal(2), new BigDecimal("-0.03"), 0xfffffffe255992edL);
        // The bytes of the pair (1, 2).
        assertHash(Codecs.uuid(), new UUID(Long.reverseBytes(1), Long.reverseBytes(2)), 0xcd9b55ea0eb3fbd5L);
        assertHash(Codecs.bool(), true, 0x9e3779b1L);
        assertHash(Codecs.float32(), -0f, 0xe941542224b3ffb1L);
        assertHash(Codecs.float64(), 1.25, 0x31281b84a92154f2L);
        assertHash(Codecs.record(Pair.class), new Pair(1, 2), 0xcd9b55ea0eb3fbd5L);
        assertHash(Codecs.record(Triple.class), new Triple(1, 2, 3), 0x2192b8a55161d110L);
        assertHash(Codecs.string(5), "hello", 0x26553298fdbe39c8L);
        assertHash(Codecs.string(1), "z", 0xf9634045da570e36L);
    }

    @Test
    void shouldCompareAsCppWhenKeysAreOfEachType() {
        assertThat(areEqual(Codecs.int16(), (short) -2, (short) -2)).isTrue();
        assertThat(areEqual(Codecs.uint16(), 65535, 65534)).isFalse();
        assertThat(areEqual(Codecs.float64(), 0.0, -0.0)).isTrue();
        assertThat(areEqual(Codecs.float64(), Double.NaN, Double.NaN)).isFalse();
        assertThat(areEqual(Codecs.float32(), Float.NaN, Float.NaN)).isFalse();
        assertThat(areEqual(Codecs.float32(), 1.5f, 1.5f)).isTrue();
        assertThat(areEqual(Codecs.string(3), "ab", "ab")).isTrue();
        assertThat(areEqual(Codecs.string(3), "ab", "abc")).isFalse();
        assertThat(areEqual(Codecs.record(Pair.class), new Pair(1, 2), new Pair(1, 3))).isFalse();
    }

    private static <T> void assertHash(Codec<T> codec, T key, long hash) {
        MemorySegment memory = MemorySegment.ofArray(new byte[codec.byteSize() + 3]);
        codec.encode(key, memory, 3);
        assertThat(Long.toHexString(new KeyRules(codec).hash(memory, 3))).as("%s %s", codec.typeName(), key)
                .isEqualTo(Long.toHexString(hash));
    }

    private static <T> boolean areEqual(Codec<T> codec, T one, T other) {
        MemorySegment memory = MemorySegment.ofArray(new byte[2 * codec.byteSize()]);
        codec.encode(one, memory, 0);
        codec.encode(other, memory, codec.byteSize());
        return new KeyRules(codec).equal(memory, 0, memory, codec.byteSize());
    }
}
