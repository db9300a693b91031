package io.zeroipc.sync;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Spec;
import io.zeroipc.testing.StructureContract;

class SharedOnceContractTest extends StructureContract<SharedOnce> {
    @Override
    protected Spec<SharedOnce> spec() {
        return SharedOnce.spec();
    }

    @Override
    protected Spec<SharedOnce> openSpec() {
        return SharedOnce.spec();
    }

    @Override
    protected @Nullable Spec<SharedOnce> openSpecOfAnotherElementSize() {
        return null;
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
    protected void store(SharedOnce structure, int value) {
        if (kept(value) == 1) {
            structure.tryRun(() -> {});
        } else {
            structure.reset();
        }
    }

    @Override
    protected int recall(SharedOnce structure) {
        return structure.isDone() ? 1 : 0;
    }

    /** Run for an odd value. */
    @Override
    protected int kept(int value) {
        return value & 1;
    }

    @Override
    protected boolean isReadyWhenZero() {
        return true;
    }
}
