package io.zeroipc.sync;

import java.util.Map;

import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Spec;
import io.zeroipc.testing.StructureContract;

class SharedCounterContractTest extends StructureContract<SharedCounter> {
    @Override
    protected Spec<SharedCounter> spec() {
        return SharedCounter.spec();
    }

    @Override
    protected Probe probe() {
        return SharedCounter.PROBE;
    }

    @Override
    protected Map<String, String> formattedBlocks() {
        return Map.of("", "00000000 00000000");
    }

    @Override
    protected void store(SharedCounter structure, int value) {
        structure.set(value);
    }

    @Override
    protected int recall(SharedCounter structure) {
        return (int) structure.get();
    }

    @Override
    protected boolean isReadyWhenZero() {
        return true;
    }
}
