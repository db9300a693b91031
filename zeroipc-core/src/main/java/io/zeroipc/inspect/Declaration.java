package io.zeroipc.inspect;

import java.util.Map;

import org.jspecify.annotations.Nullable;

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
