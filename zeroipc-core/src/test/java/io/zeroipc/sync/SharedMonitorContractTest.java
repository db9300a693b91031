package io.zeroipc.sync;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Spec;
import io.zeroipc.testing.StructureContract;

class SharedMonitorContractTest extends StructureContract<SharedMonitor> {
    @Override
    protected Spec<SharedMonitor> spec() {
        return SharedMonitor.spec();
    }

    @Override
    protected Spec<SharedMonitor> openSpec() {
        return SharedMonitor.spec();
    }

    @Override
    protected @Nullable Spec<SharedMonitor> openSpecOfAnotherElementSize() {
        return null;
    }

    @Override
    protected Probe probe() {
        return SharedMonitor.PROBE;
    }

    @Override
    protected Map<String, String> formattedBlocks() {
        return Map.of("_mtx", "01000000 00000000 01000000 00000000", "_cond", "00000000 00000000 00000000 00000000",
                "_count", "00000000", "", "00");
    }

    @Override
    protected void store(SharedMonitor structure, int value) {
        if (kept(value) == 1) {
            structure.tryLock();
        } else if (structure.isLocked()) {
            structure.unlock();
        }
    }

    @Override
    protected int recall(SharedMonitor structure) {
        return structure.isLocked() ? 1 : 0;
    }

    /** Locked for an odd value. */
    @Override
    protected int kept(int value) {
        return value & 1;
    }
}
