package io.zeroipc.format;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Values that the C++ implementation printed, built with g++ and libstdc++. */
class KeyHashTest {

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 9e3779b1", "-1, ffffffff61c8864f", "-2147483648, b0e4432780000000",
            "4294967295, 9e3779b061c8864f", "-3, fffffffe255992ed", "9223372036854775807, 7fffffff61c8864f",
            "255, 9d9942374f", "-2, fffffffec3910c9e"})
    void shouldHashIntegersAsCppWhenExtendedTo64Bits(long value, String hash) {
        assertThat(Long.toHexString(KeyHash.ofIntegral(value))).isEqualTo(hash);
    }

    @ParameterizedTest
    @CsvSource({"0, 268f6e0901df8187", "-0.0, e941542224b3ffb1", "1.5, 57eace228561efb8", "3.14, b002e2c66776e42b"})
    void shouldHashFloatsAsCppWhenHashingTheirBytes(float value, String hash) {
        assertHash(little(Float.BYTES).putFloat(value), hash);
    }

    @ParameterizedTest
    @CsvSource({"0, f457bd22cac02869", "-0.0, 17b27c0b51930e62", "1.25, 31281b84a92154f2", "3.14159, ec4ef7a2b8411676"})
    void shouldHashDoublesAsCppWhenHashingTheirBytes(double value, String hash) {
        assertHash(little(Double.BYTES).putDouble(value), hash);
    }

    @ParameterizedTest
    @CsvSource({"hello, 26553298fdbe39c8", "abc, 32d82bf8ed3dba39", "z, f9634045da570e36"})
    void shouldHashTextAsCppWhenHashingItsBytes(String text, String hash) {
        assertHash(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), hash);
    }

    @Test
    void shouldHashStructsAsCppWhenHashingTheirBytes() {
        assertHash(little(16).putLong(1).putLong(2), "cd9b55ea0eb3fbd5");
        assertHash(little(12).putInt(1).putInt(2).putInt(3), "2192b8a55161d110");
    }

    @ParameterizedTest
    @CsvSource({"0, 553e93901e462a6e", "1, 5c80a99b56e3dd25", "2, f7ae8865a2b86037", "7, ad5cb946bda9c11e",
            "8, 578bf262b7f63af1", "9, ce88faec79713950", "15, 0f74917226d365be", "16, 3253e7c1036d3b29",
            "31, 5a0b07058fb1b746", "32, f8b0ebb17889e597", "63, 3611cda9860482d8", "64, caaa0369b104134c"})
    void shouldHashBytesAsCppWhenOfThisLength(int length, String hash) {
        ByteBuffer bytes = little(length);
        IntStream.range(0, length).forEach(i -> bytes.put((byte) (37 * i + 11)));
        assertHash(bytes, hash);
    }

    @Test
    void shouldWrapBeforeTakingTheRemainderWhenTheHashIsNearTheEndOfItsRange() {
        // 2^64 - 1 = 18446744073709551615, which is 1 modulo 7.
        assertThat(KeyHash.index(-1, 0, 7)).isEqualTo(1);
        assertThat(KeyHash.index(-1, 1, 7)).isZero();
        assertThat(KeyHash.index(-1, 2, 7)).isEqualTo(1);
        assertThat(KeyHash.index(Long.MIN_VALUE, 0, 10)).isEqualTo(8);
    }

    private static ByteBuffer little(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** At an offset that is not aligned, in bytes that do not end there. */
    private static void assertHash(ByteBuffer bytes, String hash) {
        byte[] surrounded = new byte[bytes.capacity() + 20];
        Arrays.fill(surrounded, (byte) 0x5A);
        bytes.get(0, surrounded, 3, bytes.capacity());
        assertThat(Long.toHexString(KeyHash.ofBytes(MemorySegment.ofArray(surrounded), 3, bytes.capacity())))
                .isEqualTo(hash.replaceFirst("^0", ""));
    }
}
