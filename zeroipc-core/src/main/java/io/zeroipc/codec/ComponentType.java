package io.zeroipc.codec;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.zeroipc.codec.RecordLayout.Element;

/**
 * What a record component and its annotations say about its bytes, or why it cannot be stored and what to write instead.
 */
record ComponentType(String path, int count, Element element) {

    static final int MAX_LENGTH = Integer.MAX_VALUE - 8;

    static ComponentType of(RecordComponent component, String recordPath, List<Class<?>> enclosing) {
        Class<?> type = component.getType();
        String path = recordPath + "." + component.getName();
        @Nullable Length length = component.getAnnotation(Length.class);
        @Nullable Unsigned unsigned = component.getAnnotation(Unsigned.class);
        if (length != null && (length.value() < 1 || length.value() > MAX_LENGTH)) {
            throw refused(component, path, "@Length is out of range: value=" + length.value(), "at least 1");
        }
        if (type == String.class) {
            requireSigned(component, path, unsigned);
            return new ComponentType(path, 1, new Element.Text(required(component, path, length)));
        }
        if (type == byte[].class && unsigned == null) {
            return new ComponentType(path, 1, new Element.Bytes(required(component, path, length)));
        }
        if (type.isArray()) {
            Class<?> elementType = type.getComponentType();
            if (elementType.isArray() || elementType == String.class) {
                throw refused(component, path, "unsupported array", "an array of primitives, enums or records; wrap the"
                        + " inner " + elementType.getSimpleName() + " in a record of its own");
            }
            return new ComponentType(path, required(component, path, length),
                    element(component, elementType, path + "[*]", unsigned, enclosing));
        }
        if (length != null) {
            throw refused(component, path, "@Length has no meaning here", "a String or an array");
        }
        return new ComponentType(path, 1, element(component, type, path, unsigned, enclosing));
    }

    private static Element element(RecordComponent component, Class<?> type, String path, @Nullable Unsigned unsigned,
            List<Class<?>> enclosing) {
        if (type.isPrimitive() && type != char.class) {
            return new Element.Primitive(scalar(component, type, path, unsigned), type);
        }
        if (type.isEnum()) {
            return constant(component, type, path, unsigned);
        }
        if (type.isRecord()) {
            requireSigned(component, path, unsigned);
            return new Element.Nested(RecordLayout.nested(type.asSubclass(Record.class), path, enclosing));
        }
        throw refused(component, path, "unsupported component", wayOut(type));
    }

    private static Scalar scalar(RecordComponent component, Class<?> type, String path, @Nullable Unsigned unsigned) {
        Scalar own = Scalar.of(type);
        if (unsigned == null) {
            return own;
        }
        if (own.kind != Scalar.Kind.SIGNED) {
            throw refused(component, path, "@Unsigned has no meaning here", "byte, short, int, long or an enum");
        }
        int ownBits = own.byteSize * Byte.SIZE;
        int bits = unsigned.value() == 0 ? ownBits : unsigned.value();
        if (!isWidth(bits) || bits > ownBits) {
            throw refused(component, path, "@Unsigned(" + bits + ") does not fit",
                    "8, 16, 32 or 64, and a Java type at least as wide");
        }
        return Scalar.unsigned(bits);
    }

    private static Element constant(RecordComponent component, Class<?> type, String path,
            @Nullable Unsigned unsigned) {
        Class<? extends Enum<?>> enumType = enumClass(type);
        int constants = enumType.getEnumConstants().length;
        if (constants == 0) {
            throw refused(component, path, "enum has no constants", "at least one");
        }
        if (unsigned == null) {
            return new Element.Constant(Scalar.INT32, enumType);
        }
        int bits = unsigned.value() == 0 ? Integer.SIZE : unsigned.value();
        if (!isWidth(bits) || bits == Long.SIZE || constants - 1L > Scalar.unsigned(bits).unsignedMax()) {
            throw refused(component, path, "@Unsigned(" + bits + ") does not fit: constants=" + constants,
                    "8, 16 or 32, wide enough for every ordinal");
        }
        return new Element.Constant(Scalar.unsigned(bits), enumType);
    }

    @SuppressWarnings("unchecked")
    private static Class<? extends Enum<?>> enumClass(Class<?> type) {
        return (Class<? extends Enum<?>>) type.asSubclass(Enum.class);
    }

    private static boolean isWidth(int bits) {
        return bits == 8 || bits == 16 || bits == 32 || bits == 64;
    }

    private static int required(RecordComponent component, String path, @Nullable Length length) {
        if (length == null) {
            String example = "@Length(16) " + component.getType().getSimpleName() + " " + component.getName();
            throw refused(component, path, "component has no @Length",
                    "a fixed size for every slot, for example " + example);
        }
        return length.value();
    }

    private static void requireSigned(RecordComponent component, String path, @Nullable Unsigned unsigned) {
        if (unsigned != null) {
            throw refused(component, path, "@Unsigned has no meaning here", "byte, short, int, long or an enum");
        }
    }

    /** What to write instead of a type that has no fixed bytes. */
    private static String wayOut(Class<?> type) {
        @Nullable Class<?> primitive = Scalar.unboxed(type);
        if (primitive != null) {
            return "the primitive " + primitive.getSimpleName() + ", as a slot cannot hold null";
        }
        if (type == char.class || type == Character.class) {
            return "@Length String for text, or @Unsigned short for one UTF-16 unit";
        }
        if (Optional.class.isAssignableFrom(type)) {
            return "the value itself with a boolean component beside it that says whether it is present";
        }
        if (Collection.class.isAssignableFrom(type)) {
            return "an array with @Length, and a count component where fewer may be used";
        }
        if (Map.class.isAssignableFrom(type)) {
            return "an array with @Length of a record of key and value";
        }
        if (type == Instant.class || type == Duration.class) {
            return "a long of nanoseconds";
        }
        return "a primitive, a String with @Length, an enum, a record of these, or an array of these with @Length";
    }

    private static IllegalArgumentException refused(RecordComponent component, String path, String problem,
            String expected) {
        return new IllegalArgumentException("cannot lay out a record component, " + problem + ": field=" + path
                + ", type=" + component.getGenericType().getTypeName() + " (expected: " + expected + ")");
    }
}
