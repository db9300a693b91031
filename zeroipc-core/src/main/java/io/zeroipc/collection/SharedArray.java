package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.Objects;

import io.zeroipc.ElementSchema;
import io.zeroipc.Occupancy;
import io.zeroipc.Shape;
import io.zeroipc.StructureKind;
import io.zeroipc.codec.Codec;
import io.zeroipc.format.ArrayDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.memory.Layouts;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Binding;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Lane;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.Structure;

/*
 * Overview
 *   A length and the elements behind it. No algorithm: whoever may write is for the application to say. Elements of 4 and
 *   8 bytes can be accessed as atomic words, which makes the array a vector of counters, flags or gauges.
 *
 * Invariants
 *   I1  the capacity never changes; it is read once, checked against the block, and kept here.
 *   I2  the element of index i is at 8 + i * size, so 4 and 8 byte elements are aligned to their width.
 *
 * Ordering
 *   S1  setIntRelease pairs with getIntAcquire (and the long and double twins) on the same index: what a thread stored
 *       before the release is visible to a thread that sees the value. A peer in C++ does the same with std::atomic_ref.
 *   Everything else is plain: a multi-word element can be read half old, half new while somebody writes it.
 *
 * Progress
 *   Every operation is wait-free; bulk operations take time proportional to their length.
 *
 * If the segment is closed here
 *   An operation on one word is done or not, so nothing needs to wait for it: it stands in no lane, which would cost more
 *   than itself, and what the JDK throws when the memory is gone is translated. All others stand in a lane.
 *
 * If a process dies here
 *   An element it was writing is half written. Nothing else is affected and nothing can be stuck.
 */

/**
 * A fixed number of elements in shared memory, by index. Elements of a new array are zero.
 *
 * <p>
 * Any thread of any process may read and write. Access is plain unless its name says otherwise: a value of up to eight
 * bytes is seen whole, a longer element may be seen half written while somebody writes it, and nothing is said about
 * when a write is seen. Use the acquire, release and atomic forms, or a {@code SharedState}, where that matters.
 *
 * <p>
 * Indexes are {@code long}: an array may be longer than 2 GiB.
 *
 * @param <T> the element
 */
public final class SharedArray<T> implements Structure {

    public static final StructureKind KIND = StructureKind.of("array");

    public static final Probe PROBE = new ArraySpec.ArrayProbe();

    private static final int FILL_CHUNK_BYTES = 8192;

    private final Binding binding;
    private final Attachment attachment;
    private final MemorySegment memory;
    private final Codec<T> codec;
    private final long capacity;
    private final int elementSize;
    private final Shape shape;

    SharedArray(Blocks blocks, MemorySegment memory, Codec<T> codec, Shape shape) {
        this(blocks.binding(KIND), blocks.attachment(), memory, codec, shape);
    }

    /** All of an array, or a row of it: then the bytes of the header are those in front of the row, and never looked at. */
    private SharedArray(Binding binding, Attachment attachment, MemorySegment memory, Codec<T> codec, Shape shape) {
        this.binding = binding;
        this.attachment = attachment;
        this.memory = memory;
        this.codec = codec;
        this.elementSize = codec.byteSize();
        // What was stored when it was checked, whatever is stored now.
        this.capacity = (memory.byteSize() - ArrayDescriptor.HEADER_SIZE) / elementSize;
        this.shape = shape;
    }

    /**
     * What to ask a segment for.
     *
     * @param capacity number of elements; 0 to open an array of whatever capacity it has
     * @throws IllegalArgumentException when the capacity is negative, or too large for any segment
     */
    public static <T> Spec<SharedArray<T>> spec(Codec<T> codec, long capacity) {
        return new ArraySpec<>(codec, capacity, null);
    }

    /**
     * As {@link #spec(Codec, long)}, of several dimensions, row by row. The bytes are those of an array of
     * {@code shape.count()} elements; the shape stands in the catalogue of types, and what is opened must have the same where
     * it stands there.
     */
    public static <T> Spec<SharedArray<T>> spec(Codec<T> codec, Shape shape) {
        return new ArraySpec<>(codec, shape.count(), shape);
    }

    public static <T> SharedArray<T> create(Segment segment, String name, Codec<T> codec, long capacity) {
        return segment.create(name, spec(codec, capacity));
    }

    public static <T> SharedArray<T> create(Segment segment, String name, Codec<T> codec, Shape shape) {
        return segment.create(name, spec(codec, shape));
    }

    /** Opens an array of whatever capacity and shape it has. */
    public static <T> SharedArray<T> open(Segment segment, String name, Codec<T> codec) {
        return segment.open(name, spec(codec, 0));
    }

    public static <T> SharedArray<T> openOrCreate(Segment segment, String name, Codec<T> codec, long capacity) {
        return segment.openOrCreate(name, spec(codec, capacity));
    }

    public static <T> SharedArray<T> openOrCreate(Segment segment, String name, Codec<T> codec, Shape shape) {
        return segment.openOrCreate(name, spec(codec, shape));
    }

    @Override
    public Binding binding() {
        return binding;
    }

    /** An array is always full: each of its elements has a value from the start. */
    @Override
    public Occupancy occupancy() {
        attachment.ensureReadable();
        return Occupancy.ofElements(capacity, capacity);
    }

    @Override
    public ElementSchema elementSchema() {
        return codec.schema();
    }

    /** Number of elements. */
    public long capacity() {
        return capacity;
    }

    /** Of several dimensions the shape, as it stands in the catalogue of types. */
    @Override
    public Map<String, String> options() {
        return shape.dimensions() == 1 ? Map.of() : Map.of(ArraySpec.SHAPE, shape.toString());
    }

    // dimensions

    /** Elements in each dimension; of an array of one, its capacity. */
    public Shape shape() {
        return shape;
    }

    /**
     * The index of an element, counted row by row, for the methods that take one.
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

    /** The element of a row and a column, read plainly. */
    public T at(long row, long column) {
        return get(shape.index(row, column));
    }

    /** The element of these indexes, one for each dimension, read plainly. */
    public T at(long... indexes) {
        return get(shape.index(indexes));
    }

    /**
     * What one index of the outermost dimension stands for, without a copy: of rows and columns a row, as an array of one
     * dimension that begins at index 0.
     *
     * @throws IndexOutOfBoundsException when there is no such row
     */
    public SharedArray<T> row(long row) {
        long from = shape.rowIndex(row);
        Shape below = shape.row();
        return new SharedArray<>(binding, attachment,
                memory.asSlice(from * elementSize, ArrayDescriptor.byteSize(below.count(), elementSize)), codec, below);
    }

    // elements

    /** The element, read plainly. */
    public T get(long index) {
        try (Lane _ = attachment.enterToRead()) {
            return codec.decode(memory, offset(index));
        }
    }

    /** Stores the element plainly. When the codec refuses the value, the element may be half written. */
    public void set(long index, T value) {
        try (Lane _ = attachment.enterToWrite()) {
            codec.encode(value, memory, offset(index));
        }
    }

    /** Stores the same value in every element. */
    public void fill(T value) {
        fill(value, 0, capacity);
    }

    /** Stores the same value in the elements {@code from} to {@code to}, exclusive. */
    public void fill(T value, long from, long to) {
        try (Lane _ = attachment.enterToWrite()) {
            fillInside(value, from, to);
        }
    }

    private void fillInside(T value, long from, long to) {
        checkRange(from, to - from);
        // Encoded once, privately: a refused value changes nothing.
        int perChunk = (int) Math.min(Math.max(1, FILL_CHUNK_BYTES / elementSize), Math.max(1, to - from));
        MemorySegment chunk = MemorySegment.ofArray(new byte[perChunk * elementSize]);
        codec.encode(value, chunk, 0);
        for (int i = 1; i < perChunk; i++) {
            MemorySegment.copy(chunk, 0, chunk, (long) i * elementSize, elementSize);
        }
        for (long at = from; at < to; at += perChunk) {
            long bytes = Math.min(perChunk, to - at) * elementSize;
            MemorySegment.copy(chunk, 0, memory, ArrayDescriptor.elementOffset(at, elementSize), bytes);
        }
    }

    /** Copies elements within this array, plainly; the ranges may overlap. */
    public void copy(long from, long to, long count) {
        copyTo(from, this, to, count);
    }

    /**
     * Copies elements to another array of the same element size, plainly.
     *
     * @throws IllegalArgumentException when the element sizes differ
     */
    public void copyTo(long from, SharedArray<T> target, long to, long count) {
        try (Lane _ = attachment.enterToRead(); Lane _ = target.attachment.enterToWrite()) {
            checkRange(from, count);
            target.checkRange(to, count);
            if (target.elementSize != elementSize) {
                throw new IllegalArgumentException("element sizes differ: " + describe() + ", element size="
                        + elementSize + ", target=" + target.name() + ", target element size=" + target.elementSize);
            }
            MemorySegment.copy(memory, ArrayDescriptor.elementOffset(from, elementSize), target.memory,
                    ArrayDescriptor.elementOffset(to, elementSize), count * elementSize);
        }
    }

    /**
     * The bytes of the elements {@code from} to {@code to}, exclusive, without a copy; read-only when the segment is. Whoever
     * works on them is on his own: closing the segment does not wait for that, and from then on the access methods of the
     * result throw the JDK's {@link IllegalStateException}, which names nothing. Unlike the methods here it does not notice
     * that the segment was replaced.
     */
    public MemorySegment span(long from, long to) {
        attachment.ensureReadable();
        checkRange(from, to - from);
        return memory.asSlice(ArrayDescriptor.elementOffset(from, elementSize), (to - from) * elementSize);
    }

    // elements of four bytes

    /** The element as an int, read plainly. This and the other int forms need elements of four bytes. */
    public int getInt(long index) {
        attachment.ensureReadable();
        try {
            return Atomics.getInt(memory, offset(index, Integer.BYTES));
        } catch (IllegalStateException e) {
            throw attachment.ended(e);
        }
    }

    /** Stores plainly. */
    public void setInt(long index, int value) {
        attachment.ensureWritable();
        try {
            Atomics.putInt(memory, offset(index, Integer.BYTES), value);
        } catch (IllegalStateException e) {
            throw attachment.ended(e);
        }
    }

    /** Sees what was stored before the {@link #setIntRelease} whose value it returns. */
    public int getIntAcquire(long index) {
        attachment.ensureReadable();
        try {
            // S1, pairs with setIntRelease().
            return Atomics.getIntAcquire(memory, offset(index, Integer.BYTES));
        } catch (IllegalStateException e) {
            throw attachment.ended(e);
        }
    }

    /** Makes what this thread stored before visible to whoever acquires this value. */
    public void setIntRelease(long index, int value) {
        attachment.ensureWritable();
        try {
            // S1, pairs with getIntAcquire().
            Atomics.setIntRelease(memory, offset(index, Integer.BYTES), value);
        } catch (IllegalStateException e) {
            throw attachment.ended(e);
        }
    }

    /** Stores {@code value} if the element is {@code expected}; atomic among all processes, acquires and releases. */
    public boolean compareAndSetInt(long index, int expected, int value) {
        attachment.ensureWritable();
        try {
            return Atomics.compareAndSetInt(memory, offset(index, Integer.BYTES), expected, value);
        } catch (IllegalStateException e) {
            throw attachment.ended(e);
        }
    }

    /** Adds, and returns the value before; atomic among all processes, acquires and releases. */
    public int getAndAddInt(long index, int delta) {
        attachment.ensureWritable();
        try {
            return Atomics.getAndAddInt(memory, offset(index, Integer.BYTES), delta);
        } catch (IllegalStateException e) {
            throw attachment.ended(e);
        }
    }

    /** The element as a float, read plainly. Needs elements of four bytes. */
    public float getFloat(long index) {
        return Float.intBitsToFloat(getInt(index));
    }

    /** Stores plainly. */
    public void setFloat(long index, float value) {
        setInt(index, Float.floatToRawIntBits(value));
    }

    /** As {@link #getIntAcquire}. */
    public float getFloatAcquire(long index) {
        return Float.intBitsToFloat(getIntAcquire(index));
    }

    /** As {@link #setIntRelease}. */
    public void setFloatRelease(long index, float value) {
        setIntRelease(index, Float.floatToRawIntBits(value));
    }

    // elements of eight bytes

    /** The element as a long, read plainly. This and the other long forms need elements of eight bytes. */
    public long getLong(long index) {
        attachment.ensureReadable();
        try {
            return Atomics.getLong(memory, offset(index, Long.BYTES));
        } catch (IllegalStateException e) {
            throw attachment.ended(e);
        }
    }

    /** Stores plainly. */
    public void setLong(long index, long value) {
        attachment.ensureWritable();
        try {
            Atomics.putLong(memory, offset(index, Long.BYTES), value);
        } catch (IllegalStateException e) {
            throw attachment.ended(e);
        }
    }

    /** Sees what was stored before the {@link #setLongRelease} whose value it returns. */
    public long getLongAcquire(long index) {
        attachment.ensureReadable();
        try {
            // S1, pairs with setLongRelease().
            return Atomics.getLongAcquire(memory, offset(index, Long.BYTES));
        } catch (IllegalStateException e) {
            throw attachment.ended(e);
        }
    }

    /** Makes what this thread stored before visible to whoever acquires this value. */
    public void setLongRelease(long index, long value) {
        attachment.ensureWritable();
        try {
            // S1, pairs with getLongAcquire().
            Atomics.setLongRelease(memory, offset(index, Long.BYTES), value);
        } catch (IllegalStateException e) {
            throw attachment.ended(e);
        }
    }

    /** Stores {@code value} if the element is {@code expected}; atomic among all processes, acquires and releases. */
    public boolean compareAndSetLong(long index, long expected, long value) {
        attachment.ensureWritable();
        try {
            return Atomics.compareAndSetLong(memory, offset(index, Long.BYTES), expected, value);
        } catch (IllegalStateException e) {
            throw attachment.ended(e);
        }
    }

    /** Adds, and returns the value before; atomic among all processes, acquires and releases. */
    public long getAndAddLong(long index, long delta) {
        attachment.ensureWritable();
        try {
            return Atomics.getAndAddLong(memory, offset(index, Long.BYTES), delta);
        } catch (IllegalStateException e) {
            throw attachment.ended(e);
        }
    }

    /** The element as a double, read plainly. Needs elements of eight bytes. */
    public double getDouble(long index) {
        return Double.longBitsToDouble(getLong(index));
    }

    /** Stores plainly. */
    public void setDouble(long index, double value) {
        setLong(index, Double.doubleToRawLongBits(value));
    }

    /** As {@link #getLongAcquire}. */
    public double getDoubleAcquire(long index) {
        return Double.longBitsToDouble(getLongAcquire(index));
    }

    /** As {@link #setLongRelease}. */
    public void setDoubleRelease(long index, double value) {
        setLongRelease(index, Double.doubleToRawLongBits(value));
    }

    // Java arrays

    /**
     * Copies elements out, plainly. This and its twins need elements as wide as those of the Java array.
     *
     * @param from index of the first element
     * @param targetFrom index in {@code target} of the first one
     */
    public void copyTo(long from, byte[] target, int targetFrom, int count) {
        copyOut(from, Layouts.BYTE, target, targetFrom, target.length, count);
    }

    /** As {@link #copyTo(long, byte[], int, int)}. */
    public void copyTo(long from, short[] target, int targetFrom, int count) {
        copyOut(from, Layouts.SHORT, target, targetFrom, target.length, count);
    }

    /** As {@link #copyTo(long, byte[], int, int)}. */
    public void copyTo(long from, int[] target, int targetFrom, int count) {
        copyOut(from, Layouts.INT, target, targetFrom, target.length, count);
    }

    /** As {@link #copyTo(long, byte[], int, int)}. */
    public void copyTo(long from, long[] target, int targetFrom, int count) {
        copyOut(from, Layouts.LONG, target, targetFrom, target.length, count);
    }

    /** As {@link #copyTo(long, byte[], int, int)}. */
    public void copyTo(long from, float[] target, int targetFrom, int count) {
        copyOut(from, Layouts.FLOAT, target, targetFrom, target.length, count);
    }

    /** As {@link #copyTo(long, byte[], int, int)}. */
    public void copyTo(long from, double[] target, int targetFrom, int count) {
        copyOut(from, Layouts.DOUBLE, target, targetFrom, target.length, count);
    }

    /**
     * Copies elements in, plainly. This and its twins need elements as wide as those of the Java array.
     *
     * @param sourceFrom index in {@code source} of the first one
     * @param to index of the first element that is written
     */
    public void copyFrom(byte[] source, int sourceFrom, long to, int count) {
        copyIn(source, sourceFrom, source.length, Layouts.BYTE, to, count);
    }

    /** As {@link #copyFrom(byte[], int, long, int)}. */
    public void copyFrom(short[] source, int sourceFrom, long to, int count) {
        copyIn(source, sourceFrom, source.length, Layouts.SHORT, to, count);
    }

    /** As {@link #copyFrom(byte[], int, long, int)}. */
    public void copyFrom(int[] source, int sourceFrom, long to, int count) {
        copyIn(source, sourceFrom, source.length, Layouts.INT, to, count);
    }

    /** As {@link #copyFrom(byte[], int, long, int)}. */
    public void copyFrom(long[] source, int sourceFrom, long to, int count) {
        copyIn(source, sourceFrom, source.length, Layouts.LONG, to, count);
    }

    /** As {@link #copyFrom(byte[], int, long, int)}. */
    public void copyFrom(float[] source, int sourceFrom, long to, int count) {
        copyIn(source, sourceFrom, source.length, Layouts.FLOAT, to, count);
    }

    /** As {@link #copyFrom(byte[], int, long, int)}. */
    public void copyFrom(double[] source, int sourceFrom, long to, int count) {
        copyIn(source, sourceFrom, source.length, Layouts.DOUBLE, to, count);
    }

    @Override
    public String toString() {
        return "SharedArray[" + describe() + ", element=" + codec.typeName() + ", "
                + (shape.dimensions() == 1 ? "capacity=" + capacity : "shape=" + shape) + "]";
    }

    private void copyOut(long from, ValueLayout layout, Object target, int targetFrom, int targetLength, int count) {
        try (Lane _ = attachment.enterToRead()) {
            checkWidth((int) layout.byteSize());
            checkRange(from, count);
            Objects.checkFromIndexSize(targetFrom, count, targetLength);
            MemorySegment.copy(memory, layout, ArrayDescriptor.elementOffset(from, elementSize), target, targetFrom,
                    count);
        }
    }

    private void copyIn(Object source, int sourceFrom, int sourceLength, ValueLayout layout, long to, int count) {
        try (Lane _ = attachment.enterToWrite()) {
            checkWidth((int) layout.byteSize());
            checkRange(to, count);
            Objects.checkFromIndexSize(sourceFrom, count, sourceLength);
            MemorySegment.copy(source, sourceFrom, memory, layout, ArrayDescriptor.elementOffset(to, elementSize),
                    count);
        }
    }

    private long offset(long index) {
        if (index < 0 || index >= capacity) {
            throw new IndexOutOfBoundsException(
                    "index out of range: " + describe() + ", index=" + index + ", capacity=" + capacity);
        }
        return ArrayDescriptor.elementOffset(index, elementSize);
    }

    private long offset(long index, int width) {
        checkWidth(width);
        return offset(index);
    }

    private void checkWidth(int width) {
        if (elementSize != width) {
            throw new UnsupportedOperationException("elements have another width: " + describe() + ", element="
                    + codec.typeName() + ", element size=" + elementSize + " (expected: " + width + " bytes)");
        }
    }

    private void checkRange(long from, long count) {
        if (from < 0 || count < 0 || from > capacity - count) {
            throw new IndexOutOfBoundsException("range out of bounds: " + describe() + ", from=" + from + ", count="
                    + count + ", capacity=" + capacity);
        }
    }

    private String describe() {
        return binding.describe();
    }
}
