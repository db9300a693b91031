package io.zeroipc.inspect;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.zeroipc.Shape;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.segment.Spec;

/**
 * A structure as configuration describes it, before its kind has read it.
 *
 * @param element how one element is stored; null when the kind has none, or it was left out
 * @param capacity elements, parties, permits: what the kind makes of it; 0 means as stored
 * @param options what only some kinds know, by name
 */
public record Declaration(@Nullable Codec<?> element, long capacity, Map<String, String> options) {

    /** The option that says how many elements an array has in each dimension. */
    public static final String SHAPE = "shape";

    private static final List<String> UNITS = List.of("B", "KB", "MB", "GB", "TB");
    private static final Pattern SIZE = Pattern.compile("([0-9]+)(" + String.join("|", UNITS) + ")?");

    public Declaration {
        options = Map.copyOf(options);
        if (capacity < 0) {
            throw new IllegalArgumentException("capacity is negative: capacity=" + capacity);
        }
    }

    /** The element codec, for kinds that cannot do without. */
    public Codec<?> requireElement() {
        if (element == null) {
            throw new IllegalArgumentException("element type is missing (expected: int32, float64, string(16), ... or"
                    + " the name of a record)");
        }
        return element;
    }

    /** This declaration, for kinds that have no elements. */
    public Declaration requireNoElement() {
        if (element != null) {
            throw new IllegalArgumentException("there are no elements: element type=" + element.typeName()
                    + " (leave the element type out)");
        }
        return this;
    }

    /** {@code spec}, which has nothing to do with elements or capacities, provided that none were declared. */
    public Spec<?> requireNoCapacity(Spec<?> spec) {
        requireNoElement();
        if (capacity != 0) {
            throw new IllegalArgumentException("there is no capacity: capacity=" + capacity + " (leave it out)");
        }
        return spec;
    }

    /** The capacity as an {@code int}. */
    public int intCapacity() {
        if (capacity > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "capacity is too large: capacity=" + capacity + " (expected: at most " + Integer.MAX_VALUE + ")");
        }
        return (int) capacity;
    }

    /** A yes-or-no option; {@code ifAbsent} when it is not given. */
    public boolean booleanOption(String name, boolean ifAbsent) {
        String text = options.get(name);
        if (text == null) {
            return ifAbsent;
        }
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(
                    "option is neither true nor false: option=" + name + ", value=" + text);
        };
    }

    /** A whole-number option; {@code ifAbsent} when it is not given. */
    public int intOption(String name, int ifAbsent) {
        String text = options.get(name);
        if (text == null) {
            return ifAbsent;
        }
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("option is not a whole number: option=" + name + ", value=" + text, e);
        }
    }

    /** An option that is a number of bytes, with or without a unit as in {@code 64KB}; {@code ifAbsent} when it is not given. */
    public long sizeOption(String name, long ifAbsent) {
        String text = options.get(name);
        if (text == null) {
            return ifAbsent;
        }
        Matcher size = SIZE.matcher(text);
        try {
            if (size.matches()) {
                int unit = size.group(2) == null ? 0 : UNITS.indexOf(size.group(2));
                return Math.multiplyExact(Long.parseLong(size.group(1)), 1L << (10 * unit));
            }
        } catch (NumberFormatException | ArithmeticException e) {
            // Too large for a number of bytes.
        }
        throw new IllegalArgumentException("option is no size: option=" + name + ", value=" + text
                + " (expected: a whole number of bytes, or one with a unit, 64KB or 4MB)");
    }

    /** The shape of an array, as in {@code [100, 50]}; null when it is not given. */
    public @Nullable Shape shapeOption() {
        String text = options.get(SHAPE);
        return text == null ? null : Shape.parse(text);
    }

    /** An option that names the type of further elements, such as the keys of a map; it cannot be left out. */
    public Codec<?> codecOption(String name) {
        String text = options.get(name);
        if (text == null) {
            throw new IllegalArgumentException("option is missing: option=" + name
                    + " (expected: int32, float64, string(16), ... or the name of a record)");
        }
        return Codecs.forType(text, null);
    }
}
