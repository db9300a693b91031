package io.zeroipc.codec;

import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random record types, as Java and as C++ source, and random values of them. */
final class RandomRecords {

    /** A field in both languages; {@code %s} is its name. */
    private record Kind(String java, String cpp, int leaves) {

        Kind(String java, String cpp) {
            this(java, cpp, 1);
        }
    }

    /** A record type in both languages. */
    record Definition(String name, String java, String cpp, List<String> fields, int leaves) {}

    /** A record with more values than this is not nested again: nested arrays of nested arrays grow without end. */
    private static final int LEAVES_TO_NEST = 100;

    private static final List<Kind> SIMPLE = List.of(new Kind("byte %s", "std::int8_t %s"),
            new Kind("short %s", "std::int16_t %s"), new Kind("int %s", "std::int32_t %s"),
            new Kind("long %s", "std::int64_t %s"), new Kind("float %s", "float %s"),
            new Kind("double %s", "double %s"), new Kind("boolean %s", "bool %s"),
            new Kind("@Unsigned byte %s", "std::uint8_t %s"), new Kind("@Unsigned short %s", "std::uint16_t %s"),
            new Kind("@Unsigned int %s", "std::uint32_t %s"), new Kind("@Unsigned long %s", "std::uint64_t %s"),
            new Kind("@Unsigned(8) short %s", "std::uint8_t %s"), new Kind("@Unsigned(8) int %s", "std::uint8_t %s"),
            new Kind("@Unsigned(8) long %s", "std::uint8_t %s"), new Kind("@Unsigned(16) int %s", "std::uint16_t %s"),
            new Kind("@Unsigned(16) long %s", "std::uint16_t %s"),
            new Kind("@Unsigned(32) long %s", "std::uint32_t %s"), new Kind("Color %s", "Color %s"),
            new Kind("@Unsigned(8) Color %s", "Color8 %s"), new Kind("@Unsigned(16) Color %s", "Color16 %s"),
            new Kind("@Unsigned Color %s", "ColorU32 %s"));

    private final Random random;

    RandomRecords(Random random) {
        this.random = random;
    }

    static final String JAVA_HEADER = """
            package fuzz;

            import io.zeroipc.codec.Length;
            import io.zeroipc.codec.Unsigned;

            enum Color { RED, GREEN, BLUE }
            """;

    static final String CPP_HEADER = """
            #include <cstddef>
            #include <cstdint>
            #include <cstdio>

            enum class Color : std::int32_t { RED, GREEN, BLUE };
            enum class Color8 : std::uint8_t { RED, GREEN, BLUE };
            enum class Color16 : std::uint16_t { RED, GREEN, BLUE };
            enum class ColorU32 : std::uint32_t { RED, GREEN, BLUE };
            """;

    /** Each definition may contain those before it. */
    List<Definition> definitions(int count) {
        List<Definition> definitions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            definitions.add(definition("R" + i, definitions));
        }
        return definitions;
    }

    private Definition definition(String name, List<Definition> before) {
        int count = 1 + random.nextInt(8);
        List<String> java = new ArrayList<>();
        List<String> fields = new ArrayList<>();
        StringBuilder cpp = new StringBuilder("struct " + name + " {\n");
        int leaves = 0;
        for (int i = 0; i < count; i++) {
            String field = "f" + i;
            Kind kind = kind(before);
            fields.add(field);
            leaves += kind.leaves;
            java.add(kind.java.formatted(field));
            cpp.append("    ").append(kind.cpp.formatted(field)).append(";\n");
        }
        return new Definition(name, "record " + name + "(" + String.join(", ", java) + ") {}\n", cpp + "};\n", fields,
                leaves);
    }

    private Kind kind(List<Definition> before) {
        int length = 1 + random.nextInt(5);
        return switch (random.nextInt(10)) {
            case 0 -> new Kind("@Length(" + length + ") String %s", "char %s[" + length + "]");
            case 1 -> new Kind("@Length(" + length + ") byte[] %s", "std::uint8_t %s[" + length + "]");
            case 2, 3 -> array(SIMPLE.get(random.nextInt(SIMPLE.size())), length);
            case 4 -> nested(before);
            case 5 -> array(nested(before), length);
            default -> SIMPLE.get(random.nextInt(SIMPLE.size()));
        };
    }

    /** One of the last three that are small enough, so that nesting goes deep. */
    private Kind nested(List<Definition> before) {
        List<Definition> small = before.stream().filter(each -> each.leaves <= LEAVES_TO_NEST).toList();
        if (small.isEmpty()) {
            return SIMPLE.getFirst();
        }
        Definition chosen = small.get(small.size() - 1 - random.nextInt(Math.min(3, small.size())));
        return new Kind(chosen.name + " %s", chosen.name + " %s", chosen.leaves);
    }

    private static Kind array(Kind element, int length) {
        return new Kind("@Length(" + length + ") " + element.java.replace(" %s", "[] %s"),
                element.cpp + "[" + length + "]", element.leaves * length);
    }

    /** A value of a record type that any codec of it must accept. */
    <R extends Record> R value(Class<R> type) {
        try {
            RecordComponent[] components = type.getRecordComponents();
            Object[] arguments = new Object[components.length];
            for (int i = 0; i < components.length; i++) {
                arguments[i] = component(components[i]);
            }
            Constructor<R> constructor = RecordLayout.canonicalConstructor(type);
            constructor.setAccessible(true);
            return constructor.newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(type.getName(), e);
        }
    }

    private Object component(RecordComponent component) {
        Class<?> type = component.getType();
        Length length = component.getAnnotation(Length.class);
        Unsigned unsigned = component.getAnnotation(Unsigned.class);
        if (type == String.class) {
            return "x".repeat(random.nextInt(length.value() + 1));
        }
        if (type.isArray()) {
            Object array = Array.newInstance(type.getComponentType(), length.value());
            for (int i = 0; i < length.value(); i++) {
                Array.set(array, i, element(type.getComponentType(), unsigned));
            }
            return array;
        }
        return element(type, unsigned);
    }

    private Object element(Class<?> type, Unsigned unsigned) {
        if (type.isRecord()) {
            return value(type.asSubclass(Record.class));
        }
        if (type.isEnum()) {
            return type.getEnumConstants()[random.nextInt(type.getEnumConstants().length)];
        }
        int bits = unsigned == null || unsigned.value() == 0 ? Long.SIZE : unsigned.value();
        long number = bits == Long.SIZE ? random.nextLong() : random.nextLong() & ((1L << bits) - 1);
        return switch (type.getName()) {
            case "byte" -> (byte) number;
            case "short" -> (short) number;
            case "int" -> (int) number;
            case "long" -> number;
            case "float" -> random.nextFloat();
            case "double" -> random.nextDouble();
            default -> random.nextBoolean();
        };
    }

    /** Whether two records are equal, with arrays compared by their elements. Costs one visit of each value. */
    static boolean isEqual(Object left, Object right) {
        if (left instanceof Record && left.getClass() == right.getClass()) {
            for (RecordComponent component : left.getClass().getRecordComponents()) {
                if (!isEqual(read(component, left), read(component, right))) {
                    return false;
                }
            }
            return true;
        }
        if (left.getClass().isArray() && left.getClass() == right.getClass()) {
            int length = Array.getLength(left);
            if (length != Array.getLength(right)) {
                return false;
            }
            for (int i = 0; i < length; i++) {
                if (!isEqual(Array.get(left, i), Array.get(right, i))) {
                    return false;
                }
            }
            return true;
        }
        return left.equals(right);
    }

    private static Object read(RecordComponent component, Object owner) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(owner);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(component.toString(), e);
        }
    }
}
