package io.zeroipc.format;

import java.lang.foreign.MemorySegment;

import io.zeroipc.memory.Atomics;

/** What the blocks of sets and maps have in common: entries behind a header, each with a state word first. */
final class HashBlocks {

    /** A probe looks at this many entries, not at millions. */
    private static final int PROBED_ENTRIES = 4096;

    private HashBlocks() {
    }

    static void formatStates(MemorySegment block, long entriesOffset, int capacity, long entrySize) {
        for (int i = 0; i < capacity; i++) {
            Atomics.putInt(block, entriesOffset + entrySize * i, EntryState.EMPTY);
        }
    }

    static boolean areStatesKnown(MemorySegment block, long entriesOffset, int capacity) {
        long entrySize = (block.byteSize() - entriesOffset) / capacity;
        for (int i = 0; i < Math.min(capacity, PROBED_ENTRIES); i++) {
            if (!EntryState.isKnown(Atomics.getIntAcquire(block, entriesOffset + entrySize * i))) {
                return false;
            }
        }
        return true;
    }

    /** Whether so many entries are occupied; of a block with more entries than are looked at, at most so many. */
    static boolean isAtRest(MemorySegment block, long entriesOffset, int capacity, int size) {
        int occupied = count(block, entriesOffset, capacity, EntryState.OCCUPIED);
        return size >= 0 && size <= capacity && (capacity <= PROBED_ENTRIES ? occupied == size : occupied <= size);
    }

    static int count(MemorySegment block, long entriesOffset, int capacity, int state) {
        if (capacity <= 0) {
            return 0; // It has changed since it was checked.
        }
        long entrySize = (block.byteSize() - entriesOffset) / capacity;
        int count = 0;
        for (int i = 0; i < Math.min(capacity, PROBED_ENTRIES); i++) {
            count += Atomics.getIntAcquire(block, entriesOffset + entrySize * i) == state ? 1 : 0;
        }
        return count;
    }
}
