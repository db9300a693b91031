package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.format.QueueDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.memory.Wrapping;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Description;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.View;

/** What the bytes of a queue tell a stranger. */
final class QueueProbe implements Probe {

    @Override
    public StructureKind kind() {
        return SharedQueue.KIND;
    }

    @Override
    public Match match(Blocks blocks) {
        Block block = blocks.find("");
        return block != null && QueueDescriptor.isQueue(block.memory()) ? Match.CERTAIN : Match.NO;
    }

    @Override
    public Description describe(Blocks blocks) {
        Block found = blocks.require("");
        MemorySegment block = found.memory();
        int capacity = QueueDescriptor.capacity(block);
        int elementSize = QueueDescriptor.elementSize(block);
        int head = Atomics.getIntAcquire(block, QueueDescriptor.HEAD_OFFSET);
        int tail = Atomics.getIntAcquire(block, QueueDescriptor.TAIL_OFFSET);
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("head", Integer.toUnsignedLong(head));
        details.put("tail", Integer.toUnsignedLong(tail));
        long start = found.offset();
        return new Description(elementSize, Occupancy.ofElements(Wrapping.distance(tail, head), capacity), details,
                List.of(View.elements(start + QueueDescriptor.SLOTS_OFFSET, capacity, elementSize),
                        View.field("head", start + QueueDescriptor.HEAD_OFFSET, "uint32"),
                        View.field("tail", start + QueueDescriptor.TAIL_OFFSET, "uint32"),
                        new View("sequence", start + QueueDescriptor.sequencesOffset(capacity, elementSize), capacity,
                                QueueDescriptor.SEQUENCE_SIZE, "uint32")));
    }
}
