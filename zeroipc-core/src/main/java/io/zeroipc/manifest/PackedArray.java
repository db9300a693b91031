package io.zeroipc.manifest;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;

import io.zeroipc.codec.Codec;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Lane;
import io.zeroipc.segment.MappedFile;

/**
 * An array of a {@link PackedArena}, of any number of dimensions, row by row. Thread-safe; access is plain, and an element
 * of more than eight bytes may be seen half written while somebody writes it.
 *
 * @param <T> the element
 */
public final class PackedArray<T> {

    /** Other programs pack as they like: nothing is aligned for certain. */
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);

    private final PackedArena arena;
    private final String name;
    private final ArenaLayout.Entry entry;
    private final Codec<T> codec;
    private final MappedFile file;
    private final Attachment attachment;
    private final MemorySegment memory;
    private final long length;

    PackedArray(PackedArena arena, String name, ArenaLayout.Entry entry, Codec<T> codec, MappedFile file) {
        this.arena = arena;
        this.name = name;
        this.entry = entry;
        this.codec = codec;
        this.file = file;
        this.attachment = file.attachment();
        this.memory = file.memory().asSlice(entry.offset(), entry.byteSize());
        this.length = entry.count();
    }

    public String name() {
        return name;
    }

    /** Elements in each dimension. */
    public List<Long> shape() {
        return entry.shape();
    }

    /** Number of elements in all. */
    public long length() {
        return length;
    }

    /** The element's name in the vocabulary of the codecs. */
    public String elementType() {
        return codec.typeName();
    }

    /** Whether the manifest that was read last still has this array in this place; false when the arena is closed. */
    public boolean isCurrent() {
        return arena.isCurrent(name, entry, file);
    }

    /**
     * The position of an element, counted row by row.
     *
     * @throws IndexOutOfBoundsException when there is not one index for each dimension, or one is out of range
     */
    public long index(long... indexes) {
        List<Long> shape = entry.shape();
        if (indexes.length != shape.size()) {
            throw new IndexOutOfBoundsException("wrong number of indexes: " + describe() + ", indexes="
                    + indexes.length + ", shape=" + shape);
        }
        long position = 0;
        for (int i = 0; i < indexes.length; i++) {
            position = position * shape.get(i) + Objects.checkIndex(indexes[i], shape.get(i));
        }
        return position;
    }

    public T get(long position) {
        try (Lane _ = attachment.enterToRead()) {
            return codec.decode(memory, offset(position));
        }
    }

    public void set(long position, T value) {
        try (Lane _ = attachment.enterToWrite()) {
            codec.encode(value, memory, offset(position));
        }
    }

    /** The element as a long; needs elements of eight bytes. */
    public long getLong(long position) {
        attachment.ensureReadable();
        try {
            return memory.get(LONG, offset(position, Long.BYTES));
        } catch (IllegalStateException e) {
            throw attachment.ended(e);
        }
    }

    /** Needs elements of eight bytes. */
    public void setLong(long position, long value) {
        attachment.ensureWritable();
        try {
            memory.set(LONG, offset(position, Long.BYTES), value);
        } catch (IllegalStateException e) {
            throw attachment.ended(e);
        }
    }

    /** The element as a double; needs elements of eight bytes. */
    public double getDouble(long position) {
        attachment.ensureReadable();
        try {
            return memory.get(DOUBLE, offset(position, Double.BYTES));
        } catch (IllegalStateException e) {
            throw attachment.ended(e);
        }
    }

    /** Needs elements of eight bytes. */
    public void setDouble(long position, double value) {
        attachment.ensureWritable();
        try {
            memory.set(DOUBLE, offset(position, Double.BYTES), value);
        } catch (IllegalStateException e) {
            throw attachment.ended(e);
        }
    }

    /**
     * The bytes of all elements, without a copy; read-only when the arena is. Whoever works on them is on his own: closing the
     * arena, or mapping another file, does not wait for that, and from then on the access methods of the result throw the
     * JDK's {@link IllegalStateException}, which names nothing.
     */
    public MemorySegment span() {
        attachment.ensureReadable();
        return memory;
    }

    @Override
    public String toString() {
        return "PackedArray[" + describe() + ", element=" + codec.typeName() + ", shape=" + entry.shape() + "]";
    }

    private long offset(long position, int width) {
        if (codec.byteSize() != width) {
            throw new UnsupportedOperationException("elements have another width: " + describe() + ", element="
                    + codec.typeName() + ", element size=" + codec.byteSize() + " (expected: " + width + " bytes)");
        }
        return offset(position);
    }

    private long offset(long position) {
        if (position < 0 || position >= length) {
            throw new IndexOutOfBoundsException(
                    "position out of range: " + describe() + ", position=" + position + ", length=" + length);
        }
        return position * codec.byteSize();
    }

    private String describe() {
        return "arena=" + arena.manifest() + ", name=" + name;
    }
}
