package io.zeroipc.flow;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.zeroipc.codec.Codecs;
import io.zeroipc.format.StateDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.testing.StructureContract;

class SharedStateContractTest extends StructureContract<SharedState<Integer>> {

    @Override
    protected Spec<SharedState<Integer>> spec() {
        return SharedState.spec(Codecs.int32());
    }

    @Override
    protected Spec<SharedState<Integer>> openSpecOfAnotherElementSize() {
        return SharedState.spec(Codecs.uint16());
    }

    @Override
    protected Probe probe() {
        return SharedState.PROBE;
    }

    @Override
    protected Map<String, String> formattedBlocks() {
        return Map.of("", """
                5a49504353544154 0100000000000000 0400000000000000 0400000000000000
                4000000000000000 0000000000000000 0000000000000000 0000000000000000
                """ + "00".repeat(4 * 64));
    }

    @Override
    protected void store(SharedState<Integer> state, int value) {
        try (StateWriter<Integer> writer = state.writer()) {
            writer.set(value);
        }
    }

    @Override
    protected int recall(SharedState<Integer> state) {
        @Nullable Integer value = state.get();
        if (value == null) {
            throw new AssertionError("state has no value");
        }
        return value;
    }

    @Override
    protected List<Integer> counterSeeds() {
        return List.of(-3, Integer.MAX_VALUE - 2);
    }

    @Override
    protected void seedCounters(Segment segment, String name, int seed) {
        Atomics.putLong(segment.blocks(name).require("").memory(), StateDescriptor.LATEST_OFFSET,
                Integer.toUnsignedLong(seed));
    }
}
