package io.zeroipc.codec;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.memory.Layouts;

/**
 * Up to {@code capacity} bytes behind their length, as {@code struct { uint32_t length; uint8_t data[capacity]; }} in C++:
 * the length at 0, the bytes at 4, and zeroes from the end of the bytes to the end of the slot.
 */
final class FrameCodec implements Codec<byte[]> {

    private static final int DATA_OFFSET = 4;

    private final int capacity;
    private final int byteSize;
    private final String nullMessage;

    FrameCodec(int capacity) {
        this.capacity = capacity;
        this.byteSize = (DATA_OFFSET + capacity + 3) & ~3;
        this.nullMessage = Failures.nullValue("type=" + typeName());
    }

    @Override
    public Class<byte[]> type() {
        return byte[].class;
    }

    @Override
    public String typeName() {
        return "frame(" + capacity + ")";
    }

    @Override
    public int byteSize() {
        return byteSize;
    }

    @Override
    public int alignment() {
        return 4;
    }

    @Override
    public void encode(byte[] value, MemorySegment memory, long offset) {
        Objects.requireNonNull(value, nullMessage);
        if (value.length > capacity) {
            throw new IllegalArgumentException("frame does not fit: type=" + typeName() + ", bytes=" + value.length
                    + " (expected: at most " + capacity + " bytes; declare a larger frame)");
        }
        Objects.checkFromIndexSize(offset, byteSize, memory.byteSize());
        memory.set(Layouts.INT, offset, value.length);
        MemorySegment.copy(value, 0, memory, Layouts.BYTE, offset + DATA_OFFSET, value.length);
        Zeroes.fill(memory, offset + DATA_OFFSET + value.length, offset + byteSize);
    }

    @Override
    public byte[] decode(MemorySegment memory, long offset) {
        int length = memory.get(Layouts.INT, offset);
        if (length < 0 || length > capacity) {
            throw new ZeroIpcException("frame length out of range: type=" + typeName() + ", length="
                    + Integer.toUnsignedString(length) + " (expected: at most " + capacity
                    + "; the writer uses another frame size, or these bytes are no frame)");
        }
        byte[] value = new byte[length];
        MemorySegment.copy(memory, Layouts.BYTE, offset + DATA_OFFSET, value, 0, length);
        return value;
    }

    @Override
    public String toString() {
        return typeName();
    }
}
