package io.zeroipc.segment;

import org.jspecify.annotations.Nullable;

/**
 * Where values of one type lie in a segment at equal distances, for programs that know nothing but offsets.
 *
 * @param name {@link #DATA} for the elements; otherwise the field's name on the structure's page in
 *            {@code docs/format}
 * @param offset of the first value, from the start of the segment
 * @param count values; 0 for a single one, a field of the header
 * @param stride bytes from one value to the next
 * @param type a name of the codecs' vocabulary; null for the structure's element
 */
public record View(String name, long offset, long count, long stride, @Nullable String type) {

    public static final String DATA = "data";

    /** The elements, one behind the other or with something in between. */
    public static View elements(long offset, long count, long stride) {
        return new View(DATA, offset, count, stride, null);
    }

    /**
     * Bytes of one value.
     *
     * @param elementSize what the structure's element has
     */
    public long width(long elementSize) {
        return type == null ? elementSize : Long.parseLong(type.replaceAll("\\D", "")) / Byte.SIZE;
    }

    /** Whether all values lie between two offsets. Whatever the numbers are: they may have been read from anywhere. */
    public boolean isWithin(long from, long to, long elementSize) {
        long width = width(elementSize);
        if (width < 0 || count < 0 || stride < 0 || offset < from || offset > to || width > to - offset) {
            return false;
        }
        long distance = to - offset - width;
        return count <= 1 || (stride > 0 && count - 1 <= distance / stride);
    }

    /** One field of a header. */
    public static View field(String name, long offset, String type) {
        return new View(name, offset, 0, 0, type);
    }
}
