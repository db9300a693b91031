package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.zeroipc.codec.Codecs;
import io.zeroipc.format.RingDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.testing.StructureContract;

class SharedRingContractTest extends StructureContract<SharedRing<Integer>> {

    @Override
    protected Spec<SharedRing<Integer>> spec() {
        return SharedRing.spec(Codecs.int32(), 4);
    }

    @Override
    protected Spec<SharedRing<Integer>> openSpec() {
        return SharedRing.spec(Codecs.int32(), 0);
    }

    @Override
    protected Spec<SharedRing<Integer>> openSpecOfAnotherElementSize() {
        return SharedRing.spec(Codecs.uint16(), 0);
    }

    @Override
    protected Probe probe() {
        return SharedRing.PROBE;
    }

    @Override
    protected Map<String, String> formattedBlocks() {
        return Map.of("", "0000000000000000 0000000000000000 10000000 04000000 00000000 00000000 00000000 00000000");
    }

    @Override
    protected void store(SharedRing<Integer> ring, int value) {
        try (RingWriter<Integer> writer = ring.writer()) {
            if (!writer.offer(value)) {
                throw new AssertionError("ring is full: value=" + value);
            }
        }
    }

    @Override
    protected int recall(SharedRing<Integer> ring) {
        try (RingReader<Integer> reader = ring.reader()) {
            @Nullable Integer value = reader.poll();
            if (value == null) {
                throw new AssertionError("ring is empty");
            }
            return value;
        }
    }

    /** Whole elements before the positions pass 2^32 and 2^31. */
    @Override
    protected List<Integer> counterSeeds() {
        return List.of(-8, Integer.MAX_VALUE - 7);
    }

    @Override
    protected void seedCounters(Segment segment, String name, int seed) {
        MemorySegment memory = segment.blocks(name).require("").memory();
        Atomics.putLong(memory, RingDescriptor.WRITE_POS_OFFSET, Integer.toUnsignedLong(seed));
        Atomics.putLong(memory, RingDescriptor.READ_POS_OFFSET, Integer.toUnsignedLong(seed));
    }
}
