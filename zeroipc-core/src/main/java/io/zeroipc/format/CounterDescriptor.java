package io.zeroipc.format;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

import org.jspecify.annotations.Nullable;

import static io.zeroipc.format.FieldLayouts.U32;
import static io.zeroipc.format.FieldLayouts.U64;
import static io.zeroipc.format.FieldLayouts.offset;

/** The bytes of a counter: {@code docs/format/counter.md}. Pure functions over bytes. */
public final class CounterDescriptor {

    public static final StructLayout CELL = MemoryLayout.structLayout(U64.withName("value")).withName("cell");
    public static final StructLayout NARROW_CELL = MemoryLayout.structLayout(U32.withName("value"))
            .withName("narrow cell");

    public static final long SIZE = CELL.byteSize();
    public static final long NARROW_SIZE = NARROW_CELL.byteSize();
    public static final long VALUE_OFFSET = offset(CELL, "value");

    private CounterDescriptor() {
    }

    /** What contradicts a counter, or null. */
    public static @Nullable String check(MemorySegment block) {
        long size = block.byteSize();
        return size == SIZE || size == NARROW_SIZE
                ? null
                : "block has the wrong size for a counter: bytes=" + size + " (expected: " + NARROW_SIZE + " or " + SIZE
                        + ")";
    }
}
