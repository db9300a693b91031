package io.zeroipc.sync;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Spec;
import io.zeroipc.testing.StructureContract;

class SharedEventContractTest extends StructureContract<SharedEvent> {
    @Override
    protected Spec<SharedEvent> spec() {
        return SharedEvent.spec(SharedEvent.Mode.MANUAL);
    }

    @Override
    protected Spec<SharedEvent> openSpec() {
        return SharedEvent.spec();
    }

    @Override
    protected @Nullable Spec<SharedEvent> openSpecOfAnotherElementSize() {
        return null;
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
    protected void store(SharedEvent structure, int value) {
        if (kept(value) == 1) {
            structure.signal();
        } else {
            structure.reset();
        }
    }

    @Override
    protected int recall(SharedEvent structure) {
        return structure.isSignaled() ? 1 : 0;
    }

    /** Signalled for an odd value. */
    @Override
    protected int kept(int value) {
        return value & 1;
    }

    @Override
    protected boolean isReadyWhenZero() {
        return true;
    }
}
