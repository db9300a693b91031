package io.zeroipc.sync;

import java.util.List;
import java.util.Map;

import io.zeroipc.format.BarrierDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.testing.StructureContract;

class SharedBarrierContractTest extends StructureContract<SharedBarrier> {
    @Override
    protected Spec<SharedBarrier> spec() {
        return SharedBarrier.spec(1);
    }

    @Override
    protected Spec<SharedBarrier> openSpec() {
        return SharedBarrier.spec(0);
    }

    @Override
    protected Probe probe() {
        return SharedBarrier.PROBE;
    }

    @Override
    protected Map<String, String> formattedBlocks() {
        return Map.of("", "00000000 00000000 01000000 00000000");
    }

    @Override
    protected void store(SharedBarrier structure, int value) {
        int start = (int) structure.generation();
        try {
            for (int i = 0; i <= value; i++) {
                structure.await();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        before = start;
    }

    @Override
    protected int recall(SharedBarrier structure) {
        return (int) structure.generation() - before - 1;
    }

    /** The generation before the last store: what was stored is the number of meetings since, less one. */
    private int before;

    @Override
    protected List<Integer> counterSeeds() {
        return List.of(-1, -50, Integer.MAX_VALUE - 2, Integer.MIN_VALUE);
    }

    @Override
    protected void seedCounters(Segment segment, String name, int seed) {
        Atomics.putInt(segment.blocks(name).require("").memory(), BarrierDescriptor.GENERATION_OFFSET, seed);
    }
}
