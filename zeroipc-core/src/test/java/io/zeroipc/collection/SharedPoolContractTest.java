package io.zeroipc.collection;

import java.util.List;
import java.util.Map;

import io.zeroipc.codec.Codecs;
import io.zeroipc.format.PoolDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.testing.StructureContract;

import static org.assertj.core.api.Assertions.assertThat;

class SharedPoolContractTest extends StructureContract<SharedPool<Integer>> {

    @Override
    protected Spec<SharedPool<Integer>> spec() {
        return SharedPool.spec(Codecs.int32(), 3);
    }

    @Override
    protected Spec<SharedPool<Integer>> openSpec() {
        return SharedPool.spec(Codecs.int32(), 0);
    }

    @Override
    protected Spec<SharedPool<Integer>> openSpecOfAnotherElementSize() {
        return SharedPool.spec(Codecs.uint16(), 0);
    }

    @Override
    protected Probe probe() {
        return SharedPool.PROBE;
    }

    @Override
    protected Map<String, String> formattedBlocks() {
        return Map.of("", """
                0000000000000000 00000000 00000000 03000000 04000000
                00000000 01000000 00000000 02000000 00000000 ffffffff
                """);
    }

    @Override
    protected void store(SharedPool<Integer> pool, int value) {
        int handle = pool.allocate();
        assertThat(handle).isZero();
        pool.set(handle, value);
    }

    @Override
    protected int recall(SharedPool<Integer> pool) {
        int value = pool.get(0);
        pool.free(0);
        return value;
    }

    @Override
    protected List<Integer> counterSeeds() {
        return List.of(-1, -2, -50, Integer.MAX_VALUE, Integer.MAX_VALUE - 50, Integer.MIN_VALUE);
    }

    @Override
    protected void seedCounters(Segment segment, String name, int seed) {
        Atomics.putLong(segment.blocks(name).require("").memory(), PoolDescriptor.FREE_HEAD_OFFSET, (long) seed << 32);
    }
}
