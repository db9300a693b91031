package io.zeroipc.flow;

import java.util.List;
import java.util.Map;

import io.zeroipc.codec.Codecs;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.testing.QueueSeeds;
import io.zeroipc.testing.StructureContract;

import static org.assertj.core.api.Assertions.assertThat;

class BufferedChannelContractTest extends StructureContract<SharedChannel<Integer>> {

    @Override
    protected Spec<SharedChannel<Integer>> spec() {
        return SharedChannel.spec(Codecs.int32(), 3);
    }

    @Override
    protected Spec<SharedChannel<Integer>> openSpec() {
        return SharedChannel.openSpec(Codecs.int32());
    }

    @Override
    protected Spec<SharedChannel<Integer>> openSpecOfAnotherElementSize() {
        return SharedChannel.spec(Codecs.uint16(), 0);
    }

    @Override
    protected Probe probe() {
        return SharedChannel.PROBE;
    }

    @Override
    protected Map<String, String> formattedBlocks() {
        return Map.of("_header", """
                04000000 00000000 00000000 00000000
                0000000000000000 0000000000000000
                """, "_buffer", """
                00000000 00000000 04000000 04000000
                00000000 00000000 00000000 00000000
                00000000 01000000 02000000 03000000
                """);
    }

    @Override
    protected void store(SharedChannel<Integer> channel, int value) {
        assertThat(channel.trySend(value)).isTrue();
    }

    @Override
    protected int recall(SharedChannel<Integer> channel) {
        Integer value = channel.tryReceive();
        assertThat(value).isNotNull();
        return value;
    }

    @Override
    protected List<Integer> counterSeeds() {
        return List.of(-2, Integer.MAX_VALUE - 2);
    }

    @Override
    protected void seedCounters(Segment segment, String name, int seed) {
        QueueSeeds.seed(segment.blocks(name).require("_buffer").memory(), seed);
    }
}
