package io.zeroipc;

import java.math.BigInteger;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.testing.Seeds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ShapeTest {

    @Test
    void shouldCountEachPositionOnceWhenIndexesRunRowByRow() {
        Shape shape = Shape.of(2, 3, 4);
        long expected = 0;
        for (long i = 0; i < 2; i++) {
            assertThat(shape.rowIndex(i)).isEqualTo(expected);
            for (long j = 0; j < 3; j++) {
                for (long k = 0; k < 4; k++) {
                    assertThat(shape.index(i, j, k)).isEqualTo(expected++);
                }
            }
        }
        assertThat(shape.count()).isEqualTo(expected);
        assertThat(shape.row()).isEqualTo(Shape.of(3, 4)).hasSameHashCodeAs(Shape.of(List.of(3L, 4L)));
        assertThat(shape.byteSize(8)).isEqualTo(192);
        assertThat(Shape.of().count()).isEqualTo(1);
        assertThat(Shape.of().index()).isZero();
    }

    @Test
    void shouldStayWithinSixtyFourBitsWhenDimensionsAreLong() {
        long side = 3_000_000_000L;
        Shape shape = Shape.of(side, side);
        assertThat(shape.index(side - 1, side - 1)).isEqualTo(8_999_999_999_999_999_999L);
        assertThat(shape.rowIndex(side - 1)).isEqualTo(8_999_999_997_000_000_000L);
        assertThatIllegalArgumentException().isThrownBy(() -> shape.byteSize(2))
                .withMessageContaining("shape=[3000000000, 3000000000], element size=2");
        assertThatIllegalArgumentException().isThrownBy(() -> Shape.of(side, side, 2))
                .withMessageContaining("more elements than 64 bits count");
        // These wrap round to a small positive product.
        assertThatIllegalArgumentException().isThrownBy(() -> Shape.of(1L << 32, 1L << 32));
        assertThatIllegalArgumentException().isThrownBy(() -> Shape.of((1L << 32) + 1, (1L << 32) - 1, 3));
    }

    /** Against arithmetic without limits. */
    @Test
    void shouldRefuseExactlyWhatDoesNotFitWhenLengthsAreRandom() {
        Random random = Seeds.of(Seeds.next(), 0);
        for (int round = 0; round < 20_000; round++) {
            long[] lengths = random.longs(1 + random.nextInt(4), 1, 1L << (1 + random.nextInt(33))).toArray();
            BigInteger product = BigInteger.ONE;
            for (long length : lengths) {
                product = product.multiply(BigInteger.valueOf(length));
            }
            if (product.bitLength() < Long.SIZE) {
                assertThat(Shape.of(lengths).count()).isEqualTo(product.longValueExact());
            } else {
                assertThatIllegalArgumentException().isThrownBy(() -> Shape.of(lengths));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"[100, 50]", "100,50", "100 x 50", " [ 100,50 ] ", "100x50"})
    void shouldReadWhatPeopleWriteWhenItIsAText(String text) {
        assertThat(Shape.parse(text)).isEqualTo(Shape.of(100, 50)).hasToString("[100, 50]");
        assertThat(Shape.parse("7")).isEqualTo(Shape.of(7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "a", "1,", "-1", "1;2", "1.5", "9999999999999999999", "[1, 2", "1, 2]", "\u0661"})
    void shouldSayWhatIsExpectedWhenATextIsNoShape(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Shape.parse(text))
                .withMessageContaining("such as [100, 50]");
    }

    @Test
    void shouldNameTheIndexesWhenTheyAreOutside() {
        Shape shape = Shape.of(2, 3);
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> shape.index(1, 3))
                .withMessage("index out of range: indexes=[1, 3], shape=[2, 3]");
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> shape.index(-1, 0));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> shape.index(1))
                .withMessageContaining("wrong number of indexes: indexes=[1], shape=[2, 3]");
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> Shape.of(4).index(1, 1));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> shape.rowIndex(2));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> Shape.of().row());
        assertThatIllegalArgumentException().isThrownBy(() -> Shape.of(3, 0)).withMessageContaining("length=0");
        assertThatIllegalArgumentException().isThrownBy(() -> Shape.of(new long[65]));
    }
}
