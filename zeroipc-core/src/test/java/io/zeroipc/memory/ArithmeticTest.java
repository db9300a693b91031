package io.zeroipc.memory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Alignment, powers of two, and counters of 32 bits. */
class ArithmeticTest {

    @ParameterizedTest
    @CsvSource({"0, 8, 0", "1, 8, 8", "8, 8, 8", "9, 8, 16", "5, 1, 5", "4097, 4096, 8192",
            "9223372036854775800, 8, 9223372036854775800"})
    void shouldRoundUpWhenTheValueIsBetweenTwoMultiples(long value, long alignment, long expected) {
        assertThat(Alignment.up(value, alignment)).isEqualTo(expected);
    }

    @Test
    void shouldRefuseToWrapWhenThereIsNoMultipleAbove() {
        assertThatExceptionOfType(ArithmeticException.class).isThrownBy(() -> Alignment.up8(Long.MAX_VALUE - 6));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "3, 4", "1025, 2048", "1073741823, 1073741824", "1073741824, 1073741824"})
    void shouldFindTheNextPowerOfTwoWhenThereIsOne(int value, int expected) {
        assertThat(Alignment.nextPowerOfTwo(value)).isEqualTo(expected);
        assertThat(Alignment.isPowerOfTwo(expected)).isTrue();
        assertThat(Alignment.isPowerOfTwo(value)).isEqualTo(value == expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, (1 << 30) + 1, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void shouldRefuseWhenNoPowerOfTwoIsAbove(int value) {
        assertThatIllegalArgumentException().isThrownBy(() -> Alignment.nextPowerOfTwo(value))
                .withMessageContaining("value=" + value);
        assertThat(Alignment.isPowerOfTwo(value)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0, -1, 1", "-2147483648, 2147483647, 1", "2147483647, -2147483648, -1", "5, 5, 0"})
    void shouldCountTheDistanceWhenCountersPassTheEndOfTheirRange(int later, int earlier, int expected) {
        assertThat(Wrapping.distance(later, earlier)).isEqualTo(expected);
        assertThat(Integer.toUnsignedLong(later) - Integer.toUnsignedLong(earlier) - expected).isIn(0L, 1L << 32,
                -(1L << 32));
    }
}
