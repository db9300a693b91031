package io.zeroipc.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.ZeroIpcException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** Identifiers, times and decimals: their bytes, and where their ranges end. */
class ValueCodecTest {

    private static final String NANO_MAX = "9223372036854775807";

    static Stream<Arguments> counts() {
        return Stream.of(arguments(Codecs.instant(), Instant.EPOCH, "0"),
                arguments(Codecs.instant(), Instant.parse("2026-01-31T12:34:56.789012345Z"), "1769862896789012345"),
                arguments(Codecs.instant(), Instant.parse("1969-12-31T23:59:59.999999999Z"), "-1"),
                arguments(Codecs.instant(), Instant.parse("1677-09-21T00:12:43.145224193Z"), "-" + NANO_MAX),
                arguments(Codecs.instant(), Instant.parse("1677-09-21T00:12:44Z"), "-9223372036000000000"),
                arguments(Codecs.instant(), Instant.parse("2262-04-11T23:47:16.854775807Z"), NANO_MAX),
                arguments(Codecs.duration(), Duration.ZERO, "0"),
                arguments(Codecs.duration(), Duration.ofNanos(-1), "-1"),
                arguments(Codecs.duration(), Duration.ofSeconds(-2, 1), "-1999999999"),
                arguments(Codecs.duration(), Duration.parse("-PT2562047H47M16.854775807S"), "-" + NANO_MAX),
                arguments(Codecs.duration(), Duration.parse("PT2562047H47M16.854775807S"), NANO_MAX),
                arguments(Codecs.date(), LocalDate.EPOCH, "0"),
                arguments(Codecs.date(), LocalDate.of(1969, 12, 31), "-1"),
                arguments(Codecs.date(), LocalDate.of(10000, 1, 1), "2932897"),
                arguments(Codecs.date(), LocalDate.MIN, "-365243219162"),
                arguments(Codecs.date(), LocalDate.MAX, "365241780471"),
                arguments(Codecs.dateTime(), LocalDateTime.parse("1970-01-01T00:00:00.000000001"), "1"),
                arguments(Codecs.dateTime(), LocalDateTime.parse("1677-09-21T00:12:43.145224193"), "-" + NANO_MAX),
                arguments(Codecs.dateTime(), LocalDateTime.parse("2262-04-11T23:47:16.854775807"), NANO_MAX),
                // Europe/Berlin has no such time, and has the next one twice.
                arguments(Codecs.dateTime(), LocalDateTime.parse("2026-03-29T02:30"), "1774751400000000000"),
                arguments(Codecs.dateTime(), LocalDateTime.parse("2026-10-25T02:30"), "1792895400000000000"),
                arguments(Codecs.decimal(0), new BigDecimal("42"), "42"),
                arguments(Codecs.decimal(2), new BigDecimal("12.50"), "1250"),
                arguments(Codecs.decimal(2), new BigDecimal("-0.01"), "-1"),
                arguments(Codecs.decimal(2), new BigDecimal("92233720368547758.07"), NANO_MAX),
                arguments(Codecs.decimal(2), new BigDecimal("-92233720368547758.07"), "-" + NANO_MAX),
                arguments(Codecs.decimal(18), new BigDecimal("-9.223372036854775807"), "-" + NANO_MAX));
    }

    @ParameterizedTest
    @MethodSource("counts")
    <T> void shouldStoreTheNumberOfUnits(Codec<T> codec, T value, String units) {
        byte[] bytes = Bytes.of(codec, value);
        assertThat(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong()).isEqualTo(Long.parseLong(units));
        assertThat(bytes).hasSize(8);
        assertThat(Bytes.decode(codec, bytes)).isEqualTo(value);
    }

    static Stream<Arguments> tooLarge() {
        return Stream.of(arguments(Codecs.instant(), Instant.parse("1677-09-21T00:12:43.145224192Z")),
                arguments(Codecs.instant(), Instant.parse("1677-09-21T00:12:43Z")),
                arguments(Codecs.instant(), Instant.parse("2262-04-11T23:47:16.854775808Z")),
                arguments(Codecs.instant(), Instant.parse("2262-04-11T23:47:17Z")),
                arguments(Codecs.instant(), Instant.MIN), arguments(Codecs.instant(), Instant.MAX),
                arguments(Codecs.duration(), Duration.ofNanos(Long.MIN_VALUE)),
                arguments(Codecs.duration(), Duration.ofNanos(Long.MAX_VALUE).plusNanos(1)),
                arguments(Codecs.duration(), Duration.ofSeconds(Long.MIN_VALUE)),
                arguments(Codecs.duration(), Duration.ofSeconds(Long.MAX_VALUE, 999_999_999)),
                arguments(Codecs.dateTime(), LocalDateTime.parse("1677-09-21T00:12:43.145224192")),
                arguments(Codecs.dateTime(), LocalDateTime.of(10000, 1, 1, 0, 0)),
                arguments(Codecs.dateTime(), LocalDateTime.MIN), arguments(Codecs.dateTime(), LocalDateTime.MAX),
                arguments(Codecs.decimal(2), new BigDecimal("92233720368547758.08")),
                arguments(Codecs.decimal(2), new BigDecimal("-92233720368547758.08")),
                arguments(Codecs.decimal(18), BigDecimal.TEN),
                arguments(Codecs.decimal(18), new BigDecimal("9.3")),
                arguments(Codecs.decimal(2), new BigDecimal(BigInteger.ONE, -2_000_000_000)),
                arguments(Codecs.decimal(2), new BigDecimal(BigInteger.ONE, Integer.MIN_VALUE)));
    }

    @ParameterizedTest
    @MethodSource("tooLarge")
    <T> void shouldRefuseWhatIsOutOfRange(Codec<T> codec, T value) {
        assertThatIllegalArgumentException().isThrownBy(() -> Bytes.of(codec, value))
                .withMessageStartingWith("value out of range: type=" + codec.typeName() + ", value=")
                .withMessageEndingWith(", as it is stored as int64)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.005", "0.001", "1E-400", "1E-2147483647", "123.4560001"})
    void shouldNotRoundWhenADecimalHasMoreDigits(String value) {
        assertThatIllegalArgumentException().isThrownBy(() -> Bytes.of(Codecs.decimal(2), new BigDecimal(value)))
                .withMessageStartingWith("decimal has too many digits behind the point: type=decimal(2), value=")
                .withMessageContaining("(expected: at most 2, as nothing is rounded here: round it with setScale(2,");
    }

    @Test
    void shouldTakeZeroesBehindThePoint() {
        Codec<BigDecimal> cents = Codecs.decimal(2);
        for (String value : new String[] {"1.5", "1.5000000", "15E-1"}) {
            assertThat(Bytes.decode(cents, Bytes.of(cents, new BigDecimal(value)))).isEqualTo(new BigDecimal("1.50"));
        }
        // As many digits as there can be.
        assertThat(Bytes.decode(cents, Bytes.of(cents, new BigDecimal("-92233720368547758"))))
                .isEqualTo(new BigDecimal("-92233720368547758.00"));
        assertThat(Bytes.decode(cents, Bytes.of(cents, new BigDecimal("1E+3")))).isEqualTo(new BigDecimal("1000.00"));
        for (int scale : new int[] {Integer.MIN_VALUE, -5, 0, 5, Integer.MAX_VALUE}) {
            assertThat(Bytes.decode(cents, Bytes.of(cents, new BigDecimal(BigInteger.ZERO, scale))))
                    .isEqualTo(new BigDecimal("0.00"));
        }
    }

    @Test
    void shouldStoreAUuidInTheOrderOfItsText() {
        UUID value = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
        byte[] bytes = Bytes.of(Codecs.uuid(), value);
        for (int i = 0; i < 16; i++) {
            assertThat(bytes[i]).isEqualTo((byte) (0x11 * i));
        }
        assertThat(Bytes.decode(Codecs.uuid(), bytes)).isEqualTo(value);
        assertThat(Codecs.uuid().alignment()).isEqualTo(1);
        UUID nil = new UUID(0, 0);
        assertThat(Bytes.decode(Codecs.uuid(), Bytes.of(Codecs.uuid(), nil))).isEqualTo(nil);
    }

    @Test
    void shouldSayThatANumberIsNoValueWhenItIsNone() {
        byte[] none = {0, 0, 0, 0, 0, 0, 0, (byte) 0x80};
        for (Codec<?> codec : new Codec<?>[] {Codecs.instant(), Codecs.duration(), Codecs.date(), Codecs.dateTime(),
                Codecs.decimal(3)}) {
            assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(() -> Bytes.decode(codec, none))
                    .withMessageStartingWith("stored number is no value of its type: type=" + codec.typeName())
                    .withMessageContaining("number=-9223372036854775808")
                    .withMessageContaining("@Absent");
        }
        for (long day : new long[] {365241780472L, -365243219163L, Long.MAX_VALUE}) {
            byte[] bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(day).array();
            assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(() -> Bytes.decode(Codecs.date(), bytes))
                    .withMessageContaining("number=" + day);
        }
    }

    @Test
    void shouldNameTheTypeWhenTheValueIsNull() {
        for (Codec<?> codec : new Codec<?>[] {Codecs.uuid(), Codecs.instant(), Codecs.decimal(3)}) {
            assertThatThrownBy(() -> Bytes.of(codec, null)).isInstanceOf(NullPointerException.class)
                    .hasMessage("value must not be null: type=" + codec.typeName());
        }
    }

    @Test
    void shouldComeBackWhenTheValueIsRandom() {
        Random random = Seeds.next();
        for (int i = 0; i < 20_000; i++) {
            // Bytes, whatever they are, are a value that gives the same bytes, or are none.
            byte[] bytes = new byte[16];
            random.nextBytes(bytes);
            assertThat(Bytes.of(Codecs.uuid(), Bytes.decode(Codecs.uuid(), bytes))).isEqualTo(bytes);
            long number = random.nextLong() >> random.nextInt(64);
            int scale = random.nextInt(19);
            for (Codec<?> codec : new Codec<?>[] {Codecs.instant(), Codecs.duration(), Codecs.dateTime(),
                    Codecs.decimal(scale)}) {
                back(codec, ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(number).array());
            }
            back(Codecs.date(),
                    ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(number % 365241780472L).array());
        }
    }

    private static <T> void back(Codec<T> codec, byte[] bytes) {
        assertThat(Bytes.of(codec, Bytes.decode(codec, bytes))).isEqualTo(bytes);
    }

    @Test
    void shouldKeepTheClockOnTheWallWhenAZoneRepeatsAnHour() {
        ZoneId zone = ZoneId.of("Europe/Berlin");
        Instant first = Instant.parse("2026-10-25T00:30:00Z");
        Instant second = Instant.parse("2026-10-25T01:30:00Z");
        LocalDateTime wall = LocalDateTime.ofInstant(first, zone);
        assertThat(LocalDateTime.ofInstant(second, zone)).isEqualTo(wall);
        assertThat(Bytes.decode(Codecs.dateTime(), Bytes.of(Codecs.dateTime(), wall))).isEqualTo(wall);
        assertThat(Bytes.of(Codecs.instant(), first)).isNotEqualTo(Bytes.of(Codecs.instant(), second));
    }
}
