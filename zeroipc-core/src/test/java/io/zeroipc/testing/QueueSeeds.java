package io.zeroipc.testing;

import java.lang.foreign.MemorySegment;

import io.zeroipc.format.QueueDescriptor;
import io.zeroipc.memory.Atomics;

/** Brings a queue near the end of its number range without 2^32 operations. */
public final class QueueSeeds {

    private QueueSeeds() {
    }

    /** Makes an empty queue look as if so many elements had gone through it. */
    public static void seed(MemorySegment block, int position) {
        int capacity = QueueDescriptor.capacity(block);
        long sequences = QueueDescriptor.sequencesOffset(capacity, QueueDescriptor.elementSize(block));
        Atomics.putInt(block, QueueDescriptor.HEAD_OFFSET, position);
        Atomics.putInt(block, QueueDescriptor.TAIL_OFFSET, position);
        for (int i = 0; i < capacity; i++) {
            int next = position + i;
            Atomics.putInt(block, sequences + 4L * (next & (capacity - 1)), next);
        }
    }
}
