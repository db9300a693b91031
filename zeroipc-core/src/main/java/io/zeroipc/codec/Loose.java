package io.zeroipc.codec;

import java.util.HexFormat;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** From the few types of JSON and of command lines to the type that a codec takes. */
final class Loose {

    private Loose() {
    }

    /**
     * {@code value} as the codec's type: a number in the width of the element, {@code true} or {@code false}, a text,
     * bytes in hexadecimal digits, a map of fields; numbers may also be texts.
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
                return type == Double.class ? (Object) number : (Object) (float) number;
            }
            if (Number.class.isAssignableFrom(type) && !(value instanceof Double) && !(value instanceof Float)) {
                return whole(type, value.toString(), codec.typeName());
            }
            if (type == byte[].class && value instanceof String text) {
                return HexFormat.of().parseHex(text);
            }
        } catch (IllegalArgumentException e) {
            throw wrong(codec, value, what, e);
        }
        throw wrong(codec, value, what, null);
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
        Class<?> type = codec.type();
        String expected = type == Boolean.class
                ? "true or false"
                : type == byte[].class
                        ? "hexadecimal digits, two for each byte"
                : type == String.class
                        ? "a text"
                : Map.class.isAssignableFrom(type)
                        ? "an object with the fields of the record"
                : "a number that fits";
        return new IllegalArgumentException("value does not suit its type: name=" + what + ", value=" + value
                + ", type=" + codec.typeName() + " (expected: " + expected + ")", cause);
    }
}
