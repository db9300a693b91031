package io.zeroipc.codec;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.HexFormat;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/** From the few types of JSON and of command lines to the type that a codec takes. */
final class Loose {

    private Loose() {
    }

    /**
     * {@code value} as the codec's type: a number in the width of the element, {@code true} or {@code false}, a text,
     * bytes in hexadecimal digits, times as ISO 8601 has them, a map of fields; numbers may also be texts.
     *
     * @throws IllegalArgumentException when it is none, or would change
     */
    static Object value(Codec<?> codec, Object value, String what) {
        Class<?> type = codec.type();
        if (type.isInstance(value)) {
            return value;
        }
        try {
            if (type == Boolean.class && value instanceof String text
                    && (text.equals("true") || text.equals("false"))) {
                return Boolean.valueOf(text);
            }
            if (type == Double.class || type == Float.class) {
                double number = value instanceof Number given
                        ? given.doubleValue()
                        : Double.parseDouble(value.toString());
                boolean infinite = Double.isInfinite(type == Double.class ? number : (float) number);
                if (infinite && !value.toString().endsWith("Infinity")) {
                    throw new IllegalArgumentException("too large: " + value);
                }
                return type == Double.class ? (Object) number : (Object) (float) number;
            }
            if (type == BigDecimal.class && (value instanceof Number || value instanceof String)) {
                return new BigDecimal(value.toString());
            }
            if (Number.class.isAssignableFrom(type) && !(value instanceof Double) && !(value instanceof Float)) {
                return whole(type, value.toString(), codec.typeName());
            }
            if (value instanceof String text) {
                Object parsed = parsed(type, text);
                if (parsed != null) {
                    return parsed;
                }
            }
        } catch (IllegalArgumentException | DateTimeException e) {
            throw wrong(codec, value, what, e);
        }
        throw wrong(codec, value, what, null);
    }

    /** What a text says in the form that {@code toString} of the type has; null for a type that has none. */
    private static @Nullable Object parsed(Class<?> type, String text) {
        if (type == byte[].class) {
            return HexFormat.of().parseHex(text);
        }
        if (type == UUID.class) {
            UUID uuid = UUID.fromString(text);
            if (!uuid.toString().equalsIgnoreCase(text)) {
                // It would fill up groups that are too short.
                throw new IllegalArgumentException("groups of 8, 4, 4, 4 and 12 digits are needed: " + text);
            }
            return uuid;
        }
        if (type == Instant.class) {
            return Instant.parse(text);
        }
        if (type == Duration.class) {
            return Duration.parse(text);
        }
        if (type == LocalDate.class) {
            return LocalDate.parse(text);
        }
        return type == LocalDateTime.class ? LocalDateTime.parse(text) : null;
    }

    private static Object whole(Class<?> type, String text, String typeName) {
        if (type == Long.class) {
            return typeName.equals("uint64") && !text.startsWith("-")
                    ? (Object) Long.parseUnsignedLong(text)
                    : (Object) Long.parseLong(text);
        }
        if (type == Integer.class) {
            return Integer.parseInt(text);
        }
        return type == Short.class ? (Object) Short.parseShort(text) : (Object) Byte.parseByte(text);
    }

    private static IllegalArgumentException wrong(Codec<?> codec, Object value, String what,
            @Nullable Throwable cause) {
        String expected = switch (codec.type().getSimpleName()) {
            case "Boolean" -> "true or false";
            case "byte[]" -> "hexadecimal digits, two for each byte";
            case "String" -> "a text";
            case "Map" -> "an object with the fields of the record";
            case "UUID" -> "a text such as 123e4567-e89b-12d3-a456-426614174000";
            case "Instant" -> "a text such as 2026-01-31T12:34:56.789Z";
            case "Duration" -> "a text such as PT1.5S";
            case "LocalDate" -> "a text such as 2026-01-31";
            case "LocalDateTime" -> "a text such as 2026-01-31T12:34:56.789";
            default -> "a number that fits";
        };
        return new IllegalArgumentException("value does not suit its type: name=" + what + ", value=" + value
                + ", type=" + codec.typeName() + " (expected: " + expected + ")", cause);
    }
}
