package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import io.zeroipc.codec.Codec;
import io.zeroipc.format.KeyHash;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

/**
 * How keys of one type are hashed and compared: as C++ does, by the type. Integers and bool by value; floating-point
 * numbers are hashed by their bytes and compared by value; all others by their bytes.
 */
class KeyRules {

    private enum Kind {
        SIGNED, UNSIGNED, FLOATING, BYTES
    }

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(LITTLE_ENDIAN);

    private final Kind kind;
    private final int size;

    KeyRules(Codec<?> codec) {
        String type = codec.typeName();
        // To C++ a time or a decimal is the number that it is stored as.
        this.kind = switch (type.startsWith("decimal(") ? "int64" : type) {
            case "int8", "int16", "int32", "int64", "instant", "duration", "date", "datetime" -> Kind.SIGNED;
            case "uint8", "uint16", "uint32", "uint64", "bool" -> Kind.UNSIGNED;
            case "float32", "float64" -> Kind.FLOATING;
            default -> Kind.BYTES;
        };
        this.size = codec.byteSize();
    }

    long hash(MemorySegment memory, long offset) {
        return switch (kind) {
            case SIGNED -> KeyHash.ofIntegral(signed(memory, offset));
            case UNSIGNED -> KeyHash.ofIntegral(unsigned(memory, offset));
            case FLOATING, BYTES -> KeyHash.ofBytes(memory, offset, size);
        };
    }

    boolean equal(MemorySegment one, long oneOffset, MemorySegment other, long otherOffset) {
        return switch (kind) {
            case SIGNED, UNSIGNED -> signed(one, oneOffset) == signed(other, otherOffset);
            case FLOATING -> floating(one, oneOffset) == floating(other, otherOffset);
            case BYTES -> MemorySegment
                    .mismatch(one, oneOffset, oneOffset + size, other, otherOffset, otherOffset + size) < 0;
        };
    }

    /** Whether a key equals itself: not a number that is not one, which could be added over and over and never found. */
    boolean isFindable(MemorySegment memory, long offset) {
        return equal(memory, offset, memory, offset);
    }

    private long signed(MemorySegment memory, long offset) {
        return switch (size) {
            case Byte.BYTES -> memory.get(ValueLayout.JAVA_BYTE, offset);
            case Short.BYTES -> memory.get(SHORT, offset);
            case Integer.BYTES -> memory.get(INT, offset);
            default -> memory.get(LONG, offset);
        };
    }

    private long unsigned(MemorySegment memory, long offset) {
        return switch (size) {
            case Byte.BYTES -> Byte.toUnsignedLong(memory.get(ValueLayout.JAVA_BYTE, offset));
            case Short.BYTES -> Short.toUnsignedLong(memory.get(SHORT, offset));
            case Integer.BYTES -> Integer.toUnsignedLong(memory.get(INT, offset));
            default -> memory.get(LONG, offset);
        };
    }

    private double floating(MemorySegment memory, long offset) {
        return size == Float.BYTES ? memory.get(FLOAT, offset) : memory.get(DOUBLE, offset);
    }
}
