package io.zeroipc.codec;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

import io.zeroipc.ElementSchema;
import io.zeroipc.codec.RecordLayout.Element;
import io.zeroipc.codec.RecordLayout.Field;

/**
 * Writes the class of one record's codec: for each record in the tree a static method that stores its fields one after
 * the other, and one that loads them and calls the constructor, with every offset a constant.
 * <p>
 * The class is a hidden nestmate of the record: without that, a private nested record could not be reached. It names only
 * public types of this package; what it needs of the others (codecs of text fields, constants of enums, the makers of
 * exceptions) comes as class data, typed by public interfaces. One static method per occurrence of a record, rather than
 * one per type, keeps the methods short for the compiler and lets a message name the whole path of a field.
 */
final class RecordCodecGenerator {

    static final ClassDesc MEMORY = ClassDesc.ofDescriptor(MemorySegment.class.descriptorString());
    static final ClassDesc CODEC = ClassDesc.ofDescriptor(Codec.class.descriptorString());
    private static final ClassDesc SCHEMA = ClassDesc.ofDescriptor(ElementSchema.class.descriptorString());
    private static final ClassDesc OBJECTS = ClassDesc.of("java.util.Objects");

    static final MethodTypeDesc CODEC_ENCODE = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_Object, MEMORY,
            ConstantDescs.CD_long);
    static final MethodTypeDesc CODEC_DECODE = MethodTypeDesc.of(ConstantDescs.CD_Object, MEMORY,
            ConstantDescs.CD_long);
    private static final MethodTypeDesc REQUIRE_NON_NULL = MethodTypeDesc.of(ConstantDescs.CD_Object,
            ConstantDescs.CD_Object, ConstantDescs.CD_String);

    private final ClassDesc self;
    private final List<Object> classData = new ArrayList<>();
    private final List<RecordLayout> occurrences = new ArrayList<>();

    private RecordCodecGenerator(ClassDesc self) {
        this.self = self;
    }

    /**
     * Generates and instantiates the codec.
     *
     * @param lookup
     *            has private access to the record, and its class loader sees {@link Codec}
     */
    static <R extends Record> Codec<R> generate(Class<R> type, RecordLayout layout, MethodHandles.Lookup lookup)
            throws IllegalAccessException {
        ClassDesc self = ClassDesc.of(type.getName() + "$$Codec");
        RecordCodecGenerator generator = new RecordCodecGenerator(self);
        byte[] bytes = ClassFile
                .of(ClassFile.ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofClassLoading(lookup)))
                .build(self, builder -> generator.build(builder, layout));
        MethodHandles.Lookup hidden = lookup.defineHiddenClassWithClassData(bytes, List.copyOf(generator.classData),
                true, MethodHandles.Lookup.ClassOption.NESTMATE);
        return instantiate(hidden);
    }

    @SuppressWarnings("unchecked")
    private static <R extends Record> Codec<R> instantiate(MethodHandles.Lookup hidden) {
        try {
            return (Codec<R>) hidden.findConstructor(hidden.lookupClass(), MethodType.methodType(void.class)).invoke();
        } catch (Throwable e) {
            throw Failures.rethrow(e);
        }
    }

    /** Whether the code of {@code lookup}'s class can name and reach every type of the record and those inside it. */
    static boolean canReach(RecordLayout layout, MethodHandles.Lookup lookup) {
        return layout.fields().stream().allMatch(field -> canReach(field.element(), lookup));
    }

    private static boolean canReach(Element element, MethodHandles.Lookup lookup) {
        return switch (element) {
            case Element.Nested(var nested) -> canReach(nested.type(), lookup) && canConstruct(nested, lookup)
                    && canReach(nested, lookup);
            case Element.Constant(var scalar, var enumType) -> canReach(enumType, lookup);
            case Element.Flagged(var value) -> canReach(value, lookup);
            case Element.Primitive primitive -> true;
            // The values of all codecs here are of java.base.
            case Element.Coded coded -> true;
        };
    }

    private static boolean canReach(Class<?> type, MethodHandles.Lookup lookup) {
        try {
            return lookup.findClass(type.getName()) == type;
        } catch (ClassNotFoundException | LinkageError | IllegalAccessException e) {
            // Another module or class loader, which leaves the method handles.
            return false;
        }
    }

    private static boolean canConstruct(RecordLayout layout, MethodHandles.Lookup lookup) {
        try {
            lookup.unreflectConstructor(RecordLayout.canonicalConstructor(layout.type()));
            return true;
        } catch (IllegalAccessException e) {
            return false;
        }
    }

    private void build(ClassBuilder builder, RecordLayout layout) {
        ClassDesc type = desc(layout.type());
        occurrences.add(layout);
        builder.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER | ClassFile.ACC_SYNTHETIC)
                .withInterfaceSymbols(CODEC);
        builder.withMethodBody(ConstantDescs.INIT_NAME, ConstantDescs.MTD_void, ClassFile.ACC_PUBLIC,
                code -> code.aload(0)
                        .invokespecial(ConstantDescs.CD_Object, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void)
                        .return_());
        method(builder, "type", MethodTypeDesc.of(ConstantDescs.CD_Class), code -> code.loadConstant(type).areturn());
        MethodTypeDesc text = MethodTypeDesc.of(ConstantDescs.CD_String);
        method(builder, "typeName", text, code -> code.loadConstant(layout.type().getName()).areturn());
        method(builder, "toString", text, code -> code.loadConstant(layout.type().getName()).areturn());
        MethodTypeDesc number = MethodTypeDesc.of(ConstantDescs.CD_int);
        method(builder, "byteSize", number, code -> code.loadConstant(layout.byteSize()).ireturn());
        method(builder, "alignment", number, code -> code.loadConstant(layout.alignment()).ireturn());
        method(builder, "schema", MethodTypeDesc.of(SCHEMA),
                code -> code.ldc(classData(layout.schema(), SCHEMA)).areturn());
        method(builder, "encode", CODEC_ENCODE, code -> code.aload(1)
                .checkcast(type)
                .aload(2)
                .lload(3)
                .invokestatic(self, encodeName(0), encodeType(layout))
                .return_());
        method(builder, "decode", CODEC_DECODE,
                code -> code.aload(1).lload(2).invokestatic(self, decodeName(0), decodeType(layout)).areturn());
        // The list grows while nested records are met.
        for (int i = 0; i < occurrences.size(); i++) {
            RecordLayout occurrence = occurrences.get(i);
            int flags = ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC;
            builder.withMethodBody(encodeName(i), encodeType(occurrence), flags, code -> encodeBody(code, occurrence));
            builder.withMethodBody(decodeName(i), decodeType(occurrence), flags, code -> decodeBody(code, occurrence));
        }
    }

    private static void method(ClassBuilder builder, String name, MethodTypeDesc type,
            Consumer<CodeBuilder> body) {
        builder.withMethodBody(name, type, ClassFile.ACC_PUBLIC | ClassFile.ACC_FINAL, body);
    }

    /** {@code static void encode0(R value, MemorySegment memory, long offset)}. */
    private void encodeBody(CodeBuilder code, RecordLayout layout) {
        int value = code.parameterSlot(0);
        FieldCode fieldCode = new FieldCode(this, code, code.parameterSlot(1), code.parameterSlot(2));
        code.aload(value);
        requireNonNull(code, layout.where());
        code.pop();
        List<Field> fields = layout.fields();
        for (int i = 0; i < fields.size(); i++) {
            Field field = fields.get(i);
            Class<?> component = field.component().getType();
            int local = code.allocateLocal(TypeKind.from(component));
            code.aload(value)
                    .invokevirtual(desc(layout.type()), field.component().getName(), MethodTypeDesc.of(desc(component)))
                    .storeLocal(TypeKind.from(component), local);
            fieldCode.encode(field, local);
            fieldCode.zero(field.end(), i + 1 < fields.size() ? fields.get(i + 1).offset() : layout.byteSize());
        }
        code.return_();
    }

    /** {@code static R decode0(MemorySegment memory, long offset)}. */
    private void decodeBody(CodeBuilder code, RecordLayout layout) {
        FieldCode fieldCode = new FieldCode(this, code, code.parameterSlot(0), code.parameterSlot(1));
        List<Field> fields = layout.fields();
        int[] locals = new int[fields.size()];
        // Loads come before "new": no loop may run while an object without its constructor call is on the stack.
        for (int i = 0; i < locals.length; i++) {
            locals[i] = code.allocateLocal(kind(fields.get(i)));
            fieldCode.decode(fields.get(i));
            code.storeLocal(kind(fields.get(i)), locals[i]);
        }
        ClassDesc type = desc(layout.type());
        code.new_(type).dup();
        for (int i = 0; i < locals.length; i++) {
            code.loadLocal(kind(fields.get(i)), locals[i]);
        }
        ClassDesc[] parameters = Arrays.stream(layout.type().getRecordComponents())
                .map(RecordComponent::getType)
                .map(RecordCodecGenerator::desc)
                .toArray(ClassDesc[]::new);
        code.invokespecial(type, ConstantDescs.INIT_NAME, MethodTypeDesc.of(ConstantDescs.CD_void, parameters))
                .areturn();
    }

    /** Calls the method that encodes a nested record; value, memory and offset are on the stack. */
    void callEncode(CodeBuilder code, RecordLayout nested) {
        code.invokestatic(self, encodeName(occurrence(nested)), encodeType(nested));
    }

    /** Calls the method that decodes a nested record; memory and offset are on the stack. */
    void callDecode(CodeBuilder code, RecordLayout nested) {
        code.invokestatic(self, decodeName(occurrence(nested)), decodeType(nested));
    }

    /** Leaves the reference on the stack, or throws with a message that says where. */
    static void requireNonNull(CodeBuilder code, String where) {
        code.dup()
                .loadConstant(Failures.nullValue(where))
                .invokestatic(OBJECTS, "requireNonNull", REQUIRE_NON_NULL)
                .pop();
    }

    /** A constant of the hidden class that has no form in a class file. */
    DynamicConstantDesc<?> classData(Object value, ClassDesc type) {
        classData.add(value);
        return DynamicConstantDesc.ofNamed(ConstantDescs.BSM_CLASS_DATA_AT, ConstantDescs.DEFAULT_NAME, type,
                classData.size() - 1);
    }

    static ClassDesc desc(Class<?> type) {
        return ClassDesc.ofDescriptor(type.descriptorString());
    }

    private static TypeKind kind(Field field) {
        return TypeKind.from(field.component().getType());
    }

    /** The number of this very occurrence; two occurrences of one type differ in their path. */
    private int occurrence(RecordLayout nested) {
        int known = occurrences.indexOf(nested);
        if (known >= 0) {
            return known;
        }
        occurrences.add(nested);
        return occurrences.size() - 1;
    }

    private static String encodeName(int occurrence) {
        return "encode" + occurrence;
    }

    private static String decodeName(int occurrence) {
        return "decode" + occurrence;
    }

    private static MethodTypeDesc encodeType(RecordLayout layout) {
        return MethodTypeDesc.of(ConstantDescs.CD_void, desc(layout.type()), MEMORY, ConstantDescs.CD_long);
    }

    private static MethodTypeDesc decodeType(RecordLayout layout) {
        return MethodTypeDesc.of(desc(layout.type()), MEMORY, ConstantDescs.CD_long);
    }
}
