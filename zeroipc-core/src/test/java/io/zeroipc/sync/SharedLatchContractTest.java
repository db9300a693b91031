package io.zeroipc.sync;

import java.util.Map;

import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Spec;
import io.zeroipc.testing.StructureContract;

class SharedLatchContractTest extends StructureContract<SharedLatch> {
    @Override
    protected Spec<SharedLatch> spec() {
        return SharedLatch.spec(1000);
    }

    @Override
    protected Spec<SharedLatch> openSpec() {
        return SharedLatch.spec(0);
    }

    @Override
    protected Probe probe() {
        return SharedLatch.PROBE;
    }

    @Override
    protected Map<String, String> formattedBlocks() {
        return Map.of("", "e8030000 e8030000 00000000 00000000");
    }

    @Override
    protected void store(SharedLatch structure, int value) {
        structure.reset();
        structure.countDown(value + 1);
    }

    @Override
    protected int recall(SharedLatch structure) {
        return structure.initialCount() - structure.getCount() - 1;
    }

}
