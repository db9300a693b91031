package io.zeroipc.flow;

import java.util.List;
import java.util.Map;

import io.zeroipc.format.EventStreamDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.testing.StructureContract;

import static org.assertj.core.api.Assertions.assertThat;

class SharedEventStreamContractTest extends StructureContract<SharedEventStream> {

    private int stored;

    @Override
    protected Spec<SharedEventStream> spec() {
        return SharedEventStream.spec();
    }

    @Override
    protected Probe probe() {
        return SharedEventStream.PROBE;
    }

    @Override
    protected Map<String, String> formattedBlocks() {
        return Map.of("", "0000000000000000 0000000000000000");
    }

    /** Counts one event, whatever the value. */
    @Override
    protected void store(SharedEventStream stream, int value) {
        long before = stream.count();
        assertThat(stream.emit()).isTrue();
        stored = (int) before + 1;
    }

    @Override
    protected int recall(SharedEventStream stream) {
        return (int) stream.count();
    }

    @Override
    protected int kept(int value) {
        return stored;
    }

    @Override
    protected boolean isReadyWhenZero() {
        return true;
    }

    @Override
    protected List<Integer> counterSeeds() {
        return List.of(-2, Integer.MAX_VALUE - 2);
    }

    @Override
    protected void seedCounters(Segment segment, String name, int seed) {
        Atomics.putLong(segment.blocks(name).require("").memory(), EventStreamDescriptor.EVENT_COUNT_OFFSET,
                Integer.toUnsignedLong(seed));
    }
}
