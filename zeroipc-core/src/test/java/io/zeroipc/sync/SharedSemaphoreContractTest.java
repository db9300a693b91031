package io.zeroipc.sync;

import java.util.Map;

import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Spec;
import io.zeroipc.testing.StructureContract;

class SharedSemaphoreContractTest extends StructureContract<SharedSemaphore> {

    @Override
    protected Spec<SharedSemaphore> spec() {
        return SharedSemaphore.spec(0, 1000);
    }

    @Override
    protected Spec<SharedSemaphore> openSpec() {
        return SharedSemaphore.spec(0);
    }

    @Override
    protected Probe probe() {
        return SharedSemaphore.PROBE;
    }

    @Override
    protected Map<String, String> formattedBlocks() {
        return Map.of("", "00000000 00000000 e8030000 00000000");
    }

    @Override
    protected void store(SharedSemaphore semaphore, int value) {
        semaphore.release(value);
    }

    @Override
    protected int recall(SharedSemaphore semaphore) {
        return semaphore.drainPermits();
    }

    @Override
    protected boolean isReadyWhenZero() {
        return true;
    }
}
