package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;

import io.zeroipc.format.LazyDescriptor;
import io.zeroipc.memory.Atomics;

/** The mark of a computation in the padding of a lazy truth value, which can neither fail nor tell why. */
record TruthMark(MemorySegment memory) implements Computation.Mark {

    @Override
    public void set(long pid) {
        Atomics.setByteRelease(memory, LazyDescriptor.TRUTH_MARK_OFFSET, (byte) 1);
    }

    @Override
    public void clear() {
        Atomics.setByteRelease(memory, LazyDescriptor.TRUTH_MARK_OFFSET, (byte) 0);
    }

    @Override
    public boolean isSet() {
        return Atomics.getByteAcquire(memory, LazyDescriptor.TRUTH_MARK_OFFSET) != 0;
    }

    @Override
    public int died() {
        return Computation.NOT_COMPUTED;
    }

    @Override
    public void afterDeath() {
        clear();
    }
}
