package io.zeroipc.codec;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ElementSchema;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.memory.Layouts;

/**
 * A record without its class: a map of its fields, in order of offset. Elements of array fields are lists, enums the
 * names of their constants, nested records maps, absent values null. For tools; an application has the record.
 */
final class SchemaCodec implements Codec<Map<String, @Nullable Object>> {

    private final ElementSchema schema;
    private final List<Part> parts;

    /** @throws IllegalArgumentException when the type of a field is unknown, or has another size than the field */
    SchemaCodec(ElementSchema schema) {
        this.schema = schema;
        this.parts = schema.fields().stream().map(Part::of).toList();
    }

    @Override
    @SuppressWarnings({"unchecked", "rawtypes"}) // no class says what is in the map
    public Class<Map<String, @Nullable Object>> type() {
        return (Class) Map.class;
    }

    @Override
    public String typeName() {
        return schema.typeName();
    }

    @Override
    public int byteSize() {
        return schema.byteSize();
    }

    @Override
    public int alignment() {
        return schema.alignment();
    }

    @Override
    public ElementSchema schema() {
        return schema;
    }

    @Override
    public void encode(Map<String, @Nullable Object> value, MemorySegment memory, long offset) {
        for (String name : value.keySet()) {
            if (parts.stream().noneMatch(part -> part.field.name().equals(name))) {
                throw new IllegalArgumentException("field is unknown: type=" + typeName() + ", field=" + name
                        + " (expected: " + String.join(", ", names()) + ")");
            }
        }
        Zeroes.fill(memory, offset, offset + byteSize());
        for (Part part : parts) {
            Object content = value.get(part.field.name());
            if (content == null && !part.isNullable()) {
                throw new NullPointerException("field is missing: type=" + typeName() + ", field=" + part.field.name()
                        + " (expected: " + String.join(", ", names()) + ")");
            }
            part.encode(content, memory, offset + part.field.offset());
        }
    }

    @Override
    public Map<String, @Nullable Object> decode(MemorySegment memory, long offset) {
        Map<String, @Nullable Object> value = new LinkedHashMap<>();
        for (Part part : parts) {
            value.put(part.field.name(), part.decode(memory, offset + part.field.offset()));
        }
        return value;
    }

    @Override
    public String toString() {
        return typeName();
    }

    private List<String> names() {
        return schema.fields().stream().map(ElementSchema.Field::name).toList();
    }

    /**
     * One field, with the codec of one of its elements.
     *
     * @param optional the value before the flag of an optional, null for all others
     */
    private record Part(ElementSchema.Field field, Codec<?> element, @Nullable Part optional, int stride) {

        static Part of(ElementSchema.Field field) {
            ElementSchema nested = field.nested();
            Codec<?> element = nested != null ? new SchemaCodec(nested) : TypeNames.ofField(field.typeName());
            int stride = field.byteSize() / field.count();
            if (element.byteSize() != stride) {
                throw new IllegalArgumentException("field has another size than its type: field=" + field.name()
                        + ", type=" + field.typeName() + ", bytes=" + stride + " (expected: " + element.byteSize()
                        + ")");
            }
            Part optional = nested != null && Optionals.isOptional(nested) ? of(nested.fields().getFirst()) : null;
            return new Part(field, element, optional, stride);
        }

        /** Of an array whether its elements may be absent; the array itself is there. */
        boolean isNullable() {
            return field.count() == 1 && isElementNullable();
        }

        private boolean isElementNullable() {
            return optional != null || element instanceof NullableCodec<?>;
        }

        private long flag() {
            return Objects.requireNonNull(field.nested()).fields().getLast().offset();
        }

        void encode(@Nullable Object value, MemorySegment memory, long offset) {
            if (field.count() == 1) {
                encodeElement(value, memory, offset);
                return;
            }
            if (!(value instanceof List<?> list) || list.size() != field.count()) {
                throw new IllegalArgumentException(
                        "field is an array: field=" + field.name() + ", value=" + value + " (expected: a list of "
                                + field.count() + " elements)");
            }
            for (int i = 0; i < field.count(); i++) {
                encodeElement(list.get(i), memory, offset + (long) i * stride);
            }
        }

        private void encodeElement(@Nullable Object value, MemorySegment memory, long offset) {
            if (optional != null) {
                // The bytes are zero, which is absence.
                if (value != null) {
                    optional.encode(value, memory, offset + optional.field.offset());
                    memory.set(Layouts.BYTE, offset + flag(), (byte) 1);
                }
                return;
            }
            Object content = value;
            if (!field.constants().isEmpty() && value instanceof String constant) {
                int ordinal = field.constants().indexOf(constant);
                if (ordinal < 0) {
                    throw new IllegalArgumentException("constant is unknown: field=" + field.name() + ", value="
                            + constant + " (expected: " + String.join(", ", field.constants()) + ")");
                }
                content = (long) ordinal;
            }
            encode(element, content, memory, offset);
        }

        @SuppressWarnings({"unchecked", "NullAway"}) // the conversion gives what the codec takes, or fails
        private <T> void encode(Codec<T> codec, @Nullable Object value, MemorySegment memory, long offset) {
            if (value == null && !isElementNullable()) {
                throw new NullPointerException("element is missing: field=" + field.name());
            }
            codec.encode(value == null ? null : (T) Loose.value(codec, value, field.name()), memory, offset);
        }

        @Nullable
        Object decode(MemorySegment memory, long offset) {
            if (field.count() == 1) {
                return decodeElement(memory, offset);
            }
            List<@Nullable Object> elements = new ArrayList<>(field.count());
            for (int i = 0; i < field.count(); i++) {
                elements.add(decodeElement(memory, offset + (long) i * stride));
            }
            return elements;
        }

        private @Nullable Object decodeElement(MemorySegment memory, long offset) {
            if (optional != null) {
                return memory.get(Layouts.BYTE, offset + flag()) == 0
                        ? null
                        : optional.decode(memory, offset + optional.field.offset());
            }
            Object value = element.decode(memory, offset);
            if (field.constants().isEmpty() || !(value instanceof Number number)) {
                return value;
            }
            long ordinal = number.longValue();
            if (ordinal < 0 || ordinal >= field.constants().size()) {
                throw new ZeroIpcException("enum constant out of range: field=" + field.name() + ", ordinal=" + ordinal
                        + " (expected: 0 to " + (field.constants().size() - 1) + ")");
            }
            return field.constants().get((int) ordinal);
        }
    }
}
