package io.zeroipc.segment;

import java.lang.foreign.MemorySegment;

/**
 * The bytes behind one table entry, for cold use: a structure takes what it needs from it and forgets it.
 *
 * @param entryName the entry's name, suffix included
 * @param memory exactly the block; its start is 8-aligned
 * @param offset from the start of the segment
 */
public record Block(String entryName, MemorySegment memory, long offset) {

    public long byteSize() {
        return memory.byteSize();
    }
}
