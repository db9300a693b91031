package io.zeroipc;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * How many elements an array has in each dimension, and where one of several indexes lies among all of them, row by row.
 * Every product is checked against 64 bits when the shape is made, so that no index of it overflows. Immutable.
 */
public final class Shape {

    /** As many as NumPy has. */
    public static final int DIMENSIONS_MAX = 64;

    private static final Pattern TEXT = Pattern.compile("[0-9]{1,19}(\\s*[,x]\\s*[0-9]{1,19})*");

    private final long[] lengths;
    private final long count;

    private Shape(long[] lengths) {
        if (lengths.length > DIMENSIONS_MAX) {
            throw new IllegalArgumentException("too many dimensions: shape=" + Arrays.toString(lengths)
                    + " (expected: at most " + DIMENSIONS_MAX + ")");
        }
        long product = 1;
        for (long length : lengths) {
            if (length < 1) {
                throw new IllegalArgumentException("length of a dimension out of range: shape="
                        + Arrays.toString(lengths) + ", length=" + length + " (expected: at least 1)");
            }
            if (product > Long.MAX_VALUE / length) {
                throw new IllegalArgumentException("shape has more elements than 64 bits count: shape="
                        + Arrays.toString(lengths) + " (expected: a product of at most " + Long.MAX_VALUE + ")");
            }
            product *= length;
        }
        this.lengths = lengths;
        this.count = product;
    }

    /**
     * @param lengths of the dimensions, the outermost first, such as rows and columns; none for a single element
     * @throws IllegalArgumentException when a length is less than 1, or the product does not fit 64 bits
     */
    public static Shape of(long... lengths) {
        return new Shape(lengths.clone());
    }

    /** As {@link #of(long...)}. */
    public static Shape of(List<Long> lengths) {
        return new Shape(lengths.stream().mapToLong(Long::longValue).toArray());
    }

    /**
     * As it is written in files: {@code 100, 50}, {@code [100, 50]} or {@code 100x50}.
     *
     * @throws IllegalArgumentException when it is none of these, or {@link #of(long...)} refuses it
     */
    public static Shape parse(String text) {
        String list = text.strip();
        if (list.startsWith("[") && list.endsWith("]")) {
            list = list.substring(1, list.length() - 1).strip();
        }
        if (TEXT.matcher(list).matches()) {
            try {
                return new Shape(Arrays.stream(list.split("[,x]"))
                        .map(String::strip)
                        .mapToLong(Long::parseLong)
                        .toArray());
            } catch (NumberFormatException e) {
                // Nineteen digits, and more than a long holds.
            }
        }
        throw new IllegalArgumentException("not a shape: shape=" + PrintableText.of(text)
                + " (expected: the length of each dimension, such as [100, 50])");
    }

    /** Of each dimension, the outermost first. */
    public List<Long> lengths() {
        return Arrays.stream(lengths).boxed().toList();
    }

    public int dimensions() {
        return lengths.length;
    }

    /**
     * @throws IndexOutOfBoundsException when there is no such dimension
     */
    public long length(int dimension) {
        return lengths[Objects.checkIndex(dimension, lengths.length)];
    }

    /** Number of elements in all. */
    public long count() {
        return count;
    }

    /**
     * Bytes of all elements.
     *
     * @param elementSize 1 or more
     * @throws IllegalArgumentException when they do not fit 64 bits
     */
    public long byteSize(int elementSize) {
        if (count > Long.MAX_VALUE / elementSize) {
            throw new IllegalArgumentException("shape has more bytes than 64 bits count: shape=" + this
                    + ", element size=" + elementSize + " (expected: a product of at most " + Long.MAX_VALUE + ")");
        }
        return count * elementSize;
    }

    /** What one index of the outermost dimension stands for: of rows and columns, the columns. */
    public Shape row() {
        if (lengths.length == 0) {
            throw new IndexOutOfBoundsException("a single element has no rows: shape=[]");
        }
        return new Shape(Arrays.copyOfRange(lengths, 1, lengths.length));
    }

    /**
     * The position of an element among all of them.
     *
     * @throws IndexOutOfBoundsException when there is not one index for each dimension, or one is out of range
     */
    public long index(long... indexes) {
        if (indexes.length != lengths.length) {
            throw wrongDimensions(indexes);
        }
        long position = 0;
        for (int i = 0; i < indexes.length; i++) {
            if (indexes[i] < 0 || indexes[i] >= lengths[i]) {
                throw outOfRange(indexes);
            }
            position = position * lengths[i] + indexes[i];
        }
        return position;
    }

    /** As {@link #index(long...)}, and without an array for them. */
    public long index(long row, long column) {
        if (lengths.length != 2) {
            throw wrongDimensions(row, column);
        }
        if (row < 0 || row >= lengths[0] || column < 0 || column >= lengths[1]) {
            throw outOfRange(row, column);
        }
        return row * lengths[1] + column;
    }

    /**
     * The position of the first element of a row.
     *
     * @throws IndexOutOfBoundsException when there is no such row
     */
    public long rowIndex(long row) {
        if (lengths.length == 0 || row < 0 || row >= lengths[0]) {
            throw new IndexOutOfBoundsException("row out of range: row=" + row + ", shape=" + this);
        }
        return row * (count / lengths[0]);
    }

    private IndexOutOfBoundsException wrongDimensions(long... indexes) {
        return new IndexOutOfBoundsException("wrong number of indexes: indexes=" + Arrays.toString(indexes) + ", shape="
                + this + " (expected: one for each dimension)");
    }

    private IndexOutOfBoundsException outOfRange(long... indexes) {
        return new IndexOutOfBoundsException(
                "index out of range: indexes=" + Arrays.toString(indexes) + ", shape=" + this);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(lengths, shape.lengths);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(lengths);
    }

    /** As NumPy writes a list: {@code [100, 50]}. */
    @Override
    public String toString() {
        return Arrays.toString(lengths);
    }
}
