package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;

import io.zeroipc.format.TopicDescriptor;
import io.zeroipc.format.TopicDescriptor.Layout;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.testing.StructureContract;

class SharedTopicContractTest extends StructureContract<SharedTopic> {

    @Override
    protected Spec<SharedTopic> spec() {
        return SharedTopic.spec(3, 100);
    }

    @Override
    protected Spec<SharedTopic> openSpec() {
        return SharedTopic.spec(0, 0);
    }

    @Override
    protected Probe probe() {
        return SharedTopic.PROBE;
    }

    /** The first block of a segment with 64 entries begins at 3104, so that the words begin 96 bytes behind it. */
    @Override
    protected Map<String, String> formattedBlocks() {
        return Map.of("", """
                5a4950544f504943 0100000000000000 0300000000000000 8000000000000000
                0400000000000000 6000000000000000 a012000000000000 0000000000000000
                """ + "00".repeat(56 + 4224 + 4 * 64 + 3 * 64 + 3 * 128));
    }

    @Override
    protected void store(SharedTopic topic, int value) {
        Loan loan = topic.publisher().tryLoan(Integer.BYTES);
        if (loan == null) {
            throw new AssertionError("no chunk is free");
        }
        try (loan) {
            loan.memory().set(ValueLayout.JAVA_INT_UNALIGNED, 0, value);
            loan.send();
        }
    }

    /** As one that is no subscriber looks at the newest message. */
    @Override
    protected int recall(SharedTopic topic) {
        long last = topic.sent() - 1;
        Segment segment = topic.segment();
        MemorySegment block = segment.blocks(topic.name()).require("").memory();
        Layout layout = TopicDescriptor.layout(block);
        int chunk = TopicDescriptor.chunkOf(Atomics.getLongAcquire(block, layout.slot(last)));
        return block.get(ValueLayout.JAVA_INT_UNALIGNED, layout.data(chunk));
    }
}
