package io.zeroipc.collection;

import java.util.List;
import java.util.Objects;

import io.zeroipc.StructureKind;
import io.zeroipc.codec.Codec;
import io.zeroipc.format.SetDescriptor;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Part;
import io.zeroipc.segment.Spec;

/**
 * A set to create or to open.
 *
 * @param capacity 0 to take what is stored
 */
record SetSpec<T>(Codec<T> codec, int capacity) implements Spec<SharedSet<T>> {

    SetSpec {
        Objects.requireNonNull(codec, "codec");
        if (capacity < 0 || capacity > SetDescriptor.CAPACITY_MAX) {
            throw new IllegalArgumentException(
                    "set capacity is out of range: capacity=" + capacity + " (expected: 1 to "
                            + SetDescriptor.CAPACITY_MAX + "; 0 opens a set as it is)");
        }
    }

    @Override
    public StructureKind kind() {
        return SharedSet.KIND;
    }

    @Override
    public List<Part> parts() {
        if (capacity == 0) {
            throw new IllegalArgumentException("set cannot be created without a capacity: capacity=0 (expected: 1 to "
                    + SetDescriptor.CAPACITY_MAX + "; 0 is for opening)");
        }
        return List.of(new Part("", SetDescriptor.byteSize(capacity, codec.byteSize(), codec.alignment()),
                block -> SetDescriptor.format(block.memory(), capacity, codec.byteSize(), codec.alignment())));
    }

    @Override
    public SharedSet<T> bind(Blocks blocks) {
        Block block = blocks.require("");
        int stored = SetDescriptor.capacity(block.memory());
        blocks.requireSound(SetDescriptor.check(block.memory(), stored, codec.byteSize(), codec.alignment()),
                ", element type=" + codec.typeName());
        if (!SetDescriptor.isReady(block.memory(), stored)) {
            throw blocks.notReady("set is not formatted");
        }
        blocks.requireStored("capacity differs", stored, capacity);
        int alignment = codec.alignment();
        blocks.requireSound(
                new KeyPlacement(SetDescriptor.ENTRIES_OFFSET, SetDescriptor.entrySize(codec.byteSize(), alignment),
                        SetDescriptor.valueOffset(alignment), codec.byteSize())
                        .check(block.memory(), stored, new KeyRules(codec)),
                ", element type=" + codec.typeName());
        return new SharedSet<>(blocks, block, stored, codec);
    }
}
