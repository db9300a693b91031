package io.zeroipc.codec;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

import io.zeroipc.memory.Layouts;

/** Exactly {@code length} bytes, as {@code uint8_t[length]} in C++. */
final class BytesCodec implements Codec<byte[]> {

    private final int length;
    private final String where;
    private final String nullMessage;

    BytesCodec(int length) {
        this(length, "type=bytes(" + length + ")");
    }

    BytesCodec(int length, String where) {
        this.length = length;
        this.where = where;
        this.nullMessage = Failures.nullValue(where);
    }

    @Override
    public Class<byte[]> type() {
        return byte[].class;
    }

    @Override
    public String typeName() {
        return "bytes(" + length + ")";
    }

    @Override
    public int byteSize() {
        return length;
    }

    @Override
    public int alignment() {
        return 1;
    }

    @Override
    public void encode(byte[] value, MemorySegment memory, long offset) {
        Objects.requireNonNull(value, nullMessage);
        if (value.length != length) {
            // A shorter value would come back longer than it went in: only frame(n) stores a length.
            throw new IllegalArgumentException("wrong number of bytes: " + where + ", bytes=" + value.length
                    + " (expected: exactly " + length + "; frame(n) holds a varying number)");
        }
        MemorySegment.copy(value, 0, memory, Layouts.BYTE, offset, length);
    }

    @Override
    public byte[] decode(MemorySegment memory, long offset) {
        byte[] value = new byte[length];
        MemorySegment.copy(memory, Layouts.BYTE, offset, value, 0, length);
        return value;
    }

    @Override
    public String toString() {
        return typeName();
    }
}
