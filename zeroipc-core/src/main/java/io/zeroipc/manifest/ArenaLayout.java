package io.zeroipc.manifest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ElementSchema;
import io.zeroipc.Shape;
import io.zeroipc.json.Json;

/**
 * What a manifest says of a packed arena: the file, and where each of its arrays lies.
 *
 * @param file as the manifest names it; null when it does not
 */
record ArenaLayout(@Nullable String file, Map<String, ArrayPlace> entries) {

    /** Far more than any structure needs, and small enough to be multiplied. */
    private static final long LENGTH_MAX = 1L << 40;

    private static final String STRUCTURES = "structures";
    private static final String DTYPE = "dtype";
    private static final String OFFSET = "offset";
    private static final String SHAPE = "shape";

    /**
     * @throws IllegalArgumentException when the text is no manifest, or describes something impossible; the message names
     *             the member
     */
    static ArenaLayout parse(String text) {
        Map<String, @Nullable Object> object = Json.object(Json.parse(text), "manifest");
        Map<String, ArrayPlace> entries = new LinkedHashMap<>();
        boolean ours = isOurs(object);
        if (ours) {
            requireFormat(object);
        }
        requireLittle(object);
        Map<String, @Nullable Object> structures = ours
                ? Json.object(object.get(STRUCTURES), STRUCTURES)
                : object;
        structures.forEach((name, value) -> {
            if (isArray(name, value, ours)) {
                entries.put(name, place(name, Json.object(value, name)));
            }
        });
        if (entries.isEmpty() && !ours) {
            throw Json.wrong("manifest", object,
                    "an object for each array, such as \"grid\": {\"offset\": 0, \"shape\": [100, 100], \"dtype\": \"float64\"}");
        }
        requireApart(entries);
        Object file = object.get("file");
        return new ArenaLayout(file == null || file instanceof Map ? null : Json.text(file, "file"), entries);
    }

    /** Whether arrays stand below a member of their own, as they do where this library writes. */
    private static boolean isOurs(Map<String, @Nullable Object> object) {
        Object structures = object.get(STRUCTURES);
        return object.get("format") instanceof String
                || (structures instanceof Map<?, ?> map && !map.containsKey(DTYPE));
    }

    private static void requireFormat(Map<String, @Nullable Object> object) {
        Object format = object.get("format");
        if (format != null && !Manifest.FORMAT.equals(format)) {
            throw Json.wrong("format", format, Manifest.FORMAT);
        }
        Object version = object.get("version");
        if (format != null || version != null) {
            Json.whole(version, "version", Manifest.VERSION, Manifest.VERSION);
        }
    }

    /** Under each of the names that people give it; an array may have one of them as well. */
    private static void requireLittle(Map<String, @Nullable Object> object) {
        for (String name : List.of("byteOrder", "byteorder", "byte_order", "endian", "endianness")) {
            Object order = object.get(name);
            if (order != null && !(order instanceof Map) && !Set.of("little", "<").contains(order)) {
                throw Json.wrong(name, order, "little");
            }
        }
    }

    /** Whoever writes by hand adds what he likes; a segment has structures without an offset of elements. */
    private static boolean isArray(String name, @Nullable Object value, boolean ours) {
        if (ours) {
            return Json.object(value, name).containsKey(DTYPE);
        }
        return value instanceof Map<?, ?> map
                && (map.containsKey(DTYPE) || map.containsKey(OFFSET) || map.containsKey(SHAPE));
    }

    private static ArrayPlace place(String name, Map<String, @Nullable Object> structure) {
        requireLittle(structure);
        ElementSchema element = Repetitions.element(name, structure);
        long offset = Json.whole(structure.get(OFFSET), name + '.' + OFFSET, 0, LENGTH_MAX);
        Object order = structure.getOrDefault("order", "C");
        if (!"C".equals(order)) {
            throw Json.wrong(name + ".order", order, "C, row by row, or left out");
        }
        Object fortran = structure.getOrDefault("fortran_order", false);
        if (!Boolean.FALSE.equals(fortran)) {
            throw Json.wrong(name + ".fortran_order", fortran, "false, row by row, or left out");
        }
        List<Long> lengths = lengths(name + '.' + SHAPE, structure.get(SHAPE));
        ArrayPlace place;
        try {
            place = new ArrayPlace(element, offset, Shape.of(lengths));
        } catch (IllegalArgumentException e) {
            throw Json.wrong(name + '.' + SHAPE, lengths,
                    "at most " + Shape.DIMENSIONS_MAX + " dimensions, and fewer elements than 2^63 bytes hold");
        }
        Repetitions.require(name, structure, place);
        return place;
    }

    private static List<Long> lengths(String what, @Nullable Object shape) {
        // numpy.ndarray() takes a number for a list of one as well.
        List<@Nullable Object> lengths = shape instanceof Long ? List.of(shape) : Json.array(shape, what);
        return lengths.stream().map(length -> Json.whole(length, what, 1, LENGTH_MAX)).toList();
    }

    /** A number of bytes that belongs to two arrays is a slip in one of their offsets. */
    private static void requireApart(Map<String, ArrayPlace> entries) {
        List<Map.Entry<String, ArrayPlace>> sorted = entries.entrySet()
                .stream()
                .sorted((a, b) -> Long.compare(a.getValue().offset(), b.getValue().offset()))
                .toList();
        for (int i = 1; i < sorted.size(); i++) {
            Map.Entry<String, ArrayPlace> before = sorted.get(i - 1);
            Map.Entry<String, ArrayPlace> after = sorted.get(i);
            if (after.getValue().offset() < before.getValue().end()) {
                throw new IllegalArgumentException("arrays overlap: name=" + after.getKey() + ", offset="
                        + after.getValue().offset() + ", name=" + before.getKey() + ", offset="
                        + before.getValue().offset() + ", bytes=" + before.getValue().byteSize() + " (expected: '"
                        + after.getKey() + "' at " + before.getValue().end() + " or later)");
            }
        }
    }
}
