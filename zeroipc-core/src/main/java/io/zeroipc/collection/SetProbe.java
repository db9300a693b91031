package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.format.SetDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Description;
import io.zeroipc.segment.Probe;

/** What the bytes of a set tell a stranger. */
final class SetProbe implements Probe {

    @Override
    public StructureKind kind() {
        return SharedSet.KIND;
    }

    /** A set in motion is not settled. */
    @Override
    public Match match(Blocks blocks) {
        Block block = blocks.find("");
        if (block == null || !SetDescriptor.fits(block.memory())) {
            return Match.NO;
        }
        return SetDescriptor.isAtRest(block.memory()) ? Match.CERTAIN : Match.UNSETTLED;
    }

    @Override
    public Description describe(Blocks blocks) {
        MemorySegment block = blocks.require("").memory();
        int capacity = SetDescriptor.capacity(block);
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("deletedEntries", SetDescriptor.deleted(block));
        return new Description(SetDescriptor.elementSize(block),
                Occupancy.ofElements(Atomics.getIntAcquire(block, SetDescriptor.SIZE_OFFSET), capacity), details);
    }
}
