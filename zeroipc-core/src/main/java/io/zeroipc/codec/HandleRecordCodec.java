package io.zeroipc.codec;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ElementSchema;
import io.zeroipc.codec.RecordLayout.Element;
import io.zeroipc.codec.RecordLayout.Field;
import io.zeroipc.memory.Layouts;

/**
 * A record codec that interprets the layout: method handles for the accessors and the constructor, one boxed value per
 * component. Same bytes and same messages as the generated form at a higher cost; it serves where no class can be
 * generated (see {@link RecordCodecs}).
 */
final class HandleRecordCodec<R extends Record> implements Codec<R> {

    private final Class<R> type;
    private final RecordLayout layout;
    private final ElementSchema schema;
    private final Struct struct;

    HandleRecordCodec(Class<R> type, RecordLayout layout, MethodHandles.Lookup lookup) throws IllegalAccessException {
        this.type = type;
        this.layout = layout;
        this.schema = layout.schema();
        this.struct = Struct.of(layout, lookup);
    }

    @Override
    public Class<R> type() {
        return type;
    }

    @Override
    public String typeName() {
        return type.getName();
    }

    @Override
    public int byteSize() {
        return layout.byteSize();
    }

    @Override
    public int alignment() {
        return layout.alignment();
    }

    @Override
    public void encode(R value, MemorySegment memory, long offset) {
        struct.encode(value, memory, offset);
    }

    @Override
    public R decode(MemorySegment memory, long offset) {
        return type.cast(struct.decode(memory, offset));
    }

    @Override
    public ElementSchema schema() {
        return schema;
    }

    @Override
    public String toString() {
        return typeName();
    }

    /** One element of a field, boxed. */
    private interface Cell {

        void encode(@Nullable Object value, MemorySegment memory, long offset);

        @Nullable
        Object decode(MemorySegment memory, long offset);
    }

    /** One component: its accessor, its cell and the zeroes behind it. */
    private record Part(Field field, MethodHandle accessor, Cell cell, String nullMessage, long end) {

        void encode(Object owner, MemorySegment memory, long offset) throws Throwable {
            Object value = (Object) accessor.invokeExact(owner);
            long start = offset + field.offset();
            if (field.isArray()) {
                int length = Array.getLength(Objects.requireNonNull(value, nullMessage));
                if (length != field.count()) {
                    throw Failures.wrongLength(field, length);
                }
                for (int i = 0; i < length; i++) {
                    encodeElement(Array.get(value, i), memory, start + (long) i * field.element().byteSize());
                }
            } else {
                encodeElement(value, memory, start);
            }
            Zeroes.fill(memory, offset + field.end(), offset + end);
        }

        private void encodeElement(@Nullable Object value, MemorySegment memory, long at) {
            if (value == null && !field.element().isNullable()) {
                throw new NullPointerException(Failures.nullValue(field.elementWhere()));
            }
            cell.encode(value, memory, at);
        }

        @Nullable
        Object decode(MemorySegment memory, long offset) {
            long start = offset + field.offset();
            if (!field.isArray()) {
                return cell.decode(memory, start);
            }
            Object array = Array.newInstance(field.component().getType().getComponentType(), field.count());
            for (int i = 0; i < field.count(); i++) {
                Array.set(array, i, cell.decode(memory, start + (long) i * field.element().byteSize()));
            }
            return array;
        }
    }

    /** A record as the sum of its parts. */
    private record Struct(String nullMessage, MethodHandle constructor, List<Part> parts) implements Cell {

        /** Nested records may need another access than the one that holds them. */
        static Struct of(RecordLayout layout, MethodHandles.Lookup given) throws IllegalAccessException {
            MethodHandles.Lookup lookup = RecordCodecs.accessTo(layout.type(), given);
            List<Field> fields = layout.fields();
            Part[] parts = new Part[fields.size()];
            for (int i = 0; i < parts.length; i++) {
                Field field = fields.get(i);
                MethodHandle accessor = lookup.unreflect(field.component().getAccessor())
                        .asType(MethodType.methodType(Object.class, Object.class));
                long end = i + 1 < parts.length ? fields.get(i + 1).offset() : layout.byteSize();
                parts[i] = new Part(field, accessor, cell(field, field.element(), lookup),
                        Failures.nullValue(field.where()), end);
            }
            MethodHandle constructor = lookup.unreflectConstructor(RecordLayout.canonicalConstructor(layout.type()))
                    .asSpreader(Object[].class, parts.length)
                    .asType(MethodType.methodType(Object.class, Object[].class));
            return new Struct(Failures.nullValue(layout.where()), constructor, List.of(parts));
        }

        @Override
        public void encode(@Nullable Object value, MemorySegment memory, long offset) {
            Objects.requireNonNull(value, nullMessage);
            try {
                for (Part part : parts) {
                    part.encode(value, memory, offset);
                }
            } catch (Throwable e) {
                throw Failures.rethrow(e);
            }
        }

        @Override
        public Object decode(MemorySegment memory, long offset) {
            @Nullable Object[] arguments = new Object[parts.size()];
            for (int i = 0; i < arguments.length; i++) {
                arguments[i] = parts.get(i).decode(memory, offset);
            }
            try {
                return (Object) constructor.invokeExact(arguments);
            } catch (Throwable e) {
                throw Failures.rethrow(e);
            }
        }
    }

    private static Cell cell(Field field, Element element, MethodHandles.Lookup lookup) throws IllegalAccessException {
        return switch (element) {
            case Element.Primitive(var scalar, var carrier) -> new PrimitiveCell(scalar, carrier, field.elementWhere());
            case Element.Constant(var scalar, var enumType) -> new ConstantCell(scalar,
                    List.of(enumType.getEnumConstants()), enumType, field.elementWhere());
            case Element.Coded(var codec) -> new CodecCell<>(codec);
            case Element.Flagged(var value) -> new FlaggedCell(cell(field, value, lookup), value.byteSize(),
                    element.byteSize());
            case Element.Nested(var layout) -> Struct.of(layout, lookup);
        };
    }

    /** A number or boolean: its bits as a long, stored in the width of the scalar. */
    private record PrimitiveCell(Scalar scalar, Class<?> carrier, String where) implements Cell {

        @Override
        public void encode(@Nullable Object value, MemorySegment memory, long offset) {
            long bits = switch (Objects.requireNonNull(value)) {
                case Boolean b -> b ? 1 : 0;
                case Float f -> Float.floatToRawIntBits(f);
                case Double d -> Double.doubleToRawLongBits(d);
                default -> ((Number) value).longValue();
            };
            if (Scalar.of(carrier).byteSize > scalar.byteSize && (bits & ~scalar.unsignedMax()) != 0) {
                throw Failures.outOfRange(where, scalar, bits);
            }
            Bits.store(memory, offset, scalar.byteSize, bits);
        }

        @Override
        public Object decode(MemorySegment memory, long offset) {
            long bits = Bits.load(memory, offset, scalar);
            return switch (carrier.descriptorString()) {
                case "B" -> (byte) bits;
                case "S" -> (short) bits;
                case "I" -> (int) bits;
                case "J" -> bits;
                case "F" -> Float.intBitsToFloat((int) bits);
                case "D" -> Double.longBitsToDouble(bits);
                default -> bits != 0;
            };
        }
    }

    /** An enum constant by its ordinal. */
    private record ConstantCell(Scalar scalar, List<Enum<?>> constants, Class<? extends Enum<?>> enumType, String where)
            implements
            Cell {

        @Override
        @SuppressWarnings("EnumOrdinal") // C++ stores an enum by the number that stands for it, and that is the ordinal
        public void encode(@Nullable Object value, MemorySegment memory, long offset) {
            Bits.store(memory, offset, scalar.byteSize, ((Enum<?>) Objects.requireNonNull(value)).ordinal());
        }

        @Override
        public Object decode(MemorySegment memory, long offset) {
            long ordinal = Bits.load(memory, offset, scalar);
            if (ordinal < 0 || ordinal >= constants.size()) {
                throw Failures.unknownConstant(where, enumType, ordinal);
            }
            return constants.get((int) ordinal);
        }
    }

    /** A value and the byte that says whether it is present. */
    private record FlaggedCell(Cell value, int valueSize, int byteSize) implements Cell {

        @Override
        public void encode(@Nullable Object content, MemorySegment memory, long offset) {
            if (content != null) {
                value.encode(content, memory, offset);
                memory.set(Layouts.BYTE, offset + valueSize, (byte) 1);
            }
            Zeroes.fill(memory, offset + (content == null ? 0 : valueSize + 1), offset + byteSize);
        }

        @Override
        public @Nullable Object decode(MemorySegment memory, long offset) {
            return memory.get(Layouts.BYTE, offset + valueSize) == 0 ? null : value.decode(memory, offset);
        }
    }

    /** What has a codec of its own, which says what null is to it. */
    private record CodecCell<T>(Codec<T> codec) implements Cell {

        @Override
        @SuppressWarnings("NullAway") // a codec for null is asked to store it
        public void encode(@Nullable Object value, MemorySegment memory, long offset) {
            codec.encode(codec.type().cast(value), memory, offset);
        }

        @Override
        public @Nullable Object decode(MemorySegment memory, long offset) {
            return codec.decode(memory, offset);
        }
    }

    /** The bits of a scalar, sign- or zero-extended to a long. */
    private static final class Bits {

        static void store(MemorySegment memory, long offset, int byteSize, long bits) {
            switch (byteSize) {
                case 1 -> memory.set(Layouts.BYTE, offset, (byte) bits);
                case 2 -> memory.set(Layouts.SHORT, offset, (short) bits);
                case 4 -> memory.set(Layouts.INT, offset, (int) bits);
                default -> memory.set(Layouts.LONG, offset, bits);
            }
        }

        static long load(MemorySegment memory, long offset, Scalar scalar) {
            long bits = switch (scalar.byteSize) {
                case 1 -> memory.get(Layouts.BYTE, offset);
                case 2 -> memory.get(Layouts.SHORT, offset);
                case 4 -> memory.get(Layouts.INT, offset);
                default -> memory.get(Layouts.LONG, offset);
            };
            boolean zeroExtended = scalar.kind == Scalar.Kind.UNSIGNED && scalar.byteSize < Long.BYTES;
            return zeroExtended ? bits & scalar.unsignedMax() : bits;
        }
    }
}
