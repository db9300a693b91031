package io.zeroipc.spring.converter;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a channel carries.
 *
 * @param type the Java type of an element, boxed for primitives
 * @param name in the vocabulary of the codecs, {@code frame(512)} for example, or {@code message(n)} of a topic; an application's own
 *            codec has its own
 */
public record ElementType(Class<?> type, String name) {

    /** Bytes of any number, for what is not an element itself. */
    public static final ElementType BYTES = new ElementType(byte[].class, "byte[]");

    private static final Pattern SIZED = Pattern.compile("(bytes|string|frame|message)\\((\\d+)\\)");

    /** Whether an element is a {@code byte[]}. */
    public boolean isBytes() {
        return type == byte[].class;
    }

    /** Whether an element is a {@code String}. */
    public boolean isText() {
        return type == String.class;
    }

    /** The most bytes that a value may have, of text in UTF-8; {@link Integer#MAX_VALUE} when nothing is known. */
    public int capacity() {
        Matcher sized = SIZED.matcher(name);
        return sized.matches() ? Integer.parseInt(sized.group(2)) : Integer.MAX_VALUE;
    }

    /** Whether a value must have exactly {@link #capacity()} bytes. */
    public boolean isExact() {
        return isBytes() && name.startsWith("bytes(");
    }
}
