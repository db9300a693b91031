package io.zeroipc.collection;

import java.util.List;
import java.util.Objects;

import io.zeroipc.StructureKind;
import io.zeroipc.codec.Codec;
import io.zeroipc.format.PoolDescriptor;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Part;
import io.zeroipc.segment.Spec;

/**
 * A pool to create or to open.
 *
 * @param capacity 0 to take what is stored
 */
record PoolSpec<T>(Codec<T> codec, int capacity) implements Spec<SharedPool<T>> {

    PoolSpec {
        Objects.requireNonNull(codec, "codec");
        if (capacity < 0 || capacity > PoolDescriptor.CAPACITY_MAX) {
            throw new IllegalArgumentException(
                    "pool capacity is out of range: capacity=" + capacity + " (expected: 1 to "
                            + PoolDescriptor.CAPACITY_MAX + "; 0 opens a pool as it is)");
        }
    }

    @Override
    public StructureKind kind() {
        return SharedPool.KIND;
    }

    @Override
    public List<Part> parts() {
        if (capacity == 0) {
            throw new IllegalArgumentException("pool cannot be created without a capacity: capacity=0 (expected: 1 to "
                    + PoolDescriptor.CAPACITY_MAX + "; 0 is for opening)");
        }
        return List.of(new Part("", PoolDescriptor.byteSize(capacity, codec.byteSize(), codec.alignment()),
                block -> PoolDescriptor.format(block.memory(), capacity, codec.byteSize(), codec.alignment())));
    }

    @Override
    public SharedPool<T> bind(Blocks blocks) {
        Block block = blocks.require("");
        int stored = PoolDescriptor.capacity(block.memory());
        blocks.requireSound(PoolDescriptor.check(block.memory(), stored, codec.byteSize(), codec.alignment()),
                ", element type=" + codec.typeName());
        if (!PoolDescriptor.isReady(block.memory(), stored, codec.byteSize())) {
            throw blocks.notReady("pool is not formatted");
        }
        blocks.requireStored("capacity differs", stored, capacity);
        return new SharedPool<>(blocks, block, stored, codec);
    }
}
