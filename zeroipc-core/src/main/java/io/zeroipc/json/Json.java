package io.zeroipc.json;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * JSON as RFC 8259 defines it, as plain values: {@code Map<String, Object>} in the order of the text,
 * {@code List<Object>}, {@code String}, {@code Long} for whole numbers that fit, {@code Double} for all others,
 * or {@code BigDecimal} where a {@code Double} would lose digits, {@code Boolean} and null. Thread-safe.
 */
public final class Json {

    private Json() {
    }

    /**
     * Reads one value and nothing behind it.
     *
     * @throws IllegalArgumentException when the text is no JSON, is nested more than 64 deep, has a number of more than
     *             1000 characters that a {@code Long} cannot hold, or names a member of an object twice; the message says what, and at which character
     */
    public static @Nullable Object parse(String text) {
        return new JsonParser(text).parse();
    }

    /**
     * Writes a value on one line.
     *
     * @param value what {@link #parse} returns, or any {@code Number}, {@code Iterable} or array of objects in its place;
     *            infinities and NaN, which JSON has no number for, become texts, and so does anything else
     */
    public static String write(@Nullable Object value) {
        return new JsonWriter("").write(value);
    }

    /** As {@link #write}, with a line for each member, and objects without objects inside on one line. */
    public static String writeIndented(@Nullable Object value) {
        return new JsonWriter("  ").write(value);
    }

    /** {@code value} as an object. */
    @SuppressWarnings("unchecked") // only the parser makes maps
    public static Map<String, @Nullable Object> object(@Nullable Object value, String what) {
        if (value instanceof Map<?, ?> map) {
            return (Map<String, @Nullable Object>) map;
        }
        throw wrong(what, value, "an object");
    }

    /** {@code value} as an array. */
    @SuppressWarnings("unchecked") // only the parser makes lists
    public static List<@Nullable Object> array(@Nullable Object value, String what) {
        if (value instanceof List<?> list) {
            return (List<@Nullable Object>) list;
        }
        throw wrong(what, value, "an array");
    }

    /** {@code value} as text. */
    public static String text(@Nullable Object value, String what) {
        if (value instanceof String text) {
            return text;
        }
        throw wrong(what, value, "a text");
    }

    /** {@code value} as a whole number from {@code min} to {@code max}. */
    public static long whole(@Nullable Object value, String what, long min, long max) {
        if (value instanceof Long number && number >= min && number <= max) {
            return number;
        }
        throw wrong(what, value, "a whole number from " + min + " to " + max);
    }

    /** For a member that is something else than it must be. */
    public static IllegalArgumentException wrong(String what, @Nullable Object value, String expected) {
        String shown = write(value);
        return new IllegalArgumentException("unexpected JSON: member=" + what + ", value="
                + (shown.length() > 80 ? shown.substring(0, 80) + "..." : shown) + " (expected: " + expected + ")");
    }
}
