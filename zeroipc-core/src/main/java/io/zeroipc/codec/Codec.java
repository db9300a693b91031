package io.zeroipc.codec;

import java.lang.foreign.MemorySegment;
import java.util.List;

import io.zeroipc.ElementSchema;

/**
 * Turns one element into the bytes of a slot and back.
 * <p>
 * A codec has no state: it is thread-safe and may be shared. All access is plain and works at any offset of any memory
 * segment, heap segments included; making the bytes visible to other threads and processes is the structure's task.
 * Equal values give equal bytes, because {@link #encode} writes every byte of the slot, padding and unused tail included.
 * A value that does not fit is refused, never cut.
 * <p>
 * It may use structures, also the one that it works for, whose elements stay whole. But a writer, a reader, a cursor and the
 * sender of an unbuffered channel are in the middle of an element then: using them ends with an
 * {@link IllegalStateException}, and a writer that is closed keeps its role until the codec returns.
 *
 * @param <T>
 *            the element type; the boxed type for primitives
 */
public interface Codec<T> {

    /** The element type; the boxed type for primitives. */
    Class<T> type();

    /**
     * The name of this element in the vocabulary: {@code int32}, {@code string(16)}, or a record's binary name.
     * {@link Codecs#forType} finds an equivalent codec by this name.
     */
    String typeName();

    /** The bytes of one element, at least 1. A multiple of {@link #alignment()}. */
    int byteSize();

    /** What C++ calls {@code alignof}: 1, 2, 4 or 8. */
    int alignment();

    /**
     * Writes the element to {@code [offset, offset + byteSize())}: all of these bytes and no other.
     * <p>
     * When this throws, the bytes of the range are unspecified: the structure must not publish them.
     *
     * @throws IllegalArgumentException
     *             if the value does not fit; the message names the field, the size or value, and the limit
     * @throws NullPointerException
     *             if the value or a part of it is null; the message names the field
     * @throws IndexOutOfBoundsException
     *             if the range is not inside the memory
     */
    void encode(T value, MemorySegment memory, long offset);

    /**
     * Reads the element from {@code [offset, offset + byteSize())}.
     *
     * @throws io.zeroipc.ZeroIpcException
     *             if the bytes are no value of this type: an enum constant or a frame length out of range
     * @throws IndexOutOfBoundsException
     *             if a byte that carries a value is not inside the memory
     */
    T decode(MemorySegment memory, long offset);

    /**
     * The bytes that {@link #encode} writes, in an array of their own.
     *
     * @throws IllegalArgumentException
     *             if the value does not fit
     */
    default byte[] toBytes(T value) {
        byte[] bytes = new byte[byteSize()];
        encode(value, MemorySegment.ofArray(bytes), 0);
        return bytes;
    }

    /**
     * The element whose bytes these are. Those behind the element do not matter.
     *
     * @throws io.zeroipc.ZeroIpcException
     *             if the bytes are no value of this type
     * @throws IndexOutOfBoundsException
     *             if there are too few of them
     */
    default T fromBytes(byte[] bytes) {
        return decode(MemorySegment.ofArray(bytes), 0);
    }

    /** What the bytes mean, for manifests and reports: the fields of a record, no field for all other elements. */
    default ElementSchema schema() {
        return new ElementSchema(typeName(), byteSize(), alignment(), List.of());
    }
}
