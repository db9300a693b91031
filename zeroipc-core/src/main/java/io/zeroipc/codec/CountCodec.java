package io.zeroipc.codec;

import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.memory.Layouts;

/**
 * A value that is stored as the number of its units, a signed word: nanoseconds, days, or units of the last digit of a
 * decimal. {@link #NONE} is no value of any of them; here it also says that a value does not fit.
 */
abstract sealed class CountCodec<T> implements Codec<T> {

    /** NumPy's {@code NaT}. */
    static final long NONE = Long.MIN_VALUE;

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final Class<T> type;
    private final String typeName;
    private final String where;
    private final String nullMessage;

    private CountCodec(Class<T> type, String typeName, String where) {
        this.type = type;
        this.typeName = typeName;
        this.where = where;
        this.nullMessage = Failures.nullValue(where);
    }

    /** The units of a value, {@link #NONE} when it does not fit. */
    abstract long count(T value);

    /** The value of so many units, which are not {@link #NONE}. */
    abstract T value(long count);

    /** Why a value was refused: what would fit. */
    abstract String expected();

    @Override
    public Class<T> type() {
        return type;
    }

    @Override
    public String typeName() {
        return typeName;
    }

    @Override
    public int byteSize() {
        return Long.BYTES;
    }

    @Override
    public int alignment() {
        return Long.BYTES;
    }

    @Override
    public void encode(T value, MemorySegment memory, long offset) {
        long count = count(Objects.requireNonNull(value, nullMessage));
        if (count == NONE) {
            throw Failures.outOfRange(where, value, expected());
        }
        memory.set(Layouts.LONG, offset, count);
    }

    @Override
    public T decode(MemorySegment memory, long offset) {
        long count = memory.get(Layouts.LONG, offset);
        if (count == NONE) {
            throw noValue(count);
        }
        return value(count);
    }

    @Override
    public String toString() {
        return typeName();
    }

    final String where() {
        return where;
    }

    final ZeroIpcException noValue(long count) {
        return new ZeroIpcException("stored number is no value of its type: " + where + ", type=" + typeName
                + ", number=" + count + " (expected: " + expected()
                + "; the writer may store absent values, which are read with @Absent, or these bytes are something else)");
    }

    /** Seconds, and nanoseconds that are added to them, as nanoseconds. */
    private static long nanos(long seconds, int nanos) {
        if (seconds > Long.MAX_VALUE / NANOS_PER_SECOND || seconds < Long.MIN_VALUE / NANOS_PER_SECOND - 1) {
            return NONE;
        }
        // The seconds alone may overflow while the sum fits. Where the sum does not, its sign is the wrong one.
        long sum = seconds * NANOS_PER_SECOND + nanos;
        return (sum ^ seconds) < 0 ? NONE : sum;
    }

    private static long second(long nanos) {
        return Math.floorDiv(nanos, NANOS_PER_SECOND);
    }

    private static int nano(long nanos) {
        return (int) Math.floorMod(nanos, NANOS_PER_SECOND);
    }

    private static String range(Object from, Object to) {
        return from + " to " + to + ", as it is stored as int64";
    }

    /** Nanoseconds since 1970-01-01T00:00:00Z. */
    static final class OfInstant extends CountCodec<Instant> {

        OfInstant(String where) {
            super(Instant.class, "instant", where);
        }

        @Override
        long count(Instant value) {
            return nanos(value.getEpochSecond(), value.getNano());
        }

        @Override
        Instant value(long count) {
            return Instant.ofEpochSecond(second(count), nano(count));
        }

        @Override
        String expected() {
            return range(value(-Long.MAX_VALUE), value(Long.MAX_VALUE));
        }
    }

    /** Nanoseconds. */
    static final class OfDuration extends CountCodec<Duration> {

        OfDuration(String where) {
            super(Duration.class, "duration", where);
        }

        @Override
        long count(Duration value) {
            return nanos(value.getSeconds(), value.getNano());
        }

        @Override
        Duration value(long count) {
            return Duration.ofNanos(count);
        }

        @Override
        String expected() {
            return range(value(-Long.MAX_VALUE), value(Long.MAX_VALUE));
        }
    }

    /** Days since 1970-01-01. */
    static final class OfDate extends CountCodec<LocalDate> {

        OfDate(String where) {
            super(LocalDate.class, "date", where);
        }

        @Override
        long count(LocalDate value) {
            return value.toEpochDay();
        }

        @Override
        LocalDate value(long count) {
            if (!ChronoField.EPOCH_DAY.range().isValidValue(count)) {
                throw noValue(count);
            }
            return LocalDate.ofEpochDay(count);
        }

        @Override
        String expected() {
            return range(LocalDate.MIN, LocalDate.MAX);
        }
    }

    /** Nanoseconds from 1970-01-01T00:00:00 on the same clock. */
    static final class OfDateTime extends CountCodec<LocalDateTime> {

        OfDateTime(String where) {
            super(LocalDateTime.class, "datetime", where);
        }

        @Override
        @SuppressWarnings("JavaLocalDateTimeGetNano") // what is behind the seconds that are asked for beside it
        long count(LocalDateTime value) {
            return nanos(value.toEpochSecond(ZoneOffset.UTC), value.getNano());
        }

        @Override
        LocalDateTime value(long count) {
            return LocalDateTime.ofEpochSecond(second(count), nano(count), ZoneOffset.UTC);
        }

        @Override
        String expected() {
            return range(value(-Long.MAX_VALUE), value(Long.MAX_VALUE));
        }
    }

    /** Units of the last digit. */
    static final class OfDecimal extends CountCodec<BigDecimal> {

        static final int SCALE_MAX = 18;

        private static final int DIGITS_MAX = 19;

        private final int scale;

        OfDecimal(int scale, String where) {
            super(BigDecimal.class, "decimal(" + scale + ")", where);
            this.scale = scale;
        }

        @Override
        long count(BigDecimal value) {
            BigInteger units = (value.scale() == scale ? value : rescaled(value)).unscaledValue();
            return units.bitLength() < Long.SIZE ? units.longValue() : NONE;
        }

        /** The same value; the digits are counted first, as exponents may be such that no memory would do. */
        private BigDecimal rescaled(BigDecimal value) {
            if (value.signum() == 0) {
                return value(0);
            }
            long surplus = (long) value.scale() - scale;
            if (value.precision() - surplus > DIGITS_MAX) {
                throw Failures.outOfRange(where(), value, expected());
            }
            if (surplus >= value.precision()) {
                throw lossy(value, null);
            }
            try {
                return value.setScale(scale);
            } catch (ArithmeticException e) {
                throw lossy(value, e);
            }
        }

        private IllegalArgumentException lossy(BigDecimal value, @Nullable Throwable cause) {
            return new IllegalArgumentException("decimal has too many digits behind the point: " + where() + ", value="
                    + Failures.shown(value) + " (expected: at most " + scale
                    + ", as nothing is rounded here: round it with setScale(" + scale
                    + ", roundingMode), or store more digits)", cause);
        }

        @Override
        BigDecimal value(long count) {
            return BigDecimal.valueOf(count, scale);
        }

        @Override
        String expected() {
            return value(-Long.MAX_VALUE).toPlainString() + " to " + value(Long.MAX_VALUE).toPlainString()
                    + ", as it is stored as int64";
        }
    }
}
