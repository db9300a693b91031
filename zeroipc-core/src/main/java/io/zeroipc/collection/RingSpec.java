package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.codec.Codec;
import io.zeroipc.format.RingDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Description;
import io.zeroipc.segment.Part;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.View;

/** What a caller asks for, and below it what a stranger sees, of a {@link SharedRing}. */
record RingSpec<T>(Codec<T> codec, long capacity, boolean overwrite) implements Spec<SharedRing<T>> {

    RingSpec {
        Objects.requireNonNull(codec, "codec");
        long limit = RingDescriptor.capacityMax(codec.byteSize());
        if (capacity < 0 || capacity > limit) {
            throw new IllegalArgumentException("ring capacity out of range: capacity=" + capacity + ", element size="
                    + codec.byteSize() + " (expected: 1 to " + limit + ", since the format keeps the capacity as "
                    + RingDescriptor.CAPACITY_BYTES_MAX + " bytes at most; 0 opens a ring as it is)");
        }
    }

    @Override
    public StructureKind kind() {
        return SharedRing.KIND;
    }

    @Override
    public List<Part> parts() {
        if (capacity == 0) {
            throw new IllegalArgumentException("ring capacity is missing: capacity=0 (expected: at least 1)");
        }
        long bytes = capacity * codec.byteSize();
        return List.of(new Part("", RingDescriptor.byteSize(bytes),
                block -> RingDescriptor.format(block.memory(), bytes, codec.byteSize())));
    }

    @Override
    public SharedRing<T> bind(Blocks blocks) {
        Block block = blocks.require("");
        if (RingDescriptor.isUnfinished(block.memory())) {
            throw blocks.notReady("ring capacity or element size is still 0");
        }
        blocks.requireSound(RingDescriptor.check(block.memory(), codec.byteSize()),
                ", kind=ring, element=" + codec.typeName());
        SharedRing<T> ring = new SharedRing<>(blocks, block, codec, overwrite);
        blocks.requireStored("capacity differs", ring.capacity(), capacity);
        return ring;
    }

    static final class RingProbe implements Probe {

        @Override
        public StructureKind kind() {
            return SharedRing.KIND;
        }

        /**
         * The header repeats the block's size to the byte, the element size divides it, and both positions are whole
         * elements at most a capacity apart.
         */
        @Override
        public Match match(Blocks blocks) {
            Block block = blocks.find("");
            return block != null && RingDescriptor.check(block.memory(), 0) == null ? Match.CERTAIN : Match.NO;
        }

        @Override
        public Description describe(Blocks blocks) {
            Block block = blocks.require("");
            MemorySegment memory = block.memory();
            long elementSize = Math.max(1, RingDescriptor.elementSize(memory));
            long capacityBytes = RingDescriptor.capacityBytes(memory);
            long written = Atomics.getLongAcquire(memory, RingDescriptor.WRITE_POS_OFFSET);
            Map<String, Object> details = new LinkedHashMap<>();
            details.put("written", Long.divideUnsigned(written, elementSize));
            return new Description(elementSize,
                    Occupancy.ofElements(RingDescriptor.usedBytes(memory, capacityBytes) / elementSize,
                            capacityBytes / elementSize),
                    details,
                    List.of(View.elements(block.offset() + RingDescriptor.HEADER_SIZE, capacityBytes / elementSize,
                            elementSize),
                            View.field("write_pos", block.offset() + RingDescriptor.WRITE_POS_OFFSET, "uint64"),
                            View.field("read_pos", block.offset() + RingDescriptor.READ_POS_OFFSET, "uint64")));
        }
    }
}
