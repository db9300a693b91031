package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;

import io.zeroipc.codec.Codec;
import io.zeroipc.format.LazyDescriptor;
import io.zeroipc.memory.Atomics;

/**
 * What the format can compute by itself, on the bytes of operands: sums, products and negatives as C++ computes them, whole
 * numbers modulo their width; and, or, exclusive or and not.
 */
enum LazyArithmetic {
    WHOLE {
        @Override
        void compute(int type, MemorySegment block, LazyDescriptor fields, MemorySegment to) {
            int width = fields.valueSize();
            long a = load(block, fields.firstOffset(), width);
            long b = load(block, fields.secondOffset(), width);
            store(to, switch (type) {
                case LazyDescriptor.ADD -> a + b;
                case LazyDescriptor.MULTIPLY -> a * b;
                case LazyDescriptor.NEGATE -> -a;
                default -> a;
            }, width);
        }
    },
    FLOAT {
        @Override
        void compute(int type, MemorySegment block, LazyDescriptor fields, MemorySegment to) {
            float a = Float.intBitsToFloat(Atomics.getInt(block, fields.firstOffset()));
            float b = Float.intBitsToFloat(Atomics.getInt(block, fields.secondOffset()));
            Atomics.putInt(to, 0, Float.floatToRawIntBits(switch (type) {
                case LazyDescriptor.ADD -> a + b;
                case LazyDescriptor.MULTIPLY -> a * b;
                case LazyDescriptor.NEGATE -> -a;
                default -> a;
            }));
        }
    },
    DOUBLE {
        @Override
        void compute(int type, MemorySegment block, LazyDescriptor fields, MemorySegment to) {
            double a = Double.longBitsToDouble(Atomics.getLong(block, fields.firstOffset()));
            double b = Double.longBitsToDouble(Atomics.getLong(block, fields.secondOffset()));
            Atomics.putLong(to, 0, Double.doubleToRawLongBits(switch (type) {
                case LazyDescriptor.ADD -> a + b;
                case LazyDescriptor.MULTIPLY -> a * b;
                case LazyDescriptor.NEGATE -> -a;
                default -> a;
            }));
        }
    },
    TRUTH {
        @Override
        boolean canCompute(int type) {
            return type <= LazyDescriptor.NOT;
        }

        @Override
        void compute(int type, MemorySegment block, LazyDescriptor fields, MemorySegment to) {
            boolean a = Atomics.getByte(block, fields.firstOffset()) != 0;
            boolean b = Atomics.getByte(block, fields.secondOffset()) != 0;
            boolean result = switch (type) {
                case LazyDescriptor.AND -> a && b;
                case LazyDescriptor.OR -> a || b;
                case LazyDescriptor.XOR -> a ^ b;
                case LazyDescriptor.NOT -> !a;
                default -> a;
            };
            Atomics.putByte(to, 0, (byte) (result ? 1 : 0));
        }
    },
    /** Values that are no numbers: only a constant. */
    NONE {
        @Override
        boolean canCompute(int type) {
            return type == LazyDescriptor.CONSTANT;
        }

        @Override
        void compute(int type, MemorySegment block, LazyDescriptor fields, MemorySegment to) {
            MemorySegment.copy(block, fields.firstOffset(), to, 0, fields.valueSize());
        }
    };

    static LazyArithmetic of(Codec<?> codec) {
        return switch (codec.typeName()) {
            case "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64" -> WHOLE;
            case "float32" -> FLOAT;
            case "float64" -> DOUBLE;
            case "bool" -> TRUTH;
            default -> NONE;
        };
    }

    /** Whether the result follows from the operation and its operands. */
    boolean canCompute(int type) {
        return type <= LazyDescriptor.NEGATE;
    }

    /** Stores the result of an operation that {@linkplain #canCompute can be computed} at the beginning of {@code to}. */
    abstract void compute(int type, MemorySegment block, LazyDescriptor fields, MemorySegment to);

    /** The name of an operation, for people. */
    String nameOf(int type) {
        boolean truth = this == TRUTH;
        return switch (type) {
            case LazyDescriptor.CONSTANT -> "constant";
            case LazyDescriptor.ADD -> truth ? "and" : "add";
            case LazyDescriptor.MULTIPLY -> truth ? "or" : "multiply";
            case LazyDescriptor.NEGATE -> truth ? "xor" : "negate";
            case LazyDescriptor.CHAIN -> truth ? "not" : "chain";
            case LazyDescriptor.EXTERNAL -> "external";
            default -> "unknown";
        };
    }

    /** The sign is of no interest: the low bytes of sums, products and negatives depend on low bytes only. */
    private static long load(MemorySegment from, long offset, int width) {
        long value = 0;
        for (int i = 0; i < width; i++) {
            value |= (Atomics.getByte(from, offset + i) & 0xFFL) << (8 * i);
        }
        return value;
    }

    private static void store(MemorySegment to, long value, int width) {
        for (int i = 0; i < width; i++) {
            Atomics.putByte(to, i, (byte) (value >>> (8 * i)));
        }
    }
}
