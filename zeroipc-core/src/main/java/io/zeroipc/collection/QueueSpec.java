package io.zeroipc.collection;

import java.util.List;

import io.zeroipc.StructureKind;
import io.zeroipc.codec.Codec;
import io.zeroipc.format.QueueDescriptor;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.OnConsumerDeath;
import io.zeroipc.segment.Part;
import io.zeroipc.segment.Spec;

/**
 * A queue to create or to open.
 *
 * @param capacity as it is stored; 0 to take what is stored
 * @param policy of the consumers of the object that this opens
 */
record QueueSpec<T>(Codec<T> codec, int capacity, OnConsumerDeath policy) implements Spec<SharedQueue<T>> {

    static <T> QueueSpec<T> of(Codec<T> codec, int capacity, OnConsumerDeath policy) {
        return new QueueSpec<>(codec, capacity == 0 ? 0 : QueueDescriptor.roundedCapacity(capacity), policy);
    }

    @Override
    public StructureKind kind() {
        return SharedQueue.KIND;
    }

    @Override
    public List<Part> parts() {
        if (capacity == 0) {
            throw new IllegalArgumentException("queue cannot be created without a capacity: capacity=0 (expected: 1 to "
                    + QueueDescriptor.CAPACITY_MAX + "; 0 is for opening)");
        }
        return List.of(new Part("", QueueDescriptor.byteSize(capacity, codec.byteSize()),
                block -> QueueDescriptor.format(block.memory(), capacity, codec.byteSize())));
    }

    @Override
    public SharedQueue<T> bind(Blocks blocks) {
        Block block = blocks.require("");
        int stored = QueueDescriptor.capacity(block.memory());
        blocks.requireSound(QueueDescriptor.check(block.memory(), stored, codec.byteSize()),
                ", element type=" + codec.typeName());
        if (!QueueDescriptor.isReady(block.memory(), stored, codec.byteSize())) {
            throw blocks.notReady("queue is not formatted");
        }
        blocks.requireStored("capacity differs", stored, capacity);
        return new SharedQueue<>(blocks, block, stored, codec, policy);
    }
}
