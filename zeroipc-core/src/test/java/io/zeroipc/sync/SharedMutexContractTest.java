package io.zeroipc.sync;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Spec;
import io.zeroipc.testing.StructureContract;

class SharedMutexContractTest extends StructureContract<SharedMutex> {

    @Override
    protected Spec<SharedMutex> spec() {
        return SharedMutex.spec();
    }

    @Override
    protected Spec<SharedMutex> openSpec() {
        return SharedMutex.spec();
    }

    @Override
    protected @Nullable Spec<SharedMutex> openSpecOfAnotherElementSize() {
        return null;
    }

    @Override
    protected Probe probe() {
        return SharedMutex.PROBE;
    }

    @Override
    protected Map<String, String> formattedBlocks() {
        return Map.of("", "01000000 00000000 01000000 00000000");
    }

    /** Locked for an odd value. */
    @Override
    protected void store(SharedMutex mutex, int value) {
        if (kept(value) == 1) {
            mutex.tryLock();
        } else if (mutex.isLocked()) {
            mutex.unlock();
        }
    }

    @Override
    protected int recall(SharedMutex mutex) {
        return mutex.isLocked() ? 1 : 0;
    }

    @Override
    protected int kept(int value) {
        return value & 1;
    }
}
