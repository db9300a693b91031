package io.zeroipc.codec;

import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

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
            new Kind("@Unsigned Color %s", "ColorU32 %s"), new Kind("UUID %s", "Uuid %s"),
            new Kind("Instant %s", "std::int64_t %s"), new Kind("Duration %s", "std::int64_t %s"),
            new Kind("LocalDate %s", "std::int64_t %s"), new Kind("LocalDateTime %s", "std::int64_t %s"),
            new Kind("@Scale(3) BigDecimal %s", "std::int64_t %s"), new Kind("@Absent UUID %s", "Uuid %s"),
            new Kind("@Absent Instant %s", "std::int64_t %s"), new Kind("@Absent LocalDate %s", "std::int64_t %s"),
            new Kind("@Absent @Scale(2) BigDecimal %s", "std::int64_t %s"),
            new Kind("@Absent Byte %s", "std::int8_t %s"), new Kind("@Absent Short %s", "std::int16_t %s"),
            new Kind("@Absent Integer %s", "std::int32_t %s"), new Kind("@Absent Long %s", "std::int64_t %s"),
            new Kind("@Absent Float %s", "float %s"), new Kind("@Absent Double %s", "double %s"));

    /** What {@code By.FLAG} makes optional; of a wider one the Java type is boxed. */
    private static final List<Kind> FLAGGED = List.of(new Kind("Byte %s", "std::int8_t"),
            new Kind("Short %s", "std::int16_t"), new Kind("Integer %s", "std::int32_t"),
            new Kind("Long %s", "std::int64_t"), new Kind("Float %s", "float"), new Kind("Double %s", "double"),
            new Kind("Boolean %s", "bool"), new Kind("@Unsigned(16) Integer %s", "std::uint16_t"),
            new Kind("@Unsigned(32) Long %s", "std::uint32_t"), new Kind("@Unsigned(8) Color %s", "Color8"),
            new Kind("Color %s", "Color"), new Kind("UUID %s", "Uuid"), new Kind("Instant %s", "std::int64_t"),
            new Kind("LocalDateTime %s", "std::int64_t"), new Kind("@Scale(1) BigDecimal %s", "std::int64_t"));

    private final Random random;

    RandomRecords(Random random) {
        this.random = random;
    }

    static final String JAVA_HEADER = """
            package fuzz;

            import java.math.BigDecimal;
            import java.time.*;
            import java.util.UUID;

            import io.zeroipc.codec.*;

            enum Color { RED, GREEN, BLUE }
            """;

    static final String CPP_HEADER = """
            #include <cstddef>
            #include <cstdint>
            #include <cstdio>
            #include <optional>

            struct Uuid { std::uint8_t bytes[16]; };
            template <int N> struct Text { char bytes[N]; };
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
        return switch (random.nextInt(13)) {
            case 10 -> optional(before, length);
            case 11 -> array(optional(FLAGGED.get(random.nextInt(FLAGGED.size()))), length);
            case 0 -> new Kind("@Length(" + length + ") String %s", "char %s[" + length + "]");
            case 1 -> new Kind("@Length(" + length + ") byte[] %s", "std::uint8_t %s[" + length + "]");
            case 2, 3 -> array(SIMPLE.get(random.nextInt(SIMPLE.size())), length);
            case 4 -> nested(before);
            case 5 -> array(nested(before), length);
            default -> SIMPLE.get(random.nextInt(SIMPLE.size()));
        };
    }

    private Kind optional(List<Definition> before, int length) {
        return switch (random.nextInt(4)) {
            case 0 -> optional(new Kind("@Length(" + length + ") String %s", "Text<" + length + ">"));
            case 1 -> optional(new Kind("@Length(" + length + ") byte[] %s", "Text<" + length + ">"));
            case 2 -> {
                Kind nested = nested(before);
                // Where no definition is small enough there is only a primitive.
                yield nested.equals(SIMPLE.getFirst())
                        ? nested
                        : optional(new Kind(nested.java, nested.cpp.replace(" %s", ""), nested.leaves));
            }
            default -> optional(FLAGGED.get(random.nextInt(FLAGGED.size())));
        };
    }

    private static Kind optional(Kind value) {
        return new Kind("@Absent(Absent.By.FLAG) " + value.java, "std::optional<" + value.cpp + "> %s", value.leaves);
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
        if (isAbsent(component) && (type == String.class || type == byte[].class)) {
            return null;
        }
        if (type == String.class) {
            return "x".repeat(random.nextInt(length.value() + 1));
        }
        if (type.isArray()) {
            Object array = Array.newInstance(type.getComponentType(), length.value());
            for (int i = 0; i < length.value(); i++) {
                Array.set(array, i, element(type.getComponentType(), component));
            }
            return array;
        }
        return element(type, component);
    }

    private boolean isAbsent(RecordComponent component) {
        return component.isAnnotationPresent(Absent.class) && random.nextInt(3) == 0;
    }

    private Object element(Class<?> type, RecordComponent component) {
        if (!type.isPrimitive() && isAbsent(component)) {
            return null;
        }
        if (type.isRecord()) {
            return value(type.asSubclass(Record.class));
        }
        if (type.isEnum()) {
            return type.getEnumConstants()[random.nextInt(type.getEnumConstants().length)];
        }
        Unsigned unsigned = component.getAnnotation(Unsigned.class);
        int bits = unsigned == null || unsigned.value() == 0 ? Long.SIZE : unsigned.value();
        long number = bits == Long.SIZE ? random.nextLong() : random.nextLong() & ((1L << bits) - 1);
        // Never the lowest, which stands for null where a component may be that.
        long few = number % Byte.MAX_VALUE;
        return switch (type.getSimpleName()) {
            case "byte" -> (byte) number;
            case "short" -> (short) number;
            case "int" -> (int) number;
            case "long" -> number;
            case "Byte" -> (byte) few;
            case "Short" -> (short) few;
            case "Integer" -> (int) few;
            case "Long" -> few;
            case "float", "Float" -> random.nextFloat();
            case "double", "Double" -> random.nextDouble();
            case "UUID" -> new UUID(number, random.nextLong());
            case "Instant" -> Instant.ofEpochSecond(0, number);
            case "Duration" -> Duration.ofNanos(number);
            case "LocalDate" -> LocalDate.ofEpochDay(number >> 26);
            case "LocalDateTime" -> LocalDateTime.ofEpochSecond(number >> 31, (int) (number & 0xFFFFFFF),
                    ZoneOffset.UTC);
            case "BigDecimal" -> BigDecimal.valueOf(number, component.getAnnotation(Scale.class).value());
            default -> random.nextBoolean();
        };
    }

    /** Whether two records are equal, with arrays compared by their elements. Costs one visit of each value. */
    static boolean isEqual(Object left, Object right) {
        if (left == null || right == null) {
            return left == null && right == null;
        }
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
