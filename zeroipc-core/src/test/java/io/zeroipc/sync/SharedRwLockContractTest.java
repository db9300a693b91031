package io.zeroipc.sync;

import java.util.Map;

import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Spec;
import io.zeroipc.testing.SwitchContract;

class SharedRwLockContractTest extends SwitchContract<SharedRwLock> {
    @Override
    protected Spec<SharedRwLock> spec() {
        return SharedRwLock.spec();
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
    protected void set(SharedRwLock structure, boolean on) {
        if (on) {
            structure.writeLock().tryLock();
        } else if (structure.isWriteLocked()) {
            structure.writeLock().unlock();
        }
    }

    @Override
    protected boolean isSet(SharedRwLock structure) {
        return structure.isWriteLocked();
    }
}
