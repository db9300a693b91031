package io.zeroipc.manifest;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ElementSchema;
import io.zeroipc.codec.Codecs;
import io.zeroipc.json.Json;

/**
 * Element types in the notation of NumPy, a part of what {@code numpy.dtype()} takes: a name or type string such as
 * {@code float64} or {@code <f8}, or an object of {@code names}, {@code formats}, {@code offsets} and {@code itemsize}.
 */
final class NumpyTypes {

    /** {@code (4,)<f4}: an array inside a record. */
    private static final Pattern ARRAY = Pattern.compile("\\(([0-9]{1,9}),?\\)(.+)");
    private static final Pattern SIZED = Pattern.compile("(bytes|string|frame)\\(([0-9]{1,10})\\)");
    /** Of a value that is none of these itself: the names come from files of others, and are as deep as those like. */
    private static final Pattern NULLABLE = Pattern.compile("nullable\\(([a-z0-9]+|decimal\\([0-9]+\\))\\)");

    private NumpyTypes() {
    }

    static Object of(ElementSchema schema) {
        if (schema.fields().isEmpty()) {
            return ofName(schema.typeName(), schema.byteSize());
        }
        List<String> names = new ArrayList<>();
        List<Object> formats = new ArrayList<>();
        List<Long> offsets = new ArrayList<>();
        for (ElementSchema.Field field : schema.fields()) {
            names.add(field.name());
            formats.add(ofField(field));
            offsets.add((long) field.offset());
        }
        return struct(names, formats, offsets, schema.byteSize());
    }

    private static Object ofField(ElementSchema.Field field) {
        if (field.nested() != null) {
            // A type string has no room for an array of records: such a field is its bytes.
            return field.count() == 1 ? of(field.nested()) : "|V" + field.byteSize();
        }
        Object format = ofName(field.typeName(), field.byteSize() / field.count());
        if (field.count() == 1) {
            return format;
        }
        return format instanceof String text ? "(" + field.count() + ",)" + text : "|V" + field.byteSize();
    }

    /** The type of a name of the vocabulary; bytes for one that is none. */
    static Object ofName(String name, int byteSize) {
        Matcher sized = SIZED.matcher(name);
        if (sized.matches()) {
            return switch (sized.group(1)) {
                case "string" -> "|S" + byteSize;
                case "frame" -> struct(List.of("length", "bytes"),
                        List.<Object>of("<u4", "|V" + Long.parseLong(sized.group(2))), List.of(0L, 4L), byteSize);
                default -> "|V" + byteSize;
            };
        }
        Matcher nullable = NULLABLE.matcher(name);
        if (nullable.matches()) {
            return ofName(nullable.group(1), byteSize);
        }
        if (name.startsWith("decimal(")) {
            return "<i8";
        }
        return switch (name) {
            case "bool" -> "|b1";
            case "instant", "datetime" -> "<M8[ns]";
            case "duration" -> "<m8[ns]";
            case "date" -> "<M8[D]";
            case "int8", "uint8" -> "|" + name.charAt(0) + "1";
            case "int16", "uint16", "int32", "uint32", "int64", "uint64" -> "<" + name.charAt(0) + byteSize;
            case "float32", "float64" -> "<f" + byteSize;
            default -> "|V" + byteSize;
        };
    }

    private static Map<String, Object> struct(List<String> names, List<Object> formats, List<Long> offsets,
            long itemSize) {
        Map<String, Object> type = new LinkedHashMap<>();
        type.put("names", names);
        type.put("formats", formats);
        type.put("offsets", offsets);
        type.put("itemsize", itemSize);
        return type;
    }

    /**
     * Whether values of two types can be the same, of the same size. Names of fields do not matter, bytes are anything, and times
     * are the numbers that they are.
     */
    static boolean agree(Object one, Object other) {
        return agree(one, other, false);
    }

    /** Whether two types describe the same elements: as {@link #agree}, and with fields of the same names. */
    static boolean isSame(Object one, Object other) {
        return agree(one, other, true);
    }

    private static boolean agree(Object one, Object other, boolean byName) {
        if (one instanceof String a && other instanceof String b) {
            return isBytes(a) || isBytes(b) || asNumber(a).equals(asNumber(b));
        }
        if (one instanceof Map<?, ?> a && other instanceof Map<?, ?> b) {
            if (byName && !Objects.equals(a.get("names"), b.get("names"))) {
                return false;
            }
            if (!Objects.equals(a.get("offsets"), b.get("offsets")) || !(a.get("formats") instanceof List<?> formats)
                    || !(b.get("formats") instanceof List<?> others)) {
                return false;
            }
            for (int i = 0; i < formats.size(); i++) {
                if (!agree(formats.get(i), others.get(i), byName)) {
                    return false;
                }
            }
            return true;
        }
        return isBytes(one) || isBytes(other);
    }

    /** Bytes of one of a name of the vocabulary; 0 for a name that is none. */
    static int sizeOf(String name) {
        Matcher nullable = NULLABLE.matcher(name);
        String plain = nullable.matches() ? nullable.group(1) : name;
        Matcher sized = SIZED.matcher(plain);
        if (sized.matches()) {
            long number = Long.parseLong(sized.group(2));
            long size = sized.group(1).equals("frame") ? Math.ceilDiv(number, 4) * 4 + Integer.BYTES : number;
            return (int) Math.min(size, Integer.MAX_VALUE);
        }
        return switch (plain) {
            case "bool", "int8", "uint8" -> Byte.BYTES;
            case "int16", "uint16" -> Short.BYTES;
            case "int32", "uint32", "float32" -> Integer.BYTES;
            case "int64", "uint64", "float64", "instant", "datetime", "duration", "date" -> Long.BYTES;
            case "uuid" -> 2 * Long.BYTES;
            default -> plain.startsWith("decimal(") ? Long.BYTES : 0;
        };
    }

    private static boolean isBytes(Object type) {
        return type instanceof String text && text.startsWith("|V");
    }

    private static String asNumber(String type) {
        return type.replaceFirst("[Mm]8\\[[a-zA-Z]+]", "i8");
    }

    /**
     * What a type means.
     *
     * @param what how messages name it
     * @throws IllegalArgumentException when it is no type, big-endian, or one that Java has none for
     */
    static ElementSchema toSchema(@Nullable Object type, String what) {
        if (type instanceof String text) {
            String name = toName(text, what);
            int size = Codecs.forType(name, null).byteSize();
            return new ElementSchema(name, size, name.indexOf('(') < 0 ? size : 1, List.of());
        }
        Map<String, @Nullable Object> struct = Json.object(type, what);
        int itemSize = (int) Json.whole(struct.get("itemsize"), what + ".itemsize", 1, Integer.MAX_VALUE);
        List<@Nullable Object> names = Json.array(struct.get("names"), what + ".names");
        List<@Nullable Object> formats = Json.array(struct.get("formats"), what + ".formats");
        List<@Nullable Object> offsets = Json.array(struct.get("offsets"), what + ".offsets");
        if (formats.size() != names.size() || offsets.size() != names.size() || names.isEmpty()) {
            throw Json.wrong(what, type, "as many names as formats and offsets, at least one");
        }
        List<ElementSchema.Field> fields = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            String name = Json.text(names.get(i), what + ".names");
            ElementSchema.Field field = toField(name, formats.get(i), what + "." + name);
            int offset = (int) Json.whole(offsets.get(i), what + "." + name + ".offset", 0,
                    (long) itemSize - field.byteSize());
            fields.add(new ElementSchema.Field(name, field.typeName(), offset, field.byteSize(), field.count(),
                    List.of(), field.nested()));
        }
        fields.sort(Comparator.comparingInt(ElementSchema.Field::offset));
        return new ElementSchema("record", itemSize, 1, fields);
    }

    private static ElementSchema.Field toField(String name, @Nullable Object format, String what) {
        if (format instanceof String text) {
            Matcher array = ARRAY.matcher(text);
            int count = array.matches() ? Math.max(1, Integer.parseInt(array.group(1))) : 1;
            ElementSchema element = toSchema(array.matches() ? array.group(2) : text, what);
            long size = (long) element.byteSize() * count;
            if (size > Integer.MAX_VALUE) {
                throw Json.wrong(what, text, "less than 2^31 bytes");
            }
            return new ElementSchema.Field(name, element.typeName(), 0, (int) size, count, List.of(), null);
        }
        ElementSchema nested = toSchema(format, what);
        return new ElementSchema.Field(name, nested.typeName(), 0, nested.byteSize(), 1, List.of(), nested);
    }

    private static String toName(String text, String what) {
        if (NumpyNames.isBigEndian(text)) {
            throw Json.wrong(what, text, "little-endian values, '<' in front of the type");
        }
        String name = NumpyNames.find(text);
        if (name == null) {
            throw Json.wrong(what, text,
                    "a type of NumPy that Java has one for, such as float64, int32, uint8, bool, <i4, <u8, |b1, |S16, |V24,"
                            + " datetime64[ns], or an object of names, formats, offsets and itemsize");
        }
        return name;
    }
}
