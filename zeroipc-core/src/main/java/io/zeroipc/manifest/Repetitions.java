package io.zeroipc.manifest;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ElementSchema;
import io.zeroipc.json.Fingerprint;
import io.zeroipc.json.Json;
import io.zeroipc.json.SchemaJson;

/**
 * What a manifest says more than once of one array. Programs read one or the other: where these differ, somebody reads something else
 * than was written, so that nobody shall.
 */
final class Repetitions {

    private static final String ELEMENT = "element";

    private Repetitions() {
    }

    /**
     * The type of the elements, by {@code dtype} and by {@code element} where there is one, which knows more.
     *
     * @throws IllegalArgumentException when they are different types, or {@code element} is at odds with itself
     */
    static ElementSchema element(String name, Map<String, @Nullable Object> array) {
        ElementSchema dtype = NumpyTypes.toSchema(array.get("dtype"), name + ".dtype");
        if (array.get(ELEMENT) == null) {
            return dtype;
        }
        ElementSchema element = SchemaJson.fromJson(array.get(ELEMENT));
        requireSound(name + '.' + ELEMENT, element);
        requireFingerprint(name + '.' + ELEMENT, Json.object(array.get(ELEMENT), ELEMENT).get("fingerprint"), element);
        if (element.byteSize() != dtype.byteSize()
                || !NumpyTypes.isSame(NumpyTypes.of(element), NumpyTypes.of(dtype))) {
            throw new IllegalArgumentException("element and dtype of an array are not the same: name=" + name
                    + ", element=" + element.typeName() + ", which is " + Json.write(NumpyTypes.of(element))
                    + ", dtype=" + Json.write(array.get("dtype")) + " (expected: one type, or dtype alone)");
        }
        return element;
    }

    /**
     * What else is said of an array by the names that NumPy has for it, and the block that it is to be in.
     *
     * @throws IllegalArgumentException when it is not so; the message names both values
     */
    static void require(String name, Map<String, @Nullable Object> array, ArrayPlace place) {
        String of = " by offset, shape and dtype, or left out";
        requireNumber(name, array, "ndim", place.shape().dimensions(), of);
        requireNumber(name, array, "count", place.shape().count(), of);
        requireNumber(name, array, "itemsize", place.element().byteSize(), of);
        requireNumber(name, array, "nbytes", place.byteSize(), of);
        requireDense(name, array.get("strides"), place);
        if (array.get("block") instanceof Map<?, ?> block && block.get("offset") instanceof Long offset
                && block.get("bytes") instanceof Long bytes
                && (place.offset() < offset || place.end() - offset > bytes)) {
            throw Json.wrong(name + ".block", block,
                    "one with the bytes from " + place.offset() + " to " + place.end());
        }
    }

    private static void requireNumber(String name, Map<String, @Nullable Object> array, String member, long expected,
            String of) {
        if (array.get(member) instanceof Number number && !Long.valueOf(expected).equals(number)) {
            throw Json.wrong(name + '.' + member, number, expected + of);
        }
    }

    private static void requireDense(String name, @Nullable Object strides, ArrayPlace place) {
        if (strides == null) {
            return;
        }
        List<@Nullable Object> given = Json.array(strides, name + ".strides");
        if (given.size() != place.shape().dimensions()) {
            throw Json.wrong(name + ".strides", strides, "one for each dimension");
        }
        long expected = place.element().byteSize();
        for (int i = place.shape().dimensions() - 1; i >= 0; i--) {
            if (!Long.valueOf(expected).equals(given.get(i))) {
                throw Json.wrong(name + ".strides", strides, "row by row and without gaps, or left out");
            }
            expected *= place.shape().length(i);
        }
    }

    private static void requireFingerprint(String what, @Nullable Object given, ElementSchema element) {
        // One of later rules says something that is not known here.
        if (given instanceof String text && text.startsWith(Fingerprint.PREFIX)) {
            String fingerprint = Fingerprint.of(element);
            if (!text.equals(fingerprint)) {
                throw Json.wrong(what + ".fingerprint", text,
                        fingerprint + ", which is that of the element, or left out");
            }
        }
    }

    /** Sizes as their types have them, and elements of which one can follow the other. */
    private static void requireSound(String what, ElementSchema element) {
        if (element.byteSize() % element.alignment() != 0) {
            throw Json.wrong(what + ".alignment", (long) element.alignment(),
                    "a divisor of the size, " + element.byteSize());
        }
        if (element.fields().isEmpty()) {
            requireSize(what + ".size", element.typeName(), element.byteSize());
        }
        for (ElementSchema.Field field : element.fields()) {
            ElementSchema nested = field.nested();
            if (nested == null) {
                requireSize(what + '.' + field.name() + ".size", field.typeName(), field.byteSize() / field.count());
            } else {
                requireSound(what + '.' + field.name(), nested);
            }
        }
    }

    private static void requireSize(String what, String type, int byteSize) {
        int known = NumpyTypes.sizeOf(type);
        if (known != 0 && known != byteSize) {
            throw Json.wrong(what, (long) byteSize, known + " for " + type);
        }
    }
}
