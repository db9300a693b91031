package io.zeroipc.flow;

import java.util.List;
import java.util.Map;

import io.zeroipc.codec.Codecs;
import io.zeroipc.format.LazyDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.testing.StructureContract;

import static org.assertj.core.api.Assertions.assertThat;

class SharedLazyContractTest extends StructureContract<SharedLazy<Integer>> {

    /** A block of zeroes is a constant 0, which no function computes. */
    private boolean isConstant;

    @Override
    protected Spec<SharedLazy<Integer>> spec() {
        return SharedLazy.spec(Codecs.int32());
    }

    @Override
    @SuppressWarnings("unchecked")
    protected Spec<SharedLazy<Integer>> openSpecOfAnotherElementSize() {
        return (Spec<SharedLazy<Integer>>) (Spec<?>) SharedLazy.spec(Codecs.int64());
    }

    @Override
    protected Probe probe() {
        return SharedLazy.PROBE;
    }

    @Override
    protected Map<String, String> formattedBlocks() {
        return Map.of("", "00000000 05000000" + "00".repeat(272));
    }

    /** Forgets the value and computes it again. */
    @Override
    protected void store(SharedLazy<Integer> lazy, int value) {
        lazy.reset();
        try {
            isConstant = lazy.get(() -> value) != value;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    protected int recall(SharedLazy<Integer> lazy) {
        Integer value = lazy.getIfComputed();
        assertThat(value).isNotNull();
        return value;
    }

    /** A constant of a peer that has not yet written it: nothing tells. */
    @Override
    protected boolean isReadyWhenZero() {
        return true;
    }

    @Override
    protected int kept(int value) {
        return isConstant ? 0 : value;
    }

    @Override
    protected List<Integer> counterSeeds() {
        return List.of(-2, Integer.MAX_VALUE - 2);
    }

    @Override
    protected void seedCounters(Segment segment, String name, int seed) {
        Atomics.putInt(segment.blocks(name).require("").memory(), LazyDescriptor.of(4, 4).countOffset(), seed);
    }
}
