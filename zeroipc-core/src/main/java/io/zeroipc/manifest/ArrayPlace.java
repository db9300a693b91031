package io.zeroipc.manifest;

import io.zeroipc.ElementSchema;
import io.zeroipc.Shape;

/**
 * Where an array of a packed arena lies, row by row and without gaps.
 *
 * @param element what its bytes mean
 * @param offset of the first element in the file
 * @param shape elements in each dimension
 */
public record ArrayPlace(ElementSchema element, long offset, Shape shape) {

    /** @throws IllegalArgumentException when the array ends beyond what 64 bits count */
    public ArrayPlace {
        if (offset < 0 || shape.byteSize(element.byteSize()) > Long.MAX_VALUE - offset) {
            throw new IllegalArgumentException("array lies outside of 64 bits: offset=" + offset + ", shape=" + shape
                    + ", element size=" + element.byteSize());
        }
    }

    public long byteSize() {
        return shape.byteSize(element.byteSize());
    }

    /** Where the next array may begin. */
    public long end() {
        return offset + byteSize();
    }
}
