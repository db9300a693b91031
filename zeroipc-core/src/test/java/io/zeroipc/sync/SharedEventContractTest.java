package io.zeroipc.sync;

import java.util.Map;

import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Spec;
import io.zeroipc.testing.SwitchContract;

class SharedEventContractTest extends SwitchContract<SharedEvent> {
    @Override
    protected Spec<SharedEvent> spec() {
        return SharedEvent.spec(SharedEvent.Mode.MANUAL);
    }

    @Override
    protected Spec<SharedEvent> openSpec() {
        return SharedEvent.spec();
    }

    @Override
    protected Probe probe() {
        return SharedEvent.PROBE;
    }

    @Override
    protected Map<String, String> formattedBlocks() {
        return Map.of("", "00000000 01000000 00000000", "_sem", "00000000 00000000 00000000 00000000");
    }

    @Override
    protected void set(SharedEvent structure, boolean on) {
        if (on) {
            structure.signal();
        } else {
            structure.reset();
        }
    }

    @Override
    protected boolean isSet(SharedEvent structure) {
        return structure.isSignaled();
    }

    @Override
    protected boolean isReadyWhenZero() {
        return true;
    }
}
