package io.zeroipc.codec;

import java.lang.invoke.MethodType;

import org.jspecify.annotations.Nullable;

/** The fixed-size elements of the vocabulary: their names, sizes and value ranges. Alignment equals size for all. */
enum Scalar {

    INT8("int8", 1, Kind.SIGNED), //
    UINT8("uint8", 1, Kind.UNSIGNED), //
    INT16("int16", 2, Kind.SIGNED), //
    UINT16("uint16", 2, Kind.UNSIGNED), //
    INT32("int32", 4, Kind.SIGNED), //
    UINT32("uint32", 4, Kind.UNSIGNED), //
    INT64("int64", 8, Kind.SIGNED), //
    UINT64("uint64", 8, Kind.UNSIGNED), //
    FLOAT32("float32", 4, Kind.FLOATING), //
    FLOAT64("float64", 8, Kind.FLOATING), //
    BOOL("bool", 1, Kind.BOOLEAN);

    enum Kind {
        SIGNED, UNSIGNED, FLOATING, BOOLEAN
    }

    final String typeName;
    final int byteSize;
    final Kind kind;

    Scalar(String typeName, int byteSize, Kind kind) {
        this.typeName = typeName;
        this.byteSize = byteSize;
        this.kind = kind;
    }

    /** The largest value of an unsigned scalar narrower than 64 bits. */
    long unsignedMax() {
        return (1L << (8 * byteSize)) - 1;
    }

    /** The unsigned scalar of 8, 16, 32 or 64 bits. */
    static Scalar unsigned(int bits) {
        return switch (bits) {
            case 8 -> UINT8;
            case 16 -> UINT16;
            case 32 -> UINT32;
            case 64 -> UINT64;
            default -> throw new IllegalArgumentException(
                    "unsupported width: bits=" + bits + " (expected: 8, 16, 32 or 64)");
        };
    }

    /** The scalar that has the width and the sign of a Java primitive; {@code char} and {@code void} have none. */
    static Scalar of(Class<?> primitive) {
        return switch (primitive.descriptorString()) {
            case "B" -> INT8;
            case "S" -> INT16;
            case "I" -> INT32;
            case "J" -> INT64;
            case "F" -> FLOAT32;
            case "D" -> FLOAT64;
            case "Z" -> BOOL;
            default -> throw new IllegalArgumentException("no scalar: type=" + primitive.getName()
                    + " (expected: byte, short, int, long, float, double or boolean)");
        };
    }

    /** The primitive of a boxed type other than Character, null for every other type. */
    static @Nullable Class<?> unboxed(Class<?> type) {
        return switch (type.getName()) {
            case "java.lang.Byte" -> byte.class;
            case "java.lang.Short" -> short.class;
            case "java.lang.Integer" -> int.class;
            case "java.lang.Long" -> long.class;
            case "java.lang.Float" -> float.class;
            case "java.lang.Double" -> double.class;
            case "java.lang.Boolean" -> boolean.class;
            default -> null;
        };
    }

    /** The type that holds a primitive where an object is needed. */
    static Class<?> boxed(Class<?> primitive) {
        return MethodType.methodType(primitive).wrap().returnType();
    }
}
