package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

import io.zeroipc.codec.Codecs;
import io.zeroipc.format.ChannelDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.segment.Spec;
import io.zeroipc.testing.StructureContract;

import static org.assertj.core.api.Assertions.assertThat;

class UnbufferedChannelContractTest extends StructureContract<SharedChannel<Integer>> {

    @Override
    protected Spec<SharedChannel<Integer>> spec() {
        return SharedChannel.unbuffered(Codecs.int32());
    }

    @Override
    protected Spec<SharedChannel<Integer>> openSpec() {
        return SharedChannel.openSpec(Codecs.int32());
    }

    @Override
    protected Spec<SharedChannel<Integer>> openSpecOfAnotherElementSize() {
        return SharedChannel.openSpec(Codecs.uint16());
    }

    @Override
    protected Probe probe() {
        return SharedChannel.PROBE;
    }

    @Override
    protected Map<String, String> formattedBlocks() {
        return Map.of("_header", """
                00000000 00000000 00000000 00000000
                0000000000000000 0000000000000000
                """, "_slot", "00 00 0000 00000000");
    }

    /** Announces a receiver, hands it the element, and lets it go before it has taken it. */
    @Override
    protected void store(SharedChannel<Integer> channel, int value) {
        try (Intake<Integer> intake = channel.intake(Start.EARLIEST)) {
            assertThat(intake.poll()).isNull();
            assertThat(channel.trySend(value)).isTrue();
        }
        channel.releaseRoles();
    }

    @Override
    protected int recall(SharedChannel<Integer> channel) {
        try (Intake<Integer> intake = channel.intake(Start.EARLIEST)) {
            Integer value = intake.poll();
            assertThat(value).isNotNull();
            return value;
        }
    }

    @Override
    protected boolean isReadyWhenZero() {
        return true;
    }

    /** Left behind by processes that died. */
    @Override
    protected List<Integer> counterSeeds() {
        return List.of(-1, Integer.MAX_VALUE);
    }

    @Override
    protected void seedCounters(Segment segment, String name, int seed) {
        MemorySegment header = segment.blocks(name).require("_header").memory();
        Atomics.putInt(header, ChannelDescriptor.SENDERS_OFFSET, seed);
        Atomics.putInt(header, ChannelDescriptor.RECEIVERS_OFFSET, seed);
    }
}
