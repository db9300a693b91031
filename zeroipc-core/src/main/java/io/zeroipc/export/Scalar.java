package io.zeroipc.export;

import java.util.Arrays;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/** A number of the machine. Its alignment is its size. */
enum Scalar {

    INT8(1), UINT8(1), INT16(2), UINT16(2), INT32(4), UINT32(4), INT64(8), UINT64(8), FLOAT32(4), FLOAT64(8), BOOL(1);

    private final int byteSize;

    Scalar(int byteSize) {
        this.byteSize = byteSize;
    }

    int byteSize() {
        return byteSize;
    }

    /** Its name in the vocabulary. */
    String typeName() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean isFloating() {
        return this == FLOAT32 || this == FLOAT64;
    }

    static @Nullable Scalar of(String typeName) {
        return Arrays.stream(values()).filter(scalar -> scalar.typeName().equals(typeName)).findFirst().orElse(null);
    }
}
