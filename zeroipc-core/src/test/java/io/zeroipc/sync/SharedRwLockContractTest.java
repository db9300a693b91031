package io.zeroipc.sync;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Spec;
import io.zeroipc.testing.StructureContract;

class SharedRwLockContractTest extends StructureContract<SharedRwLock> {
    @Override
    protected Spec<SharedRwLock> spec() {
        return SharedRwLock.spec();
    }

    @Override
    protected Spec<SharedRwLock> openSpec() {
        return SharedRwLock.spec();
    }

    @Override
    protected @Nullable Spec<SharedRwLock> openSpecOfAnotherElementSize() {
        return null;
    }

    @Override
    protected Probe probe() {
        return SharedRwLock.PROBE;
    }

    @Override
    protected Map<String, String> formattedBlocks() {
        return Map.of("_state", "00000000 00000000", "_rmtx", "01000000 00000000 01000000 00000000", "_wmtx",
                "01000000 00000000 01000000 00000000", "", "00");
    }

    @Override
    protected void store(SharedRwLock structure, int value) {
        if (kept(value) == 1) {
            structure.writeLock().tryLock();
        } else if (structure.isWriteLocked()) {
            structure.writeLock().unlock();
        }
    }

    @Override
    protected int recall(SharedRwLock structure) {
        return structure.isWriteLocked() ? 1 : 0;
    }

    /** Locked for an odd value. */
    @Override
    protected int kept(int value) {
        return value & 1;
    }
}
