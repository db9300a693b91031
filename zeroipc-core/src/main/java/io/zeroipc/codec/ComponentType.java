package io.zeroipc.codec;

import java.lang.annotation.Annotation;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import io.zeroipc.codec.RecordLayout.Element;

/**
 * What a record component and its annotations say about its bytes, or why it cannot be stored and what to write instead.
 *
 * @param array whether there are {@code count} elements one after the other, in a Java array
 */
record ComponentType(String path, boolean array, int count, Element element) {

    static final int MAX_LENGTH = Integer.MAX_VALUE - 8;

    private static final String WHOLE = "byte, short, int, long or an enum";

    static ComponentType of(RecordComponent component, String recordPath, List<Class<?>> enclosing) {
        return new Reader(component, recordPath + "." + component.getName(), enclosing).read();
    }

    /** One component, or an element of its array, while it is looked at. */
    private record Reader(RecordComponent component, String path, List<Class<?>> enclosing) {

        ComponentType read() {
            Class<?> type = component.getType();
            Length length = annotation(Length.class);
            if (length != null && (length.value() < 1 || length.value() > MAX_LENGTH)) {
                throw refused("@Length is out of range: value=" + length.value(), "at least 1");
            }
            if (isSized(type)) {
                return new ComponentType(path, false, 1, element(type));
            }
            if (type.isArray()) {
                Class<?> elementType = type.getComponentType();
                if (elementType.isArray() || elementType == String.class) {
                    throw refused("unsupported array", "an array of primitives, enums or records; wrap the inner "
                            + elementType.getSimpleName() + " in a record of its own");
                }
                return new ComponentType(path, true, requiredLength(),
                        new Reader(component, path + "[*]", enclosing).element(elementType));
            }
            if (length != null) {
                throw refused("@Length has no meaning here", "a String or an array");
            }
            return new ComponentType(path, false, 1, element(type));
        }

        /** A single element that {@code @Length} gives its size. */
        private boolean isSized(Class<?> type) {
            return type == String.class || (type == byte[].class && annotation(Unsigned.class) == null);
        }

        private Element element(Class<?> type) {
            Absent absent = annotation(Absent.class);
            Element value = value(type, absent != null);
            if (absent == null) {
                return value;
            }
            if (type.isPrimitive()) {
                throw refused("@Absent has no meaning here", "a type that can be null, such as "
                        + Scalar.boxed(type).getSimpleName());
            }
            if (absent.value() == Absent.By.FLAG) {
                return new Element.Flagged(value);
            }
            Codec<?> codec = switch (value) {
                case Element.Coded(var coded) -> coded;
                case Element.Primitive(var scalar, var carrier) -> Codecs.scalar(scalar);
                default -> null;
            };
            NullableCodec<?> nullable = codec == null ? null : NullableCodec.of(codec, "field=" + path);
            if (nullable == null) {
                throw refused("no value of this type says that there is none", "@Absent(Absent.By.FLAG)");
            }
            return new Element.Coded(nullable);
        }

        private Element value(Class<?> type, boolean boxed) {
            Unsigned unsigned = annotation(Unsigned.class);
            Scale scale = annotation(Scale.class);
            if (scale != null && type != BigDecimal.class) {
                throw refused("@Scale has no meaning here", "BigDecimal");
            }
            Class<?> unboxed = boxed ? Scalar.unboxed(type) : null;
            Class<?> primitive = unboxed != null ? unboxed : type;
            if (primitive.isPrimitive() && primitive != char.class) {
                return new Element.Primitive(scalar(primitive, unsigned), primitive);
            }
            if (type.isEnum()) {
                return constant(type, unsigned);
            }
            if (unsigned != null) {
                throw refused("@Unsigned has no meaning here", WHOLE);
            }
            if (type.isRecord()) {
                return new Element.Nested(RecordLayout.nested(type.asSubclass(Record.class), path, enclosing));
            }
            return new Element.Coded(codec(type, scale, "field=" + path));
        }

        private Codec<?> codec(Class<?> type, @Nullable Scale scale, String where) {
            if (type == String.class) {
                return new StringCodec(requiredLength(), where);
            }
            if (type == byte[].class) {
                return new BytesCodec(requiredLength(), where);
            }
            if (type == UUID.class) {
                return new UuidCodec(where);
            }
            if (type == Instant.class) {
                return new CountCodec.OfInstant(where);
            }
            if (type == Duration.class) {
                return new CountCodec.OfDuration(where);
            }
            if (type == LocalDate.class) {
                return new CountCodec.OfDate(where);
            }
            if (type == LocalDateTime.class) {
                return new CountCodec.OfDateTime(where);
            }
            if (type == BigDecimal.class) {
                return new CountCodec.OfDecimal(digits(scale), where);
            }
            throw refused("unsupported component", wayOut(type));
        }

        private int digits(@Nullable Scale scale) {
            if (scale == null) {
                throw refused("component has no @Scale", "the number of digits behind the point, for example @Scale(2) "
                        + component.getType().getSimpleName() + " " + component.getName());
            }
            if (scale.value() < 0 || scale.value() > CountCodec.OfDecimal.SCALE_MAX) {
                throw refused("@Scale is out of range: value=" + scale.value(),
                        "0 to " + CountCodec.OfDecimal.SCALE_MAX);
            }
            return scale.value();
        }

        private Scalar scalar(Class<?> type, @Nullable Unsigned unsigned) {
            Scalar own = Scalar.of(type);
            if (unsigned == null) {
                return own;
            }
            if (own.kind != Scalar.Kind.SIGNED) {
                throw refused("@Unsigned has no meaning here", WHOLE);
            }
            int ownBits = own.byteSize * Byte.SIZE;
            int bits = unsigned.value() == 0 ? ownBits : unsigned.value();
            if (!isWidth(bits) || bits > ownBits) {
                throw refused("@Unsigned(" + bits + ") does not fit",
                        "8, 16, 32 or 64, and a Java type at least as wide");
            }
            return Scalar.unsigned(bits);
        }

        private Element constant(Class<?> type, @Nullable Unsigned unsigned) {
            Class<? extends Enum<?>> enumType = enumClass(type);
            int constants = enumType.getEnumConstants().length;
            if (constants == 0) {
                throw refused("enum has no constants", "at least one");
            }
            if (unsigned == null) {
                return new Element.Constant(Scalar.INT32, enumType);
            }
            int bits = unsigned.value() == 0 ? Integer.SIZE : unsigned.value();
            if (!isWidth(bits) || bits == Long.SIZE || constants - 1L > Scalar.unsigned(bits).unsignedMax()) {
                throw refused("@Unsigned(" + bits + ") does not fit: constants=" + constants,
                        "8, 16 or 32, wide enough for every ordinal");
            }
            return new Element.Constant(Scalar.unsigned(bits), enumType);
        }

        private int requiredLength() {
            Length length = annotation(Length.class);
            if (length == null) {
                throw refused("component has no @Length", "a fixed size for every slot, for example @Length(16) "
                        + component.getType().getSimpleName() + " " + component.getName());
            }
            return length.value();
        }

        private <A extends Annotation> @Nullable A annotation(Class<A> type) {
            return component.getAnnotation(type);
        }

        private IllegalArgumentException refused(String problem, String expected) {
            return new IllegalArgumentException("cannot lay out a record component, " + problem + ": field=" + path
                    + ", type=" + component.getGenericType().getTypeName() + " (expected: " + expected + ")");
        }
    }

    @SuppressWarnings("unchecked")
    private static Class<? extends Enum<?>> enumClass(Class<?> type) {
        return (Class<? extends Enum<?>>) type.asSubclass(Enum.class);
    }

    private static boolean isWidth(int bits) {
        return bits == 8 || bits == 16 || bits == 32 || bits == 64;
    }

    /** What to write instead of a type that has no fixed bytes. */
    private static String wayOut(Class<?> type) {
        @Nullable Class<?> primitive = Scalar.unboxed(type);
        if (primitive != null) {
            return "the primitive " + primitive.getSimpleName()
                    + ", as a slot cannot hold null, or @Absent where it may be absent";
        }
        if (type == char.class || type == Character.class) {
            return "@Length String for text, or @Unsigned short for one UTF-16 unit";
        }
        if (Optional.class.isAssignableFrom(type)) {
            return "the value itself with @Absent(Absent.By.FLAG), null where it is absent";
        }
        if (Collection.class.isAssignableFrom(type)) {
            return "an array with @Length, and a count component where fewer may be used";
        }
        if (Map.class.isAssignableFrom(type)) {
            return "an array with @Length of a record of key and value";
        }
        return switch (type.getName()) {
            case "java.time.ZonedDateTime", "java.time.OffsetDateTime", "java.util.Date",
                    "java.sql.Timestamp" -> "Instant for a moment, with a @Length String beside it for the zone where that is needed";
            case "java.time.LocalTime" -> "Duration, since midnight";
            case "java.math.BigInteger" -> "a long, or @Length byte[]";
            default -> "a primitive, a String with @Length, an enum, UUID, Instant, Duration, LocalDate, LocalDateTime,"
                    + " BigDecimal with @Scale, a record of these, or an array of these with @Length";
        };
    }
}
