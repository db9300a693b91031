package io.zeroipc.sync;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import io.zeroipc.format.RwLockDescriptor;

/**
 * How many readers have locked a read-write lock through one mapping, which stays as long as there are any. Thread-safe.
 *
 * <p>
 * Readers have no names: an unlock through another mapping, or by another process, may be meant for one of these or not. It is
 * not counted here, so that no mapping is freed too early; it stays until the bytes show no reader at all, at the latest.
 */
final class ReadHold implements BooleanSupplier {

    private final MemorySegment state;
    private final AtomicInteger readers = new AtomicInteger();

    /** @param state of the lock, in the mapping that is to stay */
    ReadHold(MemorySegment state) {
        this.state = state;
    }

    /** One has locked through this mapping. */
    void begin() {
        readers.incrementAndGet();
    }

    /** One has unlocked through this mapping, who may have locked through another. */
    void end() {
        readers.updateAndGet(present -> Math.max(0, present - 1));
    }

    @Override
    public boolean getAsBoolean() {
        return readers.get() > 0 && RwLockDescriptor.readers(state) > 0;
    }
}
