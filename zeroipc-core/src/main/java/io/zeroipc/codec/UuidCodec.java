package io.zeroipc.codec;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.UUID;

/** 16 bytes in the order of the text: {@code std::uint8_t[16]} in C++, {@code uuid.UUID(bytes=...)} in Python. */
final class UuidCodec implements Codec<UUID> {

    /** The one number of many bytes that is not little-endian. */
    private static final ValueLayout.OfLong BIG_ENDIAN = ValueLayout.JAVA_LONG_UNALIGNED
            .withOrder(ByteOrder.BIG_ENDIAN);

    private final String nullMessage;

    UuidCodec(String where) {
        this.nullMessage = Failures.nullValue(where);
    }

    @Override
    public Class<UUID> type() {
        return UUID.class;
    }

    @Override
    public String typeName() {
        return "uuid";
    }

    @Override
    public int byteSize() {
        return 2 * Long.BYTES;
    }

    @Override
    public int alignment() {
        return 1;
    }

    @Override
    public void encode(UUID value, MemorySegment memory, long offset) {
        Objects.requireNonNull(value, nullMessage);
        memory.set(BIG_ENDIAN, offset, value.getMostSignificantBits());
        memory.set(BIG_ENDIAN, offset + Long.BYTES, value.getLeastSignificantBits());
    }

    @Override
    public UUID decode(MemorySegment memory, long offset) {
        return new UUID(memory.get(BIG_ENDIAN, offset), memory.get(BIG_ENDIAN, offset + Long.BYTES));
    }

    @Override
    public String toString() {
        return typeName();
    }
}
