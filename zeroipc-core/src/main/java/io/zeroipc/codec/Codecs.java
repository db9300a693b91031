package io.zeroipc.codec;

import java.lang.invoke.MethodHandles;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ElementSchema;

/**
 * The codecs: one per name of the vocabulary, and one per record.
 * <p>
 * Unsigned types widen: {@code uint8} and {@code uint16} are {@code Integer}, {@code uint32} is {@code Long}, and a value
 * out of range is refused. {@code uint64} is the raw {@code Long}; {@link Long#toUnsignedString(long)},
 * {@link Long#compareUnsigned} and {@link Long#divideUnsigned} read it as unsigned.
 */
public final class Codecs {

    private static final Codec<Byte> INT8 = new ScalarCodec.Int8();
    private static final Codec<Integer> UINT8 = new ScalarCodec.Uint8();
    private static final Codec<Short> INT16 = new ScalarCodec.Int16();
    private static final Codec<Integer> UINT16 = new ScalarCodec.Uint16();
    private static final Codec<Integer> INT32 = new ScalarCodec.Int32();
    private static final Codec<Long> UINT32 = new ScalarCodec.Uint32();
    private static final Codec<Long> INT64 = new ScalarCodec.Int64();
    private static final Codec<Long> UINT64 = new ScalarCodec.Uint64();
    private static final Codec<Float> FLOAT32 = new ScalarCodec.Float32();
    private static final Codec<Double> FLOAT64 = new ScalarCodec.Float64();
    private static final Codec<Boolean> BOOL = new ScalarCodec.Bool();

    private static final Codec<UUID> UUIDS = new UuidCodec("type=uuid");
    private static final Codec<Instant> INSTANTS = new CountCodec.OfInstant("type=instant");
    private static final Codec<Duration> DURATIONS = new CountCodec.OfDuration("type=duration");
    private static final Codec<LocalDate> DATES = new CountCodec.OfDate("type=date");
    private static final Codec<LocalDateTime> DATE_TIMES = new CountCodec.OfDateTime("type=datetime");

    private Codecs() {
    }

    /** {@code int8_t}. */
    public static Codec<Byte> int8() {
        return INT8;
    }

    /** {@code uint8_t}; 0 to 255. */
    public static Codec<Integer> uint8() {
        return UINT8;
    }

    /** {@code int16_t}. */
    public static Codec<Short> int16() {
        return INT16;
    }

    /** {@code uint16_t}; 0 to 65535. */
    public static Codec<Integer> uint16() {
        return UINT16;
    }

    /** {@code int32_t}. */
    public static Codec<Integer> int32() {
        return INT32;
    }

    /** {@code uint32_t}; 0 to 4294967295. */
    public static Codec<Long> uint32() {
        return UINT32;
    }

    /** {@code int64_t}. */
    public static Codec<Long> int64() {
        return INT64;
    }

    /** {@code uint64_t}, raw: values of 2^63 and more are negative longs. */
    public static Codec<Long> uint64() {
        return UINT64;
    }

    /** {@code float}; the bits are kept, those of a NaN too. */
    public static Codec<Float> float32() {
        return FLOAT32;
    }

    /** {@code double}; the bits are kept, those of a NaN too. */
    public static Codec<Double> float64() {
        return FLOAT64;
    }

    /** {@code bool}, one byte: written as 0 or 1, everything but 0 is read as true. */
    public static Codec<Boolean> bool() {
        return BOOL;
    }

    /** 16 bytes in the order of the text, {@code uint8_t[16]}. */
    public static Codec<UUID> uuid() {
        return UUIDS;
    }

    /**
     * Nanoseconds since 1970-01-01T00:00:00Z, {@code int64_t}: the years 1677 to 2262; a value out of range is refused, and
     * so is -2^63 when read, which is no value.
     */
    public static Codec<Instant> instant() {
        return INSTANTS;
    }

    /** Nanoseconds, {@code int64_t}: up to 292 years of either sign; a value out of range is refused, and -2^63 is none. */
    public static Codec<Duration> duration() {
        return DURATIONS;
    }

    /** Days since 1970-01-01, {@code int64_t}; a number that is no {@code LocalDate} is an error when read. */
    public static Codec<LocalDate> date() {
        return DATES;
    }

    /**
     * Nanoseconds from 1970-01-01T00:00:00 on the same clock, {@code int64_t}, without a zone: the years 1677 to 2262; a
     * value out of range is refused, and so is -2^63 when read, which is no value.
     */
    public static Codec<LocalDateTime> dateTime() {
        return DATE_TIMES;
    }

    /**
     * A number with {@code scale} digits behind the point as the number of units of the last one, {@code int64_t}. A value
     * with more digits is refused, never rounded, and so is one beyond 2^63 - 1 units; what is read has exactly this scale.
     * -2^63 is no value, and an error when read.
     *
     * @param scale
     *            0 to 18
     * @throws IllegalArgumentException
     *             if the scale is out of range
     */
    public static Codec<BigDecimal> decimal(int scale) {
        if (scale < 0 || scale > CountCodec.OfDecimal.SCALE_MAX) {
            throw new IllegalArgumentException("scale out of range: type=decimal(" + scale + ") (expected: 0 to "
                    + CountCodec.OfDecimal.SCALE_MAX + " digits behind the point)");
        }
        return new CountCodec.OfDecimal(scale, "type=decimal(" + scale + ")");
    }

    /** Exactly {@code length} bytes, {@code uint8_t[length]}; a shorter or longer array is refused. */
    public static Codec<byte[]> bytes(int length) {
        return new BytesCodec(requireLength("bytes", length));
    }

    /**
     * Text of up to {@code length} bytes of UTF-8, {@code char[length]}: padded with zeroes, and without one where it
     * fills the field. Refused: a longer text, one with the character 0, one with half of a surrogate pair.
     */
    public static Codec<String> string(int length) {
        return new StringCodec(requireLength("string", length));
    }

    /**
     * 0 to {@code capacity} bytes: their number as {@code uint32_t} at offset 0, the bytes from offset 4 on, then zeroes
     * to the end. Alignment 4, {@code 4 + capacity} bytes rounded up to a multiple of 4.
     */
    public static Codec<byte[]> frame(int capacity) {
        return new FrameCodec(requireLength("frame", capacity));
    }

    /**
     * A record, laid out as a C++ compiler lays out the struct of the same fields. The same codec is returned each time
     * where the record's class loader sees this class.
     *
     * @throws IllegalArgumentException
     *             if a component cannot be laid out, or if the record is in a package that its module does not open to
     *             this one and {@link #record(Class, MethodHandles.Lookup)} is needed; the message says which and what to
     *             write instead
     */
    public static <R extends Record> Codec<R> record(Class<R> type) {
        return RecordCodecs.of(type, null);
    }

    /**
     * As {@link #record(Class)}, for a record that only {@code lookup} may access: one in a module that does not open its
     * package.
     *
     * @param lookup
     *            {@code MethodHandles.lookup()} called in the record's own package, or where it may be accessed
     */
    public static <R extends Record> Codec<R> record(Class<R> type, MethodHandles.Lookup lookup) {
        return RecordCodecs.of(type, lookup);
    }

    /**
     * The codec of a name: {@code int8 uint8 int16 uint16 int32 uint32 int64 uint64 float32 float64 bool},
     * {@code uuid instant duration date datetime}, {@code decimal(n)}, {@code bytes(n)}, {@code string(n)}, {@code frame(n)},
     * or the name of a record, where {@code a.b.Outer.Inner} is accepted for {@code a.b.Outer$Inner}.
     *
     * @param loader
     *            finds the record; null for the thread's context class loader
     * @throws IllegalArgumentException
     *             if the name is none of these; the message lists them
     */
    public static Codec<?> forType(String name, @Nullable ClassLoader loader) {
        return TypeNames.resolve(name, loader);
    }

    /**
     * The codec of what a catalogue or manifest describes, without the application's classes: the one of the vocabulary
     * where it has no fields, and otherwise one whose values are {@code Map<String, Object>}, field by field, with lists
     * for arrays, names for enum constants and null for what is absent. Bytes written through it are those of the record's own codec.
     *
     * @throws IllegalArgumentException
     *             if a type is not in the vocabulary, or its size is another; the message names the field
     */
    public static Codec<?> schema(ElementSchema schema) {
        if (!schema.fields().isEmpty()) {
            return new SchemaCodec(schema);
        }
        Codec<?> codec = TypeNames.ofVocabulary(schema.typeName());
        if (codec.byteSize() != schema.byteSize()) {
            throw new IllegalArgumentException("element has another size than its type: type=" + schema.typeName()
                    + ", bytes=" + schema.byteSize() + " (expected: " + codec.byteSize() + ")");
        }
        return codec;
    }

    /**
     * A value as text and tools have it, as the type that {@code codec} takes: numbers in another width or as text,
     * bytes in hexadecimal digits, {@code true} and {@code false}, times as ISO 8601 has them. What is of that type already is returned as it is.
     *
     * @throws IllegalArgumentException
     *             if it is none, or would change
     */
    @SuppressWarnings("unchecked") // the conversion gives what the codec takes, or fails
    public static <T> T convert(Codec<T> codec, Object value) {
        return (T) Loose.value(codec, value, "value");
    }

    /**
     * The codec of a Java type: the signed or floating one for a primitive or its boxed type ({@code Integer} is
     * {@code int32}), {@link #record} for a record, and the one for {@code UUID}, {@code Instant}, {@code Duration},
     * {@code LocalDate} and {@code LocalDateTime}.
     *
     * @throws IllegalArgumentException
     *             for every other type, such as a String, which needs a length, or a BigDecimal, which needs a scale
     */
    @SuppressWarnings("unchecked")
    public static <T> Codec<T> forClass(Class<T> type) {
        // Each branch returns the codec whose type() is the boxed form of the argument.
        if (type.isRecord()) {
            return (Codec<T>) record(type.asSubclass(Record.class));
        }
        Class<?> unboxed = Scalar.unboxed(type);
        Class<?> primitive = unboxed != null ? unboxed : type;
        if (primitive.isPrimitive() && primitive != char.class && primitive != void.class) {
            return (Codec<T>) scalar(Scalar.of(primitive));
        }
        for (Codec<?> codec : List.of(UUIDS, INSTANTS, DURATIONS, DATES, DATE_TIMES)) {
            if (codec.type() == type) {
                return (Codec<T>) codec;
            }
        }
        throw new IllegalArgumentException("no codec for this class: type=" + type.getTypeName()
                + " (expected: a primitive other than char, its boxed type, a record, UUID, Instant, Duration,"
                + " LocalDate or LocalDateTime; Codecs.string(n), bytes(n) and frame(n) give text and bytes their size,"
                + " and Codecs.decimal(n) a BigDecimal its scale)");
    }

    static Codec<?> scalar(Scalar scalar) {
        return switch (scalar) {
            case INT8 -> INT8;
            case UINT8 -> UINT8;
            case INT16 -> INT16;
            case UINT16 -> UINT16;
            case INT32 -> INT32;
            case UINT32 -> UINT32;
            case INT64 -> INT64;
            case UINT64 -> UINT64;
            case FLOAT32 -> FLOAT32;
            case FLOAT64 -> FLOAT64;
            case BOOL -> BOOL;
        };
    }

    static int requireLength(String name, long length) {
        if (length < 1 || length > ComponentType.MAX_LENGTH) {
            throw new IllegalArgumentException("length out of range: type=" + name + "(" + length + ") (expected: 1 to "
                    + ComponentType.MAX_LENGTH + ")");
        }
        return (int) length;
    }
}
