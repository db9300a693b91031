package io.zeroipc.codec;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ElementSchema;

/**
 * A record as a C++ compiler lays out the same struct: every field at the next multiple of its alignment, the struct
 * aligned as its strictest field, and its size rounded up to that alignment.
 * <p>
 * Built once from the record's components; everything that cannot be laid out is refused here, by the component's name.
 */
record RecordLayout(Class<? extends Record> type, String path, List<Field> fields, int byteSize, int alignment) {

    /**
     * What a method handle of a constructor can take. The language allows one more, but a record that works here must
     * work without generated code too.
     */
    static final int MAX_PARAMETER_SLOTS = 253;

    private static final Element FLAG = new Element.Primitive(Scalar.BOOL, boolean.class);

    /**
     * One component.
     *
     * @param component
     *            the accessor and the declared type
     * @param path
     *            how messages name it, from the outermost record on: {@code Basket.ticks[*].symbol}
     * @param offset
     *            bytes from the start of the record that declares it
     * @param isArray
     *            whether there are {@code count} elements one after the other, in a Java array
     * @param count
     *            elements of an array, 1 where the component is none
     * @param element
     *            one element
     */
    record Field(RecordComponent component, String path, int offset, boolean isArray, int count, Element element) {

        /** {@code field=Basket.ticks[*].symbol}, for messages. */
        String where() {
            return "field=" + path;
        }

        /** As {@link #where()}, for one element of an array. */
        String elementWhere() {
            return isArray() ? where() + "[*]" : where();
        }

        /** Where the bytes of this field end, as an offset in the record that declares it. */
        int end() {
            return offset + count * element.byteSize();
        }
    }

    /** What one element of a field is. */
    sealed interface Element {

        int byteSize();

        int alignment();

        String typeName();

        /** Whether null is a value that is stored. */
        default boolean isNullable() {
            return false;
        }

        /** A primitive of Java type {@code carrier} in the bytes of {@code scalar}, which may be narrower. */
        record Primitive(Scalar scalar, Class<?> carrier) implements Element {

            /** Whether the Java type is wider than the field, so that written values must be checked. */
            boolean isWidened() {
                return Scalar.of(carrier).byteSize > scalar.byteSize;
            }

            @Override
            public int byteSize() {
                return scalar.byteSize;
            }

            @Override
            public int alignment() {
                return scalar.byteSize;
            }

            @Override
            public String typeName() {
                return scalar.typeName;
            }
        }

        /** An enum by the ordinal of its constant. */
        record Constant(Scalar scalar, Class<? extends Enum<?>> enumType) implements Element {

            @Override
            public int byteSize() {
                return scalar.byteSize;
            }

            @Override
            public int alignment() {
                return scalar.byteSize;
            }

            @Override
            public String typeName() {
                return scalar.typeName;
            }
        }

        /** A value by a codec that knows its place for messages. */
        record Coded(Codec<?> codec) implements Element {

            @Override
            public int byteSize() {
                return codec.byteSize();
            }

            @Override
            public int alignment() {
                return codec.alignment();
            }

            @Override
            public String typeName() {
                return codec.typeName();
            }

            @Override
            public boolean isNullable() {
                return codec instanceof NullableCodec<?>;
            }
        }

        /** A value and a byte behind it that says whether it is present, as {@code std::optional} has them. */
        record Flagged(Element value) implements Element {

            @Override
            public int byteSize() {
                return (int) alignUp(value.byteSize() + 1L, alignment());
            }

            @Override
            public int alignment() {
                return value.alignment();
            }

            @Override
            public String typeName() {
                return Optionals.typeName(value.typeName());
            }

            @Override
            public boolean isNullable() {
                return true;
            }
        }

        /** A record inside the record. */
        record Nested(RecordLayout layout) implements Element {

            @Override
            public int byteSize() {
                return layout.byteSize;
            }

            @Override
            public int alignment() {
                return layout.alignment;
            }

            @Override
            public String typeName() {
                return layout.type.getName();
            }
        }
    }

    static RecordLayout of(Class<? extends Record> type) {
        return of(type, type.getSimpleName(), List.of());
    }

    private static RecordLayout of(Class<? extends Record> type, String path, List<Class<?>> enclosing) {
        RecordComponent @Nullable [] components = type.getRecordComponents();
        if (components == null) {
            throw new IllegalArgumentException(
                    "not a record: type=" + type.getName() + " (expected: a class declared with 'record')");
        }
        if (components.length == 0) {
            throw new IllegalArgumentException(
                    "record has no components: type=" + type.getName() + " (expected: at least one)");
        }
        int slots = Arrays.stream(components)
                .map(RecordComponent::getType)
                .mapToInt(each -> each == long.class || each == double.class ? 2 : 1)
                .sum();
        if (slots > MAX_PARAMETER_SLOTS) {
            throw new IllegalArgumentException("record has too many components: type=" + type.getName() + ", slots="
                    + slots + " (expected: at most " + MAX_PARAMETER_SLOTS
                    + ", where long and double count twice; put some into a nested record or an array)");
        }
        if (enclosing.contains(type)) {
            throw new IllegalArgumentException("record contains itself: field=" + path + ", type=" + type.getName()
                    + " (expected: a fixed size; store an index instead)");
        }
        List<Class<?>> inner = Stream.concat(enclosing.stream(), Stream.of(type)).toList();
        List<Field> fields = new ArrayList<>();
        long end = 0;
        int alignment = 1;
        for (RecordComponent component : components) {
            ComponentType described = ComponentType.of(component, path, inner);
            int elementAlignment = described.element().alignment();
            long offset = alignUp(end, elementAlignment);
            end = offset + (long) described.count() * described.element().byteSize();
            alignment = Math.max(alignment, elementAlignment);
            if (end > Integer.MAX_VALUE - 8) {
                throw new IllegalArgumentException("record is too large: field=" + described.path() + ", bytes=" + end
                        + " (expected: less than 2 GiB in total)");
            }
            fields.add(new Field(component, described.path(), (int) offset, described.array(), described.count(),
                    described.element()));
        }
        return new RecordLayout(type, path, List.copyOf(fields), (int) alignUp(end, alignment), alignment);
    }

    /** The layout of a record inside {@code enclosing} records, under the path of the component that holds it. */
    static RecordLayout nested(Class<? extends Record> type, String path, List<Class<?>> enclosing) {
        return of(type, path, enclosing);
    }

    /** {@code type=Tick} for the outermost record, {@code field=Basket.ticks[*]} for a nested one; for messages. */
    String where() {
        return (path.indexOf('.') < 0 ? "type=" : "field=") + path;
    }

    static <R extends Record> Constructor<R> canonicalConstructor(Class<R> type) {
        Class<?>[] parameters = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            return type.getDeclaredConstructor(parameters);
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException("record has no canonical constructor: type=" + type.getName()
                    + " (expected: what the compiler generates, kept by the native image or the shrinker)", e);
        }
    }

    ElementSchema schema() {
        return new ElementSchema(type.getName(), byteSize, alignment,
                fields.stream().map(RecordLayout::schema).toList());
    }

    private static ElementSchema.Field schema(Field field) {
        return schema(field.component().getName(), field.element(), field.offset(), field.count());
    }

    private static ElementSchema.Field schema(String name, Element element, int offset, int count) {
        List<String> constants = element instanceof Element.Constant(var scalar, var enumType)
                ? Stream.of(enumType.getEnumConstants()).map(Enum::name).toList()
                : List.of();
        ElementSchema nested = switch (element) {
            case Element.Nested(var layout) -> layout.schema();
            case Element.Flagged(var value) -> new ElementSchema(element.typeName(), element.byteSize(),
                    element.alignment(), List.of(schema(Optionals.VALUE, value, 0, 1),
                            schema(Optionals.PRESENT, FLAG, value.byteSize(), 1)));
            default -> null;
        };
        return new ElementSchema.Field(name, element.typeName(), offset, count * element.byteSize(), count, constants,
                nested);
    }

    private static long alignUp(long offset, int alignment) {
        return (offset + alignment - 1) & -alignment;
    }
}
