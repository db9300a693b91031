package io.zeroipc.collection;

import java.util.List;
import java.util.Map;

import io.zeroipc.codec.Codecs;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.testing.QueueSeeds;
import io.zeroipc.testing.StructureContract;

import static org.assertj.core.api.Assertions.assertThat;

class SharedQueueContractTest extends StructureContract<SharedQueue<Integer>> {

    @Override
    protected Spec<SharedQueue<Integer>> spec() {
        return SharedQueue.spec(Codecs.int32(), 3);
    }

    @Override
    protected Spec<SharedQueue<Integer>> openSpec() {
        return SharedQueue.spec(Codecs.int32(), 0);
    }

    @Override
    protected Spec<SharedQueue<Integer>> openSpecOfAnotherElementSize() {
        return SharedQueue.spec(Codecs.uint16(), 0);
    }

    @Override
    protected Probe probe() {
        return SharedQueue.PROBE;
    }

    @Override
    protected Map<String, String> formattedBlocks() {
        return Map.of("", """
                00000000 00000000 04000000 04000000
                00000000 00000000 00000000 00000000
                00000000 01000000 02000000 03000000
                """);
    }

    @Override
    protected void store(SharedQueue<Integer> queue, int value) {
        assertThat(queue.offer(value)).isTrue();
    }

    @Override
    protected int recall(SharedQueue<Integer> queue) {
        Integer value = queue.poll();
        assertThat(value).isNotNull();
        return value;
    }

    @Override
    protected List<Integer> counterSeeds() {
        return List.of(-1, -2, -3, -50, Integer.MAX_VALUE, Integer.MAX_VALUE - 2, Integer.MIN_VALUE, 1 << 20);
    }

    @Override
    protected void seedCounters(Segment segment, String name, int seed) {
        QueueSeeds.seed(segment.blocks(name).require("").memory(), seed);
    }
}
