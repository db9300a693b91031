package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.format.ChannelDescriptor;
import io.zeroipc.format.QueueDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Description;
import io.zeroipc.segment.Probe;

import static io.zeroipc.format.ChannelDescriptor.BUFFER_SUFFIX;
import static io.zeroipc.format.ChannelDescriptor.HEADER_SUFFIX;
import static io.zeroipc.format.ChannelDescriptor.SLOT_SUFFIX;

/** What the bytes of a channel tell a stranger. */
final class ChannelProbe implements Probe {

    @Override
    public StructureKind kind() {
        return SharedChannel.KIND;
    }

    /** Certain where header and queue have one capacity, and where there is a slot. */
    @Override
    public Match match(Blocks blocks) {
        Block header = blocks.find(HEADER_SUFFIX);
        int capacity = header == null ? 0 : ChannelDescriptor.capacity(header.memory());
        if (header == null || ChannelDescriptor.check(header.memory(), capacity) != null) {
            return Match.NO;
        }
        if (capacity > 0) {
            Block buffer = blocks.find(BUFFER_SUFFIX);
            if (buffer == null || !QueueDescriptor.isQueue(buffer.memory())) {
                return Match.NO;
            }
            return QueueDescriptor.roundedCapacity(capacity) == QueueDescriptor.capacity(buffer.memory())
                    ? Match.CERTAIN
                    : Match.POSSIBLE;
        }
        Block slot = blocks.find(SLOT_SUFFIX);
        return slot != null && slot.byteSize() > ChannelDescriptor.SLOT.byteSize() ? Match.CERTAIN : Match.NO;
    }

    @Override
    public Description describe(Blocks blocks) {
        MemorySegment header = blocks.require(HEADER_SUFFIX).memory();
        int capacity = ChannelDescriptor.capacity(header);
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("closed", Atomics.getByteAcquire(header, ChannelDescriptor.CLOSED_OFFSET) != 0);
        details.put("buffered", capacity > 0);
        if (capacity > 0) {
            Description queue = SharedQueue.PROBE.describe(blocks.segment().blocks(blocks.name() + BUFFER_SUFFIX));
            details.putAll(queue.details());
            return new Description(queue.elementSize(), queue.occupancy(), details, queue.views());
        }
        MemorySegment slot = blocks.require(SLOT_SUFFIX).memory();
        details.put("senders", waiting(header, ChannelDescriptor.SENDERS_OFFSET));
        details.put("receivers", waiting(header, ChannelDescriptor.RECEIVERS_OFFSET));
        details.put("offered", Atomics.getByteAcquire(slot, ChannelDescriptor.READY_OFFSET) != 0
                && Atomics.getByteAcquire(slot, ChannelDescriptor.CONSUMED_OFFSET) == 0);
        // How much of the slot is the element depends on its alignment, which nobody stored.
        return new Description(0, Occupancy.ofElements(0, 0), details);
    }

    private static long waiting(MemorySegment header, long offset) {
        return Integer.toUnsignedLong(Atomics.getIntAcquire(header, offset));
    }
}
