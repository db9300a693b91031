package io.zeroipc.manifest;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;

import io.zeroipc.Shape;
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
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);

    private final PackedArena arena;
    private final String name;
    private final ArrayPlace place;
    private final Codec<T> codec;
    private final MappedFile file;
    private final Attachment attachment;
    private final Shape shape;
    private final long offset;
    private final MemorySegment memory;
    private final long length;

    PackedArray(PackedArena arena, String name, ArrayPlace place, Codec<T> codec, MappedFile file) {
        this(arena, name, place, codec, file, place.shape(), place.offset());
    }

    /** All of an array, or a row of it. */
    private PackedArray(PackedArena arena, String name, ArrayPlace place, Codec<T> codec, MappedFile file, Shape shape,
            long offset) {
        this.arena = arena;
        this.name = name;
        this.place = place;
        this.codec = codec;
        this.file = file;
        this.attachment = file.attachment();
        this.shape = shape;
        this.offset = offset;
        this.memory = file.memory().asSlice(offset, shape.byteSize(codec.byteSize()));
        this.length = shape.count();
    }

    public String name() {
        return name;
    }

    /** Where the array lies that this is, or is a row of. */
    public ArrayPlace place() {
        return place;
    }

    /** Elements in each dimension. */
    public Shape shape() {
        return shape;
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
        return arena.isCurrent(name, place, file);
    }

    /**
     * The position of an element, counted row by row.
     *
     * @throws IndexOutOfBoundsException when there is not one index for each dimension, or one is out of range
     */
    public long index(long... indexes) {
        return shape.index(indexes);
    }

    /** As {@link #index(long...)}, of an array of rows and columns. */
    public long index(long row, long column) {
        return shape.index(row, column);
    }

    /** The element of a row and a column. */
    public T at(long row, long column) {
        return get(shape.index(row, column));
    }

    /** The element of these indexes, one for each dimension. */
    public T at(long... indexes) {
        return get(shape.index(indexes));
    }

    /**
     * What one index of the outermost dimension stands for, without a copy: of rows and columns a row, an array of one
     * dimension.
     *
     * @throws IndexOutOfBoundsException when there is no such row
     */
    public PackedArray<T> row(long row) {
        return new PackedArray<>(arena, name, place, codec, file, shape.row(),
                offset + shape.rowIndex(row) * codec.byteSize());
    }

    /** The element at a position, read plainly. */
    public T get(long position) {
        try (Lane _ = attachment.enterToRead()) {
            return codec.decode(memory, offset(position));
        }
    }

    /** Stores the element at a position plainly. */
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
     * Copies elements out, plainly. This and its twins need elements as wide as those of the Java array.
     *
     * @param from position of the first element
     * @param targetFrom index in {@code target} of the first one
     */
    public void copyTo(long from, byte[] target, int targetFrom, int count) {
        copyOut(from, ValueLayout.JAVA_BYTE, target, targetFrom, target.length, count);
    }

    /** As {@link #copyTo(long, byte[], int, int)}. */
    public void copyTo(long from, short[] target, int targetFrom, int count) {
        copyOut(from, SHORT, target, targetFrom, target.length, count);
    }

    /** As {@link #copyTo(long, byte[], int, int)}. */
    public void copyTo(long from, int[] target, int targetFrom, int count) {
        copyOut(from, INT, target, targetFrom, target.length, count);
    }

    /** As {@link #copyTo(long, byte[], int, int)}. */
    public void copyTo(long from, long[] target, int targetFrom, int count) {
        copyOut(from, LONG, target, targetFrom, target.length, count);
    }

    /** As {@link #copyTo(long, byte[], int, int)}. */
    public void copyTo(long from, float[] target, int targetFrom, int count) {
        copyOut(from, FLOAT, target, targetFrom, target.length, count);
    }

    /** As {@link #copyTo(long, byte[], int, int)}. */
    public void copyTo(long from, double[] target, int targetFrom, int count) {
        copyOut(from, DOUBLE, target, targetFrom, target.length, count);
    }

    /**
     * Copies elements in, plainly. This and its twins need elements as wide as those of the Java array.
     *
     * @param sourceFrom index in {@code source} of the first one
     * @param to position of the first element that is written
     */
    public void copyFrom(byte[] source, int sourceFrom, long to, int count) {
        copyIn(source, sourceFrom, source.length, ValueLayout.JAVA_BYTE, to, count);
    }

    /** As {@link #copyFrom(byte[], int, long, int)}. */
    public void copyFrom(short[] source, int sourceFrom, long to, int count) {
        copyIn(source, sourceFrom, source.length, SHORT, to, count);
    }

    /** As {@link #copyFrom(byte[], int, long, int)}. */
    public void copyFrom(int[] source, int sourceFrom, long to, int count) {
        copyIn(source, sourceFrom, source.length, INT, to, count);
    }

    /** As {@link #copyFrom(byte[], int, long, int)}. */
    public void copyFrom(long[] source, int sourceFrom, long to, int count) {
        copyIn(source, sourceFrom, source.length, LONG, to, count);
    }

    /** As {@link #copyFrom(byte[], int, long, int)}. */
    public void copyFrom(float[] source, int sourceFrom, long to, int count) {
        copyIn(source, sourceFrom, source.length, FLOAT, to, count);
    }

    /** As {@link #copyFrom(byte[], int, long, int)}. */
    public void copyFrom(double[] source, int sourceFrom, long to, int count) {
        copyIn(source, sourceFrom, source.length, DOUBLE, to, count);
    }

    private void copyOut(long from, ValueLayout layout, Object target, int targetFrom, int targetLength, int count) {
        try (Lane _ = attachment.enterToRead()) {
            checkWidth((int) layout.byteSize());
            checkRange(from, count);
            Objects.checkFromIndexSize(targetFrom, count, targetLength);
            MemorySegment.copy(memory, layout, from * codec.byteSize(), target, targetFrom, count);
        }
    }

    private void copyIn(Object source, int sourceFrom, int sourceLength, ValueLayout layout, long to, int count) {
        try (Lane _ = attachment.enterToWrite()) {
            checkWidth((int) layout.byteSize());
            checkRange(to, count);
            Objects.checkFromIndexSize(sourceFrom, count, sourceLength);
            MemorySegment.copy(source, sourceFrom, memory, layout, to * codec.byteSize(), count);
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
        return "PackedArray[" + describe() + ", element=" + codec.typeName() + ", shape=" + shape + "]";
    }

    private void checkWidth(int width) {
        if (codec.byteSize() != width) {
            throw new UnsupportedOperationException("elements have another width: " + describe() + ", element="
                    + codec.typeName() + ", element size=" + codec.byteSize() + " (expected: " + width + " bytes)");
        }
    }

    private void checkRange(long from, long count) {
        if (from < 0 || count < 0 || from > length - count) {
            throw new IndexOutOfBoundsException("range out of bounds: " + describe() + ", from=" + from + ", count="
                    + count + ", length=" + length);
        }
    }

    private long offset(long position, int width) {
        checkWidth(width);
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
