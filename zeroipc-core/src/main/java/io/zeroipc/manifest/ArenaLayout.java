package io.zeroipc.manifest;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ElementSchema;
import io.zeroipc.json.Json;
import io.zeroipc.json.SchemaJson;

/** What a manifest says of a packed arena: the file, and where each of its arrays lies. */
record ArenaLayout(Path file, Map<String, Entry> entries) {

    /** Far more than any structure needs, and small enough to be multiplied. */
    private static final long LENGTH_MAX = 1L << 40;

    /**
     * One array, row by row and without gaps.
     *
     * @param offset of the first element in the file
     * @param shape elements in each dimension
     */
    record Entry(ElementSchema element, long offset, List<Long> shape) {

        long count() {
            return shape.stream().reduce(1L, Math::multiplyExact);
        }

        long byteSize() {
            return Math.multiplyExact(count(), element.byteSize());
        }
    }

    /**
     * @param manifest where the text is from: the arena's file is found beside it
     * @throws IllegalArgumentException when the text is no manifest, or describes something impossible; the message names
     *             the member
     */
    static ArenaLayout parse(String text, Path manifest) {
        Map<String, @Nullable Object> object = Json.object(Json.parse(text), "manifest");
        if (!Manifest.FORMAT.equals(object.get("format"))) {
            throw Json.wrong("format", object.get("format"), Manifest.FORMAT);
        }
        Json.whole(object.get("version"), "version", Manifest.VERSION, Manifest.VERSION);
        Object order = object.getOrDefault("byteOrder", "little");
        if (!"little".equals(order)) {
            throw Json.wrong("byteOrder", order, "little");
        }
        Map<String, Entry> entries = new LinkedHashMap<>();
        Json.object(object.get("structures"), "structures").forEach((name, value) -> {
            Map<String, @Nullable Object> structure = Json.object(value, name);
            // Structures of a segment whose elements cannot be reached by an offset are not for this class.
            if (structure.containsKey("dtype")) {
                entries.put(name, entry(name, structure));
            }
        });
        Path file = manifest.resolveSibling(Json.text(object.get("file"), "file"));
        return new ArenaLayout(file.normalize(), entries);
    }

    private static Entry entry(String name, Map<String, @Nullable Object> structure) {
        ElementSchema element = structure.get("element") != null
                ? SchemaJson.fromJson(structure.get("element"))
                : NumpyTypes.toSchema(structure.get("dtype"), name + ".dtype");
        long offset = Json.whole(structure.get("offset"), name + ".offset", 0, LENGTH_MAX);
        List<Long> shape = Json.array(structure.get("shape"), name + ".shape")
                .stream()
                .map(length -> Json.whole(length, name + ".shape", 0, LENGTH_MAX))
                .toList();
        Entry entry = new Entry(element, offset, shape);
        try {
            requireDense(name, structure.get("strides"), entry);
        } catch (ArithmeticException e) {
            throw Json.wrong(name + ".shape", shape, "fewer elements than 2^63 bytes hold");
        }
        return entry;
    }

    private static void requireDense(String name, @Nullable Object strides, Entry entry) {
        entry.byteSize();
        if (strides == null) {
            return;
        }
        List<@Nullable Object> given = Json.array(strides, name + ".strides");
        if (given.size() != entry.shape().size()) {
            throw Json.wrong(name + ".strides", strides, "one for each dimension");
        }
        long expected = entry.element().byteSize();
        for (int i = entry.shape().size() - 1; i >= 0; i--) {
            if (!Long.valueOf(expected).equals(given.get(i))) {
                throw Json.wrong(name + ".strides", strides, "row by row and without gaps, or left out");
            }
            expected = Math.multiplyExact(expected, Math.max(1, entry.shape().get(i)));
        }
    }
}
