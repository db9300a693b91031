package io.zeroipc.flow;

import java.util.List;
import java.util.Map;

import io.zeroipc.codec.Codecs;
import io.zeroipc.format.SignalDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.testing.StructureContract;

import static org.assertj.core.api.Assertions.assertThat;

class SharedSignalContractTest extends StructureContract<SharedSignal<Integer>> {

    @Override
    protected Spec<SharedSignal<Integer>> spec() {
        return SharedSignal.spec(Codecs.int32(), 5);
    }

    @Override
    protected Spec<SharedSignal<Integer>> openSpec() {
        return SharedSignal.spec(Codecs.int32());
    }

    @Override
    protected Spec<SharedSignal<Integer>> openSpecOfAnotherElementSize() {
        return SharedSignal.spec(Codecs.uint16());
    }

    @Override
    protected Probe probe() {
        return SharedSignal.PROBE;
    }

    @Override
    protected Map<String, String> formattedBlocks() {
        return Map.of("_state", "0000000000000000 05000000", "_mtx", "01000000 00000000 01000000 00000000", "", "00");
    }

    @Override
    protected void store(SharedSignal<Integer> signal, int value) {
        assertThat(signal.trySet(value)).isTrue();
    }

    @Override
    protected int recall(SharedSignal<Integer> signal) {
        return signal.get();
    }

    @Override
    protected List<Integer> counterSeeds() {
        return List.of(-2, Integer.MAX_VALUE - 2);
    }

    @Override
    protected void seedCounters(Segment segment, String name, int seed) {
        Atomics.putLong(segment.blocks(name).require("_state").memory(), SignalDescriptor.VERSION_OFFSET,
                Integer.toUnsignedLong(seed));
    }
}
