package io.zeroipc.collection;

import java.util.Map;

import io.zeroipc.codec.Codecs;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Spec;
import io.zeroipc.testing.StructureContract;

import static org.assertj.core.api.Assertions.assertThat;

class SharedMapContractTest extends StructureContract<SharedMap<Integer, Integer>> {

    @Override
    protected Spec<SharedMap<Integer, Integer>> spec() {
        return SharedMap.spec(Codecs.int32(), Codecs.int32(), 3);
    }

    @Override
    protected Spec<SharedMap<Integer, Integer>> openSpec() {
        return SharedMap.spec(Codecs.int32(), Codecs.int32(), 0);
    }

    @Override
    protected Spec<SharedMap<Integer, Integer>> openSpecOfAnotherElementSize() {
        return SharedMap.spec(Codecs.int32(), Codecs.uint16(), 0);
    }

    @Override
    protected Probe probe() {
        return SharedMap.PROBE;
    }

    @Override
    protected Map<String, String> formattedBlocks() {
        return Map.of("", """
                00000000 03000000 04000000 04000000
                00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000
                """);
    }

    @Override
    protected void store(SharedMap<Integer, Integer> map, int value) {
        assertThat(map.put(7, value)).isTrue();
    }

    @Override
    protected int recall(SharedMap<Integer, Integer> map) {
        Integer value = map.remove(7);
        assertThat(value).isNotNull();
        return value;
    }
}
