package io.zeroipc.sync;

import java.util.Map;

import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Spec;
import io.zeroipc.testing.SwitchContract;

class SharedMonitorContractTest extends SwitchContract<SharedMonitor> {
    @Override
    protected Spec<SharedMonitor> spec() {
        return SharedMonitor.spec();
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
    protected void set(SharedMonitor structure, boolean on) {
        if (on) {
            structure.tryLock();
        } else if (structure.isLocked()) {
            structure.unlock();
        }
    }

    @Override
    protected boolean isSet(SharedMonitor structure) {
        return structure.isLocked();
    }
}
