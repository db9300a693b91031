package io.zeroipc.segment;

import java.lang.foreign.MemorySegment;

/** Reads one element in place. */
@FunctionalInterface
public interface SlotConsumer {

    /**
     * @param memory holds the element; valid during the call only
     * @param offset where the element begins in {@code memory}
     */
    void accept(MemorySegment memory, long offset);
}
