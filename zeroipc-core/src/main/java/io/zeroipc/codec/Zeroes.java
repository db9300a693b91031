package io.zeroipc.codec;

import java.lang.foreign.MemorySegment;

import io.zeroipc.memory.Layouts;

/** Fills the unused tail of a slot. */
final class Zeroes {

    private Zeroes() {
    }

    /** Zeroes {@code [from, to)} without the slice object that {@link MemorySegment#fill} would need. */
    static void fill(MemorySegment memory, long from, long to) {
        long offset = from;
        for (; offset + Long.BYTES <= to; offset += Long.BYTES) {
            memory.set(Layouts.LONG, offset, 0L);
        }
        for (; offset < to; offset++) {
            memory.set(Layouts.BYTE, offset, (byte) 0);
        }
    }
}
