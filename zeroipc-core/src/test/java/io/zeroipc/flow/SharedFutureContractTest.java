package io.zeroipc.flow;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

import io.zeroipc.codec.Codecs;
import io.zeroipc.format.FutureDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.testing.StructureContract;

import static org.assertj.core.api.Assertions.assertThat;

class SharedFutureContractTest extends StructureContract<SharedFuture<Integer>> {

    private static final int VALUE = 4711;

    @Override
    protected Spec<SharedFuture<Integer>> spec() {
        return SharedFuture.spec(Codecs.int32());
    }

    @Override
    @SuppressWarnings("unchecked")
    protected Spec<SharedFuture<Integer>> openSpecOfAnotherElementSize() {
        return (Spec<SharedFuture<Integer>>) (Spec<?>) SharedFuture.spec(Codecs.bytes(14));
    }

    @Override
    protected Probe probe() {
        return SharedFuture.PROBE;
    }

    @Override
    protected Map<String, String> formattedBlocks() {
        return Map.of("", "00".repeat(280));
    }

    /** A future has one value only: the first one. */
    @Override
    protected void store(SharedFuture<Integer> future, int value) {
        future.complete(VALUE);
    }

    @Override
    protected int recall(SharedFuture<Integer> future) {
        try {
            Integer value = future.getNow();
            assertThat(value).isNotNull();
            return value;
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    protected int kept(int value) {
        return VALUE;
    }

    @Override
    protected boolean isReadyWhenZero() {
        return true;
    }

    @Override
    protected List<Integer> counterSeeds() {
        return List.of(-1, Integer.MAX_VALUE);
    }

    @Override
    protected void seedCounters(Segment segment, String name, int seed) {
        Atomics.putInt(segment.blocks(name).require("").memory(), FutureDescriptor.WAITERS_OFFSET, seed);
    }
}
