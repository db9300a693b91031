package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.format.PoolDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Description;
import io.zeroipc.segment.Probe;

/** What the bytes of a pool tell a stranger. */
final class PoolProbe implements Probe {

    @Override
    public StructureKind kind() {
        return SharedPool.KIND;
    }

    @Override
    public Match match(Blocks blocks) {
        Block block = blocks.find("");
        return block != null && PoolDescriptor.isPool(block.memory()) ? Match.CERTAIN : Match.NO;
    }

    @Override
    public Description describe(Blocks blocks) {
        MemorySegment block = blocks.require("").memory();
        int capacity = PoolDescriptor.capacity(block);
        long freeHead = Atomics.getLongAcquire(block, PoolDescriptor.FREE_HEAD_OFFSET);
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("firstFree", PoolDescriptor.index(freeHead));
        details.put("generation", freeHead >>> 32);
        details.put("allocated", Integer.toUnsignedLong(Atomics.getIntAcquire(block, PoolDescriptor.ALLOCATED_OFFSET)));
        return new Description(PoolDescriptor.elementSize(block),
                new Occupancy(PoolDescriptor.allocated(block, capacity), capacity, SharedPool.UNIT), details);
    }
}
