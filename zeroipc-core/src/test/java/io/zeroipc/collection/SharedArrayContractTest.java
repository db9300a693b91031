package io.zeroipc.collection;

import java.util.Map;

import io.zeroipc.codec.Codecs;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Spec;
import io.zeroipc.testing.StructureContract;

class SharedArrayContractTest extends StructureContract<SharedArray<Integer>> {

    private static final int INDEX = 2;

    @Override
    protected Spec<SharedArray<Integer>> spec() {
        return SharedArray.spec(Codecs.int32(), 5);
    }

    @Override
    protected Spec<SharedArray<Integer>> openSpec() {
        return SharedArray.spec(Codecs.int32(), 0);
    }

    @Override
    protected Spec<SharedArray<Integer>> openSpecOfAnotherElementSize() {
        return SharedArray.spec(Codecs.uint16(), 0);
    }

    @Override
    protected Probe probe() {
        return SharedArray.PROBE;
    }

    @Override
    protected Map<String, String> formattedBlocks() {
        return Map.of("", "0500000000000000 00000000 00000000 00000000 00000000 00000000");
    }

    @Override
    protected void store(SharedArray<Integer> array, int value) {
        array.set(INDEX, value);
    }

    @Override
    protected int recall(SharedArray<Integer> array) {
        return array.get(INDEX);
    }
}
