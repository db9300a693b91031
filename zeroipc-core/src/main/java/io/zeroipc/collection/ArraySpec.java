package io.zeroipc.collection;

import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.codec.Codec;
import io.zeroipc.format.ArrayDescriptor;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Description;
import io.zeroipc.segment.Part;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.View;

/** What a caller asks for, and below it what a stranger sees, of a {@link SharedArray}. */
record ArraySpec<T>(Codec<T> codec, long capacity) implements Spec<SharedArray<T>> {

    ArraySpec {
        Objects.requireNonNull(codec, "codec");
        long limit = (Long.MAX_VALUE - ArrayDescriptor.HEADER_SIZE) / codec.byteSize();
        if (capacity < 0 || capacity > limit) {
            throw new IllegalArgumentException("array capacity out of range: capacity=" + capacity
                    + ", element size=" + codec.byteSize() + " (expected: 1 to " + limit
                    + "; 0 opens an array as it is)");
        }
    }

    @Override
    public StructureKind kind() {
        return SharedArray.KIND;
    }

    @Override
    public List<Part> parts() {
        if (capacity == 0) {
            throw new IllegalArgumentException("array capacity is missing: capacity=0 (expected: at least 1)");
        }
        return List.of(new Part("", ArrayDescriptor.byteSize(capacity, codec.byteSize()),
                block -> ArrayDescriptor.format(block.memory(), capacity)));
    }

    @Override
    public SharedArray<T> bind(Blocks blocks) {
        Block block = blocks.require("");
        if (ArrayDescriptor.isUnfinished(block.memory())) {
            throw blocks.notReady("array capacity is still 0");
        }
        blocks.requireSound(ArrayDescriptor.check(block.memory(), codec.byteSize()),
                ", kind=array, element=" + codec.typeName());
        SharedArray<T> array = new SharedArray<>(blocks, block.memory(), codec);
        blocks.requireStored("capacity differs", array.capacity(), capacity);
        return array;
    }

    static final class ArrayProbe implements Probe {

        @Override
        public StructureKind kind() {
            return SharedArray.KIND;
        }

        /** Never certain: a number that divides the block's size is all there is to see. */
        @Override
        public Match match(Blocks blocks) {
            Block block = blocks.find("");
            return block != null && ArrayDescriptor.elementSize(block.memory()) > 0 ? Match.POSSIBLE : Match.NO;
        }

        @Override
        public Description describe(Blocks blocks) {
            Block block = blocks.require("");
            long capacity = Math.max(0, ArrayDescriptor.capacity(block.memory()));
            long elementSize = ArrayDescriptor.elementSize(block.memory());
            return new Description(elementSize, Occupancy.ofElements(capacity, capacity), Map.of(),
                    List.of(View.elements(block.offset() + ArrayDescriptor.HEADER_SIZE, capacity, elementSize)));
        }
    }
}
