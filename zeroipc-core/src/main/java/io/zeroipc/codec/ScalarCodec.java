package io.zeroipc.codec;

import java.lang.foreign.MemorySegment;

import io.zeroipc.memory.Layouts;

/**
 * A codec of one scalar. Each scalar has a final class of its own, so that the call from a structure has one receiver
 * type and compiles to a single load or store.
 */
sealed interface ScalarCodec<T> extends Codec<T> {

    Scalar scalar();

    @Override
    default String typeName() {
        return scalar().typeName;
    }

    @Override
    default int byteSize() {
        return scalar().byteSize;
    }

    @Override
    default int alignment() {
        return scalar().byteSize;
    }

    /** int8. */
    final class Int8 implements ScalarCodec<Byte> {

        @Override
        public Scalar scalar() {
            return Scalar.INT8;
        }

        @Override
        public Class<Byte> type() {
            return Byte.class;
        }

        @Override
        public void encode(Byte value, MemorySegment memory, long offset) {
            memory.set(Layouts.BYTE, offset, value);
        }

        @Override
        public Byte decode(MemorySegment memory, long offset) {
            return memory.get(Layouts.BYTE, offset);
        }

        @Override
        public String toString() {
            return typeName();
        }
    }

    /** uint8. */
    final class Uint8 implements ScalarCodec<Integer> {

        @Override
        public Scalar scalar() {
            return Scalar.UINT8;
        }

        @Override
        public Class<Integer> type() {
            return Integer.class;
        }

        @Override
        public void encode(Integer value, MemorySegment memory, long offset) {
            if ((value & ~0xFF) != 0) {
                throw Failures.outOfRange("type=uint8", Scalar.UINT8, value);
            }
            memory.set(Layouts.BYTE, offset, value.byteValue());
        }

        @Override
        public Integer decode(MemorySegment memory, long offset) {
            return Byte.toUnsignedInt(memory.get(Layouts.BYTE, offset));
        }

        @Override
        public String toString() {
            return typeName();
        }
    }

    /** int16. */
    final class Int16 implements ScalarCodec<Short> {

        @Override
        public Scalar scalar() {
            return Scalar.INT16;
        }

        @Override
        public Class<Short> type() {
            return Short.class;
        }

        @Override
        public void encode(Short value, MemorySegment memory, long offset) {
            memory.set(Layouts.SHORT, offset, value);
        }

        @Override
        public Short decode(MemorySegment memory, long offset) {
            return memory.get(Layouts.SHORT, offset);
        }

        @Override
        public String toString() {
            return typeName();
        }
    }

    /** uint16. */
    final class Uint16 implements ScalarCodec<Integer> {

        @Override
        public Scalar scalar() {
            return Scalar.UINT16;
        }

        @Override
        public Class<Integer> type() {
            return Integer.class;
        }

        @Override
        public void encode(Integer value, MemorySegment memory, long offset) {
            if ((value & ~0xFFFF) != 0) {
                throw Failures.outOfRange("type=uint16", Scalar.UINT16, value);
            }
            memory.set(Layouts.SHORT, offset, value.shortValue());
        }

        @Override
        public Integer decode(MemorySegment memory, long offset) {
            return Short.toUnsignedInt(memory.get(Layouts.SHORT, offset));
        }

        @Override
        public String toString() {
            return typeName();
        }
    }

    /** int32. */
    final class Int32 implements ScalarCodec<Integer> {

        @Override
        public Scalar scalar() {
            return Scalar.INT32;
        }

        @Override
        public Class<Integer> type() {
            return Integer.class;
        }

        @Override
        public void encode(Integer value, MemorySegment memory, long offset) {
            memory.set(Layouts.INT, offset, value);
        }

        @Override
        public Integer decode(MemorySegment memory, long offset) {
            return memory.get(Layouts.INT, offset);
        }

        @Override
        public String toString() {
            return typeName();
        }
    }

    /** uint32. */
    final class Uint32 implements ScalarCodec<Long> {

        @Override
        public Scalar scalar() {
            return Scalar.UINT32;
        }

        @Override
        public Class<Long> type() {
            return Long.class;
        }

        @Override
        public void encode(Long value, MemorySegment memory, long offset) {
            if ((value & ~0xFFFF_FFFFL) != 0) {
                throw Failures.outOfRange("type=uint32", Scalar.UINT32, value);
            }
            memory.set(Layouts.INT, offset, value.intValue());
        }

        @Override
        public Long decode(MemorySegment memory, long offset) {
            return Integer.toUnsignedLong(memory.get(Layouts.INT, offset));
        }

        @Override
        public String toString() {
            return typeName();
        }
    }

    /** int64. */
    final class Int64 implements ScalarCodec<Long> {

        @Override
        public Scalar scalar() {
            return Scalar.INT64;
        }

        @Override
        public Class<Long> type() {
            return Long.class;
        }

        @Override
        public void encode(Long value, MemorySegment memory, long offset) {
            memory.set(Layouts.LONG, offset, value);
        }

        @Override
        public Long decode(MemorySegment memory, long offset) {
            return memory.get(Layouts.LONG, offset);
        }

        @Override
        public String toString() {
            return typeName();
        }
    }

    /** uint64. */
    final class Uint64 implements ScalarCodec<Long> {

        @Override
        public Scalar scalar() {
            return Scalar.UINT64;
        }

        @Override
        public Class<Long> type() {
            return Long.class;
        }

        @Override
        public void encode(Long value, MemorySegment memory, long offset) {
            memory.set(Layouts.LONG, offset, value);
        }

        @Override
        public Long decode(MemorySegment memory, long offset) {
            return memory.get(Layouts.LONG, offset);
        }

        @Override
        public String toString() {
            return typeName();
        }
    }

    /** float32. */
    final class Float32 implements ScalarCodec<Float> {

        @Override
        public Scalar scalar() {
            return Scalar.FLOAT32;
        }

        @Override
        public Class<Float> type() {
            return Float.class;
        }

        @Override
        public void encode(Float value, MemorySegment memory, long offset) {
            memory.set(Layouts.FLOAT, offset, value);
        }

        @Override
        public Float decode(MemorySegment memory, long offset) {
            return memory.get(Layouts.FLOAT, offset);
        }

        @Override
        public String toString() {
            return typeName();
        }
    }

    /** float64. */
    final class Float64 implements ScalarCodec<Double> {

        @Override
        public Scalar scalar() {
            return Scalar.FLOAT64;
        }

        @Override
        public Class<Double> type() {
            return Double.class;
        }

        @Override
        public void encode(Double value, MemorySegment memory, long offset) {
            memory.set(Layouts.DOUBLE, offset, value);
        }

        @Override
        public Double decode(MemorySegment memory, long offset) {
            return memory.get(Layouts.DOUBLE, offset);
        }

        @Override
        public String toString() {
            return typeName();
        }
    }

    /** bool. */
    final class Bool implements ScalarCodec<Boolean> {

        @Override
        public Scalar scalar() {
            return Scalar.BOOL;
        }

        @Override
        public Class<Boolean> type() {
            return Boolean.class;
        }

        @Override
        public void encode(Boolean value, MemorySegment memory, long offset) {
            memory.set(Layouts.BYTE, offset, (byte) (value ? 1 : 0));
        }

        @Override
        public Boolean decode(MemorySegment memory, long offset) {
            return memory.get(Layouts.BYTE, offset) != 0;
        }

        @Override
        public String toString() {
            return typeName();
        }
    }
}
