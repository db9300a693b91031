package io.zeroipc.collection;

import java.util.List;
import java.util.Objects;

import io.zeroipc.StructureKind;
import io.zeroipc.codec.Codec;
import io.zeroipc.format.StackDescriptor;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Part;
import io.zeroipc.segment.Spec;

/**
 * A stack to create or to open.
 *
 * @param capacity 0 to take what is stored
 */
record StackSpec<T>(Codec<T> codec, int capacity) implements Spec<SharedStack<T>> {

    StackSpec {
        Objects.requireNonNull(codec, "codec");
        if (capacity < 0 || capacity > StackDescriptor.CAPACITY_MAX) {
            throw new IllegalArgumentException(
                    "stack capacity is out of range: capacity=" + capacity + " (expected: 1 to "
                            + StackDescriptor.CAPACITY_MAX + "; 0 opens a stack as it is)");
        }
    }

    @Override
    public StructureKind kind() {
        return SharedStack.KIND;
    }

    @Override
    public List<Part> parts() {
        if (capacity == 0) {
            throw new IllegalArgumentException("stack cannot be created without a capacity: capacity=0 (expected: 1 to "
                    + StackDescriptor.CAPACITY_MAX + "; 0 is for opening)");
        }
        return List.of(new Part("", StackDescriptor.byteSize(capacity, codec.byteSize()),
                block -> StackDescriptor.format(block.memory(), capacity, codec.byteSize())));
    }

    @Override
    public SharedStack<T> bind(Blocks blocks) {
        Block block = blocks.require("");
        int stored = StackDescriptor.capacity(block.memory());
        blocks.requireSound(StackDescriptor.check(block.memory(), stored, codec.byteSize()),
                ", element type=" + codec.typeName());
        if (!StackDescriptor.isReady(block.memory(), stored)) {
            throw blocks.notReady("stack is not formatted");
        }
        blocks.requireStored("capacity differs", stored, capacity);
        return new SharedStack<>(blocks, block, stored, codec);
    }
}
