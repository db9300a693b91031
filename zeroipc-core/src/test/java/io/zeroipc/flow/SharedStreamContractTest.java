package io.zeroipc.flow;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.zeroipc.codec.Codecs;
import io.zeroipc.flow.SharedStream.Mode;
import io.zeroipc.format.RingDescriptor;
import io.zeroipc.format.StreamDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.segment.Spec;
import io.zeroipc.testing.StructureContract;

import static org.assertj.core.api.Assertions.assertThat;

@ParameterizedClass
@EnumSource(Mode.class)
class SharedStreamContractTest extends StructureContract<SharedStream<Integer>> {

    private final Mode mode;

    SharedStreamContractTest(Mode mode) {
        this.mode = mode;
    }

    @Override
    protected Spec<SharedStream<Integer>> spec() {
        return SharedStream.spec(Codecs.int32(), 4, mode);
    }

    @Override
    protected Spec<SharedStream<Integer>> openSpec() {
        return SharedStream.spec(Codecs.int32());
    }

    @Override
    protected Spec<SharedStream<Integer>> openSpecOfAnotherElementSize() {
        return SharedStream.spec(Codecs.uint16());
    }

    @Override
    protected Probe probe() {
        return SharedStream.PROBE;
    }

    @Override
    protected Map<String, String> formattedBlocks() {
        return Map.of("_header", """
                0000000000000000 00000000 00%s 0000 04000000
                """.formatted(mode == Mode.BROADCAST ? "01" : "00") + "00".repeat(36), "_buffer", """
                0000000000000000 0000000000000000 10000000 04000000
                """ + "00".repeat(16));
    }

    @Override
    protected void store(SharedStream<Integer> stream, int value) {
        try (StreamEmitter<Integer> emitter = stream.emitter()) {
            assertThat(emitter.emit(value)).isTrue();
        }
    }

    @Override
    protected int recall(SharedStream<Integer> stream) {
        try (StreamSubscription<Integer> subscription = stream.subscribe(Start.EARLIEST)) {
            Integer last = null;
            for (Integer next = subscription.poll(); next != null; next = subscription.poll()) {
                last = next;
            }
            assertThat(last).isNotNull();
            return last;
        }
    }

    /** Whole elements before the positions wrap at 2^32 and 2^31. */
    @Override
    protected List<Integer> counterSeeds() {
        return List.of(-8, Integer.MAX_VALUE - 7);
    }

    @Override
    protected void seedCounters(Segment segment, String name, int seed) {
        Atomics.putLong(segment.blocks(name).require("_header").memory(), StreamDescriptor.SEQUENCE_OFFSET,
                Integer.toUnsignedLong(seed));
        Atomics.putInt(segment.blocks(name).require("_header").memory(), StreamDescriptor.SUBSCRIBERS_OFFSET, seed);
        Atomics.putLong(segment.blocks(name).require("_buffer").memory(), RingDescriptor.WRITE_POS_OFFSET,
                Integer.toUnsignedLong(seed));
        Atomics.putLong(segment.blocks(name).require("_buffer").memory(), RingDescriptor.READ_POS_OFFSET,
                Integer.toUnsignedLong(seed));
    }
}
