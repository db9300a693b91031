package io.zeroipc.sync;

import java.util.Map;

import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Spec;
import io.zeroipc.testing.SwitchContract;

class SharedOnceContractTest extends SwitchContract<SharedOnce> {
    @Override
    protected Spec<SharedOnce> spec() {
        return SharedOnce.spec();
    }

    @Override
    protected Probe probe() {
        return SharedOnce.PROBE;
    }

    @Override
    protected Map<String, String> formattedBlocks() {
        return Map.of("", "00000000");
    }

    @Override
    protected void set(SharedOnce structure, boolean on) {
        if (on) {
            structure.tryRun(() -> {});
        } else {
            structure.reset();
        }
    }

    @Override
    protected boolean isSet(SharedOnce structure) {
        return structure.isDone();
    }

    @Override
    protected boolean isReadyWhenZero() {
        return true;
    }
}
