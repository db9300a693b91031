package io.zeroipc.segment;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ElementSchema;
import io.zeroipc.json.Json;
import io.zeroipc.json.SchemaJson;

/**
 * What the creator of a structure said of it: a line of the type catalogue, {@code docs/format/catalogue.md}.
 *
 * @param name without suffix
 * @param kind the label
 * @param offset of the block that decides that it exists, which tells it from another structure of the same name in another file
 * @param element null for structures without elements
 * @param key null for structures without keys
 * @param options of its kind, by their names in configuration
 */
public record DeclaredType(String name, String kind, long offset, @Nullable ElementSchema element,
        @Nullable ElementSchema key, Map<String, String> options) {

    public DeclaredType {
        options = Map.copyOf(options);
    }

    /**
     * The fields in which other elements are not what the creator said, whatever their sizes: what was {@code added}, {@code removed},
     * {@code moved} or {@code retyped}, such as {@code retyped=float32 price at 4, asked for=float64 price at 8; added=int64 id at 16}, and
     * at most eight of these; null when there is none, or nothing is known about one of them.
     */
    public @Nullable String fieldDifference(ElementSchema asked) {
        return element == null ? null : SchemaComparison.fieldDifference(element, asked);
    }

    /** In what the elements of a structure are not what its creator said, or null. */
    @Nullable
    String difference(Structure structure) {
        String ofKey = difference("key", key, structure.keySchema());
        return ofKey != null ? ofKey : difference("element", element, structure.elementSchema());
    }

    private static @Nullable String difference(String what, @Nullable ElementSchema declared,
            @Nullable ElementSchema asked) {
        String difference = declared == null || asked == null ? null : SchemaComparison.difference(declared, asked);
        return difference == null
                ? null
                : what + "=" + Objects.requireNonNull(declared).typeName() + ", asked for="
                        + Objects.requireNonNull(asked).typeName() + ", " + difference;
    }

    String toLine() {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("name", name);
        line.put("kind", kind);
        line.put("offset", offset);
        if (element != null) {
            line.put("element", SchemaJson.withFingerprint(element));
        }
        if (key != null) {
            line.put("key", SchemaJson.withFingerprint(key));
        }
        if (!options.isEmpty()) {
            line.put("options", options);
        }
        return Json.write(line) + '\n';
    }

    /** @throws IllegalArgumentException when the line is none */
    static DeclaredType ofLine(String text) {
        Map<String, @Nullable Object> line = Json.object(Json.parse(text), "line");
        Map<String, String> options = new LinkedHashMap<>();
        if (line.get("options") != null) {
            Json.object(line.get("options"), "options")
                    .forEach((name, value) -> options.put(name, Json.text(value, "options." + name)));
        }
        return new DeclaredType(Json.text(line.get("name"), "name"), Json.text(line.get("kind"), "kind"),
                Json.whole(line.get("offset"), "offset", 0, Long.MAX_VALUE),
                schema(line.get("element")), schema(line.get("key")), options);
    }

    private static @Nullable ElementSchema schema(@Nullable Object json) {
        return json == null ? null : SchemaJson.fromJson(json);
    }
}
