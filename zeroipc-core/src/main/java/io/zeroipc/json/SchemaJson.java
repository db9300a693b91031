package io.zeroipc.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ElementSchema;

/** An {@link ElementSchema} as JSON and back; the members are described in {@code docs/format/catalogue.md}. */
public final class SchemaJson {

    private SchemaJson() {
    }

    /** The schema as an object for {@link Json#write}. */
    public static Map<String, @Nullable Object> toJson(ElementSchema schema) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("type", schema.typeName());
        object.put("size", (long) schema.byteSize());
        object.put("alignment", (long) schema.alignment());
        if (!schema.fields().isEmpty()) {
            object.put("fields", schema.fields().stream().map(SchemaJson::toJson).toList());
        }
        return object;
    }

    /** The same, with its {@link Fingerprint}: for whoever compares types without reading them. */
    public static Map<String, @Nullable Object> withFingerprint(ElementSchema schema) {
        Map<String, @Nullable Object> object = toJson(schema);
        object.put("fingerprint", Fingerprint.of(schema));
        return object;
    }

    private static Map<String, @Nullable Object> toJson(ElementSchema.Field field) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("name", field.name());
        object.put("type", field.typeName());
        object.put("offset", (long) field.offset());
        object.put("size", (long) field.byteSize());
        if (field.count() != 1) {
            object.put("count", (long) field.count());
        }
        if (!field.constants().isEmpty()) {
            object.put("constants", field.constants());
        }
        if (field.nested() != null) {
            object.put("element", toJson(field.nested()));
        }
        return object;
    }

    /**
     * Reads a schema. Every field lies inside its element; whether its type is known is for the codec to say.
     *
     * @throws IllegalArgumentException when a member is missing or impossible; the message names it
     */
    public static ElementSchema fromJson(@Nullable Object json) {
        Map<String, @Nullable Object> object = Json.object(json, "element");
        int size = (int) Json.whole(object.get("size"), "size", 1, Integer.MAX_VALUE);
        List<ElementSchema.Field> fields = new ArrayList<>();
        if (object.get("fields") != null) {
            for (Object field : Json.array(object.get("fields"), "fields")) {
                fields.add(field(Json.object(field, "fields"), size));
            }
        }
        long alignment = Json.whole(object.getOrDefault("alignment", 1L), "alignment", 1, 8);
        if (Long.bitCount(alignment) != 1) {
            throw Json.wrong("alignment", alignment, "1, 2, 4 or 8");
        }
        return new ElementSchema(Json.text(object.get("type"), "type"), size, (int) alignment, fields);
    }

    private static ElementSchema.Field field(Map<String, @Nullable Object> object, int elementSize) {
        String name = Json.text(object.get("name"), "name");
        int offset = (int) Json.whole(object.get("offset"), name + ".offset", 0, elementSize - 1L);
        int size = (int) Json.whole(object.get("size"), name + ".size", 1, (long) elementSize - offset);
        int count = (int) Json.whole(object.getOrDefault("count", 1L), name + ".count", 1, size);
        if (size % count != 0) {
            throw Json.wrong(name + ".count", (long) count, "a divisor of the size, " + size);
        }
        List<String> constants = new ArrayList<>();
        if (object.get("constants") != null) {
            for (Object constant : Json.array(object.get("constants"), name + ".constants")) {
                constants.add(Json.text(constant, name + ".constants"));
            }
        }
        ElementSchema nested = object.get("element") == null ? null : fromJson(object.get("element"));
        if (nested != null && nested.byteSize() != size / count) {
            throw Json.wrong(name + ".element.size", (long) nested.byteSize(), "" + size / count);
        }
        return new ElementSchema.Field(name, Json.text(object.get("type"), name + ".type"), offset, size, count,
                constants, nested);
    }
}
