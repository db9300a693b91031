package io.zeroipc.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Private memory of each thread to encode into, so that a codec that throws, waits or calls back does it before a slot
 * is claimed. Native memory, as the slots are: code that sees both kinds of memory is compiled for both. An instance
 * field and not a static one, so that it goes when its owner goes.
 */
public final class ElementScratch {

    private static final long ALIGNMENT = 8;

    private final ThreadLocal<MemorySegment> memory;

    public ElementScratch(long byteSize) {
        memory = ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(byteSize, ALIGNMENT));
    }

    /** The memory of this thread; what was in it is of no use to anybody. */
    public MemorySegment get() {
        return memory.get();
    }
}
