package io.zeroipc.collection;

import java.util.Map;

import io.zeroipc.codec.Codecs;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Spec;
import io.zeroipc.testing.StructureContract;

import static org.assertj.core.api.Assertions.assertThat;

class SharedStackContractTest extends StructureContract<SharedStack<Integer>> {

    @Override
    protected Spec<SharedStack<Integer>> spec() {
        return SharedStack.spec(Codecs.int32(), 3);
    }

    @Override
    protected Spec<SharedStack<Integer>> openSpec() {
        return SharedStack.spec(Codecs.int32(), 0);
    }

    @Override
    protected Spec<SharedStack<Integer>> openSpecOfAnotherElementSize() {
        return SharedStack.spec(Codecs.uint16(), 0);
    }

    @Override
    protected Probe probe() {
        return SharedStack.PROBE;
    }

    @Override
    protected Map<String, String> formattedBlocks() {
        return Map.of("", """
                ffffffff 03000000 04000000 00000000
                00000000 00000000 00000000 00000000
                00000000 00000000 00000000
                """);
    }

    @Override
    protected void store(SharedStack<Integer> stack, int value) {
        assertThat(stack.push(value)).isTrue();
    }

    @Override
    protected int recall(SharedStack<Integer> stack) {
        Integer value = stack.pop();
        assertThat(value).isNotNull();
        return value;
    }
}
