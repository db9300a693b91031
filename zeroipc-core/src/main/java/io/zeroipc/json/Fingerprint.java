package io.zeroipc.json;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ElementSchema;

/**
 * A short text that two element types have in common exactly when their layouts and names are the same: to compare where there is
 * no room for a schema, and in any language. {@code docs/format/fingerprint.md}. Pure functions.
 */
public final class Fingerprint {

    /** What each begins with: the version of the rules by which it is made. */
    public static final String PREFIX = "ZIPC01_";

    private static final String OPTIONAL = "optional";

    private Fingerprint() {
    }

    /** The fingerprint of an element: {@link #PREFIX} and 64 hexadecimal digits. */
    public static String of(ElementSchema element) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(canonical(element).getBytes(StandardCharsets.UTF_8));
            return PREFIX + HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    /** What is hashed: JSON without a choice. */
    static String canonical(ElementSchema element) {
        return Json.write(describe(element));
    }

    private static Map<String, @Nullable Object> describe(ElementSchema element) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("name", simpleName(element.typeName()));
        object.put("size", (long) element.byteSize());
        object.put("alignment", (long) element.alignment());
        object.put("fields", element.fields().stream().map(Fingerprint::describe).toList());
        return object;
    }

    private static Map<String, @Nullable Object> describe(ElementSchema.Field field) {
        ElementSchema nested = field.nested();
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("name", field.name());
        object.put("kind", nested == null ? field.typeName() : isOptional(field.typeName()) ? OPTIONAL : "record");
        object.put("offset", (long) field.offset());
        object.put("count", (long) field.count());
        if (!field.constants().isEmpty()) {
            object.put("constants", List.copyOf(field.constants()));
        }
        if (nested != null) {
            object.put("element", describe(nested));
        }
        return object;
    }

    private static boolean isOptional(String typeName) {
        return typeName.startsWith(OPTIONAL + "(");
    }

    /** Without package and outer class, which other languages have not. A type of the vocabulary is its own. */
    private static String simpleName(String typeName) {
        return isOptional(typeName)
                ? OPTIONAL
                : typeName.substring(Math.max(typeName.lastIndexOf('.'), typeName.lastIndexOf('$')) + 1);
    }
}
