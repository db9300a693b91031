package io.zeroipc.collection;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.zeroipc.codec.Codecs;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Spec;
import io.zeroipc.testing.StructureContract;

import static org.assertj.core.api.Assertions.assertThat;

class SharedSetContractTest extends StructureContract<SharedSet<Integer>> {

    @Override
    protected Spec<SharedSet<Integer>> spec() {
        return SharedSet.spec(Codecs.int32(), 3);
    }

    @Override
    protected Spec<SharedSet<Integer>> openSpec() {
        return SharedSet.spec(Codecs.int32(), 0);
    }

    @Override
    protected Spec<SharedSet<Integer>> openSpecOfAnotherElementSize() {
        return SharedSet.spec(Codecs.uint16(), 0);
    }

    @Override
    protected Probe probe() {
        return SharedSet.PROBE;
    }

    @Override
    protected Map<String, String> formattedBlocks() {
        return Map.of("", """
                00000000 03000000 04000000 00000000
                00000000 00000000 00000000 00000000 00000000 00000000
                """);
    }

    @Override
    protected void store(SharedSet<Integer> set, int value) {
        assertThat(set.add(value)).isTrue();
    }

    @Override
    protected int recall(SharedSet<Integer> set) {
        List<Integer> elements = new ArrayList<>();
        set.forEach(elements::add);
        assertThat(elements).hasSize(1);
        assertThat(set.remove(elements.getFirst())).isTrue();
        return elements.getFirst();
    }
}
