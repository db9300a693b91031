package io.zeroipc.codec;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.foreign.ValueLayout;
import java.util.function.LongFunction;

import io.zeroipc.codec.RecordLayout.Element;
import io.zeroipc.codec.RecordLayout.Field;

/**
 * The instructions that store and load one field. Memory and the record's offset stand in two locals of the method.
 * <p>
 * The layouts are the JDK's unaligned ones in native order, which the compiler knows as constants; code is generated on
 * little-endian hosts only.
 */
record FieldCode(RecordCodecGenerator owner, CodeBuilder code, int memory, int offset) {

    private static final ClassDesc VALUE_LAYOUT = ClassDesc.of("java.lang.foreign.ValueLayout");
    private static final ClassDesc LONG_FUNCTION = ClassDesc.of("java.util.function.LongFunction");
    private static final ClassDesc RUNTIME_EXCEPTION = ClassDesc.of("java.lang.RuntimeException");
    private static final MethodTypeDesc APPLY_LONG = MethodTypeDesc.of(ConstantDescs.CD_Object, ConstantDescs.CD_long);
    private static final MethodTypeDesc COPY_IN = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_Object,
            ConstantDescs.CD_int, RecordCodecGenerator.MEMORY, VALUE_LAYOUT, ConstantDescs.CD_long,
            ConstantDescs.CD_int);
    private static final MethodTypeDesc COPY_OUT = MethodTypeDesc.of(ConstantDescs.CD_void, RecordCodecGenerator.MEMORY,
            VALUE_LAYOUT, ConstantDescs.CD_long, ConstantDescs.CD_Object, ConstantDescs.CD_int, ConstantDescs.CD_int);

    /** Where an element starts: a local plus a constant. */
    private record Place(int base, long constant) {

        Place plus(int bytes) {
            return new Place(base, constant + bytes);
        }
    }

    /** How a scalar is accessed: the constant of {@link ValueLayout}, its type and the type of the value. */
    private record Access(String constant, ClassDesc layout, ClassDesc value) {

        static Access of(Scalar scalar) {
            return switch (scalar) {
                case INT8, UINT8, BOOL -> new Access("JAVA_BYTE", layout("OfByte"), ConstantDescs.CD_byte);
                case INT16, UINT16 -> new Access("JAVA_SHORT_UNALIGNED", layout("OfShort"), ConstantDescs.CD_short);
                case INT32, UINT32 -> new Access("JAVA_INT_UNALIGNED", layout("OfInt"), ConstantDescs.CD_int);
                case INT64, UINT64 -> new Access("JAVA_LONG_UNALIGNED", layout("OfLong"), ConstantDescs.CD_long);
                case FLOAT32 -> new Access("JAVA_FLOAT_UNALIGNED", layout("OfFloat"), ConstantDescs.CD_float);
                case FLOAT64 -> new Access("JAVA_DOUBLE_UNALIGNED", layout("OfDouble"), ConstantDescs.CD_double);
            };
        }

        private static ClassDesc layout(String name) {
            return VALUE_LAYOUT.nested(name);
        }
    }

    /** Stores the component that stands in {@code local}. */
    void encode(Field field, int local) {
        Place place = new Place(offset, field.offset());
        if (!field.isArray()) {
            encodeElement(field, field.element(), place, local);
            return;
        }
        code.aload(local);
        RecordCodecGenerator.requireNonNull(code, field.where());
        Label right = code.newLabel();
        code.arraylength().loadConstant(field.count()).if_icmpeq(right);
        throwWith(length -> Failures.wrongLength(field, length), () -> code.aload(local).arraylength().i2l());
        code.labelBinding(right);
        if (isBulk(field.element())) {
            code.aload(local).iconst_0().aload(memory);
            layout(((Element.Primitive) field.element()).scalar());
            push(place);
            code.loadConstant(field.count())
                    .invokestatic(RecordCodecGenerator.MEMORY, "copy", COPY_IN, true);
            return;
        }
        TypeKind kind = elementKind(field);
        int element = code.allocateLocal(kind);
        loop(field, (index, elementPlace) -> {
            code.aload(local).iload(index).arrayLoad(kind).storeLocal(kind, element);
            encodeElement(field, field.element(), elementPlace, element);
        });
    }

    /** Leaves the component on the stack. */
    void decode(Field field) {
        Place place = new Place(offset, field.offset());
        if (!field.isArray()) {
            decodeElement(field, field.element(), place);
            return;
        }
        int array = code.allocateLocal(TypeKind.REFERENCE);
        TypeKind kind = elementKind(field);
        code.loadConstant(field.count());
        if (kind == TypeKind.REFERENCE) {
            code.anewarray(RecordCodecGenerator.desc(field.component().getType().getComponentType()));
        } else {
            code.newarray(kind);
        }
        code.astore(array);
        if (isBulk(field.element())) {
            code.aload(memory);
            layout(((Element.Primitive) field.element()).scalar());
            push(place);
            code.aload(array)
                    .iconst_0()
                    .loadConstant(field.count())
                    .invokestatic(RecordCodecGenerator.MEMORY, "copy", COPY_OUT, true);
        } else {
            loop(field, (index, elementPlace) -> {
                code.aload(array).iload(index);
                decodeElement(field, field.element(), elementPlace);
                code.arrayStore(kind);
            });
        }
        code.aload(array);
    }

    /** Stores zeroes to {@code [from, to)}, offsets in the record: the padding between and behind fields. */
    void zero(int from, int to) {
        zero(new Place(offset, 0), from, to);
    }

    private void zero(Place place, int from, int to) {
        int at = from;
        while (at < to) {
            Scalar scalar = to - at >= 4 ? Scalar.INT32 : to - at >= 2 ? Scalar.INT16 : Scalar.INT8;
            set(scalar, place.plus(at), code::iconst_0);
            at += scalar.byteSize;
        }
    }

    private void encodeElement(Field field, Element element, Place place, int local) {
        switch (element) {
            case Element.Primitive primitive -> encodePrimitive(field, primitive, place, local);
            case Element.Constant(var scalar, var enumType) -> {
                code.aload(local);
                RecordCodecGenerator.requireNonNull(code, field.elementWhere());
                code.pop();
                set(scalar, place, () -> {
                    code.aload(local)
                            .invokevirtual(ConstantDescs.CD_Enum, "ordinal", MethodTypeDesc.of(ConstantDescs.CD_int));
                    narrow(scalar);
                });
            }
            case Element.Coded(var codec) -> encodeBy(codec, place, local);
            case Element.Flagged flagged -> encodeFlagged(field, flagged, place, local);
            case Element.Nested(var layout) -> {
                code.aload(local).aload(memory);
                push(place);
                owner.callEncode(code, layout);
            }
        }
    }

    private void decodeElement(Field field, Element element, Place place) {
        switch (element) {
            case Element.Primitive(var scalar, var carrier) -> {
                get(scalar, place);
                if (scalar == Scalar.BOOL) {
                    code.ifThenElse(Opcode.IFNE, CodeBuilder::iconst_1, CodeBuilder::iconst_0);
                } else {
                    widen(scalar, carrier);
                }
            }
            case Element.Constant constant -> decodeConstant(field, constant, place);
            case Element.Coded(var codec) -> decodeBy(codec, place);
            case Element.Flagged flagged -> decodeFlagged(field, flagged, place);
            case Element.Nested(var layout) -> {
                code.aload(memory);
                push(place);
                owner.callDecode(code, layout);
            }
        }
    }

    private void encodePrimitive(Field field, Element.Primitive primitive, Place place, int local) {
        Scalar scalar = primitive.scalar();
        TypeKind kind = TypeKind.from(primitive.carrier());
        if (primitive.isWidened()) {
            Label inRange = code.newLabel();
            if (kind == TypeKind.LONG) {
                code.lload(local).loadConstant(~scalar.unsignedMax()).land().lconst_0().lcmp().ifeq(inRange);
            } else {
                code.iload(local).loadConstant((int) ~scalar.unsignedMax()).iand().ifeq(inRange);
            }
            throwWith(value -> Failures.outOfRange(field.elementWhere(), scalar, value),
                    () -> code.loadLocal(kind, local).conversion(kind, TypeKind.LONG));
            code.labelBinding(inRange);
        }
        set(scalar, place, () -> {
            code.loadLocal(kind, local);
            if (kind == TypeKind.LONG && scalar.byteSize < Long.BYTES) {
                code.l2i();
            }
            narrow(scalar);
        });
    }

    private void encodeFlagged(Field field, Element.Flagged flagged, Place place, int local) {
        Element value = flagged.value();
        Label absent = code.newLabel();
        Label end = code.newLabel();
        code.aload(local).ifnull(absent);
        encodeElement(field, value, place, unboxed(value, local));
        set(Scalar.INT8, place.plus(value.byteSize()), code::iconst_1);
        zero(place, value.byteSize() + 1, flagged.byteSize());
        code.goto_(end).labelBinding(absent);
        // One copy instead of a store for each word: a value may be a text of some thousand bytes.
        code.ldc(owner.classData(new byte[flagged.byteSize()], ConstantDescs.CD_byte.arrayType()))
                .iconst_0()
                .aload(memory);
        layout(Scalar.INT8);
        push(place);
        code.loadConstant(flagged.byteSize())
                .invokestatic(RecordCodecGenerator.MEMORY, "copy", COPY_IN, true)
                .labelBinding(end);
    }

    private void decodeFlagged(Field field, Element.Flagged flagged, Place place) {
        Element value = flagged.value();
        Label absent = code.newLabel();
        Label end = code.newLabel();
        get(Scalar.INT8, place.plus(value.byteSize()));
        code.ifeq(absent);
        decodeElement(field, value, place);
        if (value instanceof Element.Primitive(var scalar, var carrier)) {
            ClassDesc boxed = RecordCodecGenerator.desc(Scalar.boxed(carrier));
            code.invokestatic(boxed, "valueOf", MethodTypeDesc.of(boxed, RecordCodecGenerator.desc(carrier)));
        }
        code.goto_(end).labelBinding(absent).aconst_null().labelBinding(end);
    }

    /** A local that has the value as {@link #encodeElement} wants it. */
    private int unboxed(Element value, int local) {
        if (!(value instanceof Element.Primitive(var scalar, var carrier))) {
            return local;
        }
        TypeKind kind = TypeKind.from(carrier);
        int primitive = code.allocateLocal(kind);
        code.aload(local)
                .invokevirtual(RecordCodecGenerator.desc(Scalar.boxed(carrier)), carrier.getName() + "Value",
                        MethodTypeDesc.of(RecordCodecGenerator.desc(carrier)))
                .storeLocal(kind, primitive);
        return primitive;
    }

    private void decodeConstant(Field field, Element.Constant constant, Place place) {
        Scalar scalar = constant.scalar();
        ClassDesc enumType = RecordCodecGenerator.desc(constant.enumType());
        int ordinal = code.allocateLocal(TypeKind.INT);
        int constants = code.allocateLocal(TypeKind.REFERENCE);
        Label unknown = code.newLabel();
        Label known = code.newLabel();
        get(scalar, place);
        widen(scalar, int.class);
        code.istore(ordinal)
                .ldc(owner.classData(constant.enumType().getEnumConstants(), enumType.arrayType()))
                .astore(constants)
                .iload(ordinal)
                .iflt(unknown)
                .iload(ordinal)
                .aload(constants)
                .arraylength()
                .if_icmplt(known)
                .labelBinding(unknown);
        String where = field.elementWhere();
        throwWith(value -> Failures.unknownConstant(where, constant.enumType(), value), () -> {
            code.iload(ordinal).i2l();
            if (scalar == Scalar.UINT32) {
                code.loadConstant(scalar.unsignedMax()).land();
            }
        });
        code.labelBinding(known).aload(constants).iload(ordinal).aaload();
    }

    private void encodeBy(Codec<?> codec, Place place, int local) {
        code.ldc(owner.classData(codec, RecordCodecGenerator.CODEC)).aload(local).aload(memory);
        push(place);
        code.invokeinterface(RecordCodecGenerator.CODEC, "encode", RecordCodecGenerator.CODEC_ENCODE);
    }

    private void decodeBy(Codec<?> codec, Place place) {
        code.ldc(owner.classData(codec, RecordCodecGenerator.CODEC)).aload(memory);
        push(place);
        code.invokeinterface(RecordCodecGenerator.CODEC, "decode", RecordCodecGenerator.CODEC_DECODE)
                .checkcast(RecordCodecGenerator.desc(codec.type()));
    }

    private void set(Scalar scalar, Place place, Runnable value) {
        Access access = Access.of(scalar);
        code.aload(memory);
        layout(scalar);
        push(place);
        value.run();
        code.invokeinterface(RecordCodecGenerator.MEMORY, "set",
                MethodTypeDesc.of(ConstantDescs.CD_void, access.layout(), ConstantDescs.CD_long, access.value()));
    }

    private void get(Scalar scalar, Place place) {
        Access access = Access.of(scalar);
        code.aload(memory);
        layout(scalar);
        push(place);
        code.invokeinterface(RecordCodecGenerator.MEMORY, "get",
                MethodTypeDesc.of(access.value(), access.layout(), ConstantDescs.CD_long));
    }

    private void layout(Scalar scalar) {
        Access access = Access.of(scalar);
        code.getstatic(VALUE_LAYOUT, access.constant(), access.layout());
    }

    private void push(Place place) {
        code.lload(place.base());
        if (place.constant() != 0) {
            code.loadConstant(place.constant()).ladd();
        }
    }

    /** Cuts the int on the stack to a byte or short; its value has been checked or is meant as raw bits. */
    private void narrow(Scalar scalar) {
        if (scalar.kind == Scalar.Kind.FLOATING) {
            return;
        }
        switch (scalar.byteSize) {
            case 1 -> code.i2b();
            case 2 -> code.i2s();
            default -> {
                // The int or long is as wide as the field.
            }
        }
    }

    /** Turns the loaded value into the Java type; zero-extends where that is wider than the field. */
    private void widen(Scalar scalar, Class<?> carrier) {
        if (Scalar.of(carrier).byteSize == scalar.byteSize) {
            return;
        }
        if (scalar.byteSize < Integer.BYTES) {
            code.loadConstant((int) scalar.unsignedMax()).iand();
        }
        if (carrier == long.class) {
            code.i2l();
            if (scalar == Scalar.UINT32) {
                code.loadConstant(scalar.unsignedMax()).land();
            }
        }
    }

    /** Throws what {@code maker} makes of the long that {@code argument} pushes. */
    private void throwWith(LongFunction<RuntimeException> maker, Runnable argument) {
        code.ldc(owner.classData(maker, LONG_FUNCTION));
        argument.run();
        code.invokeinterface(LONG_FUNCTION, "apply", APPLY_LONG).checkcast(RUNTIME_EXCEPTION).athrow();
    }

    /** The instructions for one element of an array, given the local of its index and its place. */
    private interface LoopBody {

        void emit(int index, Place place);
    }

    private void loop(Field field, LoopBody body) {
        int index = code.allocateLocal(TypeKind.INT);
        int at = code.allocateLocal(TypeKind.LONG);
        Label next = code.newLabel();
        Label end = code.newLabel();
        code.iconst_0().istore(index);
        push(new Place(offset, field.offset()));
        code.lstore(at);
        code.labelBinding(next).iload(index).loadConstant(field.count()).if_icmpge(end);
        body.emit(index, new Place(at, 0));
        code.iinc(index, 1)
                .lload(at)
                .loadConstant((long) field.element().byteSize())
                .ladd()
                .lstore(at)
                .goto_(next)
                .labelBinding(end);
    }

    /** Whether the array's elements and the field's have the same bits, so that one copy moves them all. */
    private static boolean isBulk(Element element) {
        return element instanceof Element.Primitive primitive && !primitive.isWidened()
                && primitive.scalar() != Scalar.BOOL;
    }

    private static TypeKind elementKind(Field field) {
        return TypeKind.from(field.component().getType().getComponentType());
    }
}
