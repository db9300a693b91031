package io.zeroipc.format;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

import org.jspecify.annotations.Nullable;

import io.zeroipc.memory.Atomics;

import static io.zeroipc.format.FieldLayouts.U64;
import static io.zeroipc.format.FieldLayouts.U8;
import static io.zeroipc.format.FieldLayouts.offset;

/** The bytes of a stream of events without elements: {@code docs/format/eventstream.md}. Pure functions over bytes. */
public final class EventStreamDescriptor {

    public static final StructLayout HEADER = MemoryLayout
            .structLayout(U64.withName("event_count"), U8.withName("closed"), MemoryLayout.paddingLayout(7))
            .withName("header");

    public static final long SIZE = HEADER.byteSize();
    public static final long EVENT_COUNT_OFFSET = offset(HEADER, "event_count");
    public static final long CLOSED_OFFSET = offset(HEADER, "closed");

    private EventStreamDescriptor() {
    }

    public static long count(MemorySegment block) {
        return Atomics.getLongAcquire(block, EVENT_COUNT_OFFSET);
    }

    public static boolean isClosed(MemorySegment block) {
        return Atomics.getByteAcquire(block, CLOSED_OFFSET) != 0;
    }

    /** What contradicts a stream of events, or null. */
    public static @Nullable String check(MemorySegment block) {
        if (block.byteSize() != SIZE) {
            return "block has the wrong size for a stream of events: bytes=" + block.byteSize() + " (expected: " + SIZE
                    + ")";
        }
        byte closed = Atomics.getByteAcquire(block, CLOSED_OFFSET);
        for (long offset = CLOSED_OFFSET + 1; offset < SIZE; offset++) {
            if (Atomics.getByte(block, offset) != 0) {
                return "bytes are not those of a stream of events: offset=" + offset + " (expected: 0)";
            }
        }
        return (closed & ~1) == 0
                ? null
                : "number is not that of a stream of events: closed=" + closed + " (expected: 0 or 1)";
    }
}
