package io.zeroipc.spring.boot.autoconfigure;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;
import org.springframework.util.unit.DataSize;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.spring.core.NearMatches;

/** The type of a structure's elements, as the properties say it. */
final class DeclaredElement {

    private static final Set<String> SIZED = Set.of("bytes", "string", "frame");
    private static final List<String> SCALARS = List.of("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64",
            "uint64", "float32", "float64", "bool", "uuid", "instant", "duration", "date", "datetime");
    private static final String KNOWN = "Known are: " + String.join(", ", SCALARS)
            + ", decimal(n), string(n), bytes(n), frame(n), and the full names of records.";
    /** What Java calls them, in small letters. */
    private static final Map<String, String> OF_JAVA = Map.ofEntries(Map.entry("byte", "int8"),
            Map.entry("short", "int16"), Map.entry("int", "int32"), Map.entry("integer", "int32"),
            Map.entry("long", "int64"), Map.entry("float", "float32"), Map.entry("double", "float64"),
            Map.entry("boolean", "bool"), Map.entry("char", "uint16"), Map.entry("character", "uint16"),
            Map.entry("uuid", "uuid"), Map.entry("instant", "instant"), Map.entry("duration", "duration"),
            Map.entry("localdate", "date"), Map.entry("localdatetime", "datetime"), Map.entry("decimal", "decimal(2)"),
            Map.entry("bigdecimal", "decimal(2)"),
            Map.entry("string", "string(16)"), Map.entry("byte[]", "bytes(16)"));
    private static final Pattern LENGTH = Pattern
            .compile("(bytes|string|frame|decimal)[^0-9]*([1-9][0-9]{0,8})[^0-9]*");
    private static final Pattern CLASS = Pattern.compile("(\\w+\\.)*[A-Z][\\w$]*(\\.\\w+)*");

    private DeclaredElement() {
    }

    /**
     * How an element is stored; null when nothing is said about it.
     *
     * @param property the structure's
     * @throws InvalidZeroIpcPropertyException when there is no such type
     */
    static @Nullable Codec<?> codec(String property, ZeroIpcProperties.Structure properties) {
        return codec(property, properties.elementType(), properties.elementSize());
    }

    /** As {@link #codec(String, ZeroIpcProperties.Structure)}, of whatever has a property {@code element-type}. */
    static @Nullable Codec<?> codec(String property, @Nullable String written, @Nullable DataSize size) {
        if (written == null && size == null) {
            return null;
        }
        String name = written == null ? "bytes" : written.strip();
        String sized = name.toLowerCase(Locale.ROOT);
        if (SIZED.contains(sized)) {
            if (size == null) {
                throw new InvalidZeroIpcPropertyException(property + ".element-type", written,
                        "element type has no size", "Write the size as in '" + sized + "(64)', or set '" + property
                                + ".element-size'.");
            }
            try {
                return Codecs.forType(sized + "(" + size.toBytes() + ")", null);
            } catch (IllegalArgumentException e) {
                throw InvalidZeroIpcPropertyException.of(property + ".element-size", size, e, "Write 1B or more.");
            }
        }
        if (size != null) {
            throw new InvalidZeroIpcPropertyException(property + ".element-size", size.toBytes(),
                    "element type '" + written + "' has a size of its own",
                    "Remove the element size: it is for 'bytes', 'string' and 'frame'.");
        }
        try {
            return Codecs.forType(name, null);
        } catch (IllegalArgumentException e) {
            throw wrong(property + ".element-type", name, e);
        }
    }

    private static InvalidZeroIpcPropertyException wrong(String property, String name, IllegalArgumentException e) {
        InvalidZeroIpcPropertyException wrong = InvalidZeroIpcPropertyException.of(property, name, e, KNOWN);
        if (wrong.problem().startsWith("length") || wrong.problem().startsWith("scale")) {
            return wrong;
        }
        String unknown = "there is no element type '" + name + "'";
        String java = OF_JAVA.get(name.replaceFirst("^java\\.(lang|time|util|math)\\.", "").toLowerCase(Locale.ROOT));
        if (java != null) {
            return new InvalidZeroIpcPropertyException(property, name, unknown, "Did you mean '" + java + "'?"
                    + (java.indexOf('(') < 0
                            ? ""
                            : " The number is that of "
                                    + (java.startsWith("decimal") ? "digits behind the point." : "bytes."))
                    + " " + KNOWN, e);
        }
        Matcher length = LENGTH.matcher(name.toLowerCase(Locale.ROOT));
        if (length.matches()) {
            return new InvalidZeroIpcPropertyException(property, name, unknown,
                    "Did you mean '" + length.group(1) + "(" + length.group(2) + ")'?", e);
        }
        String near = NearMatches.question(name, SCALARS);
        if (near.isEmpty() && CLASS.matcher(name).matches()) {
            return wrongClass(property, name, e);
        }
        return new InvalidZeroIpcPropertyException(property, name, unknown, near + KNOWN, e);
    }

    private static InvalidZeroIpcPropertyException wrongClass(String property, String name,
            IllegalArgumentException e) {
        Class<?> type = find(name);
        if (type == null) {
            return new InvalidZeroIpcPropertyException(property, name,
                    "there is no class '" + name + "' on the class path",
                    name.indexOf('.') < 0
                            ? "Write the full name of the record, with its package, such as 'com.acme." + name + "'."
                            : "Correct the name, or add what has the class to the dependencies.",
                    e);
        }
        if (!type.isRecord()) {
            return new InvalidZeroIpcPropertyException(property, name, "class '" + name + "' is no record",
                    "Make it a record, or set 'codec' to the name of a bean that stores it, in place of the element type.",
                    e);
        }
        return InvalidZeroIpcPropertyException.of(property, name, e, "Change the record.");
    }

    private static @Nullable Class<?> find(String name) {
        String candidate = name;
        while (true) {
            if (ClassUtils.isPresent(candidate, null)) {
                return ClassUtils.resolveClassName(candidate, null);
            }
            int dot = candidate.lastIndexOf('.');
            if (dot < 0) {
                return null;
            }
            candidate = candidate.substring(0, dot) + '$' + candidate.substring(dot + 1);
        }
    }
}
