package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.format.MapDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Description;
import io.zeroipc.segment.Probe;

/** What the bytes of a map tell a stranger. */
final class MapProbe implements Probe {

    @Override
    public StructureKind kind() {
        return SharedMap.KIND;
    }

    /** A map in motion is not settled. */
    @Override
    public Match match(Blocks blocks) {
        Block block = blocks.find("");
        if (block == null || !MapDescriptor.fits(block.memory())) {
            return Match.NO;
        }
        return MapDescriptor.isAtRest(block.memory()) ? Match.CERTAIN : Match.UNSETTLED;
    }

    @Override
    public Description describe(Blocks blocks) {
        MemorySegment block = blocks.require("").memory();
        int capacity = MapDescriptor.capacity(block);
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("keySize", MapDescriptor.keySize(block));
        details.put("deletedEntries", MapDescriptor.deleted(block));
        return new Description(MapDescriptor.valueSize(block),
                Occupancy.ofElements(Atomics.getIntAcquire(block, MapDescriptor.SIZE_OFFSET), capacity), details);
    }
}
