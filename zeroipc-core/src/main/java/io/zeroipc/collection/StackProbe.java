package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.format.StackDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Description;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.View;

/** What the bytes of a stack tell a stranger. */
final class StackProbe implements Probe {

    @Override
    public StructureKind kind() {
        return SharedStack.KIND;
    }

    /** A stack in motion is not settled. */
    @Override
    public Match match(Blocks blocks) {
        Block block = blocks.find("");
        if (block == null || !StackDescriptor.fits(block.memory())) {
            return Match.NO;
        }
        return StackDescriptor.isAtRest(block.memory()) ? Match.CERTAIN : Match.UNSETTLED;
    }

    @Override
    public Description describe(Blocks blocks) {
        Block found = blocks.require("");
        MemorySegment block = found.memory();
        int capacity = StackDescriptor.capacity(block);
        int elementSize = StackDescriptor.elementSize(block);
        int size = StackDescriptor.size(block, capacity);
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("top", size - 1);
        if (size > 0) {
            long state = StackDescriptor.statesOffset(capacity, elementSize) + StackDescriptor.STATE_SIZE * (size - 1);
            details.put("topState", StackDescriptor.stateName(Atomics.getIntAcquire(block, state)));
        }
        long start = found.offset();
        return new Description(elementSize, Occupancy.ofElements(size, capacity), details,
                List.of(View.elements(start + StackDescriptor.SLOTS_OFFSET, capacity, elementSize),
                        View.field("top", start + StackDescriptor.TOP_OFFSET, "int32"),
                        new View("state", start + StackDescriptor.statesOffset(capacity, elementSize), capacity,
                                StackDescriptor.STATE_SIZE, "uint32")));
    }
}
