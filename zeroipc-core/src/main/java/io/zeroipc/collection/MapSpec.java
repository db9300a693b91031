package io.zeroipc.collection;

import java.util.List;
import java.util.Objects;

import io.zeroipc.StructureKind;
import io.zeroipc.codec.Codec;
import io.zeroipc.format.MapDescriptor;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Part;
import io.zeroipc.segment.Spec;

/**
 * A map to create or to open.
 *
 * @param capacity 0 to take what is stored
 */
record MapSpec<K, V>(Codec<K> key, Codec<V> value, int capacity) implements Spec<SharedMap<K, V>> {

    MapSpec {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        if (value.byteSize() > MapDescriptor.VALUE_SIZE_MAX) {
            throw new IllegalArgumentException("map value is too long: value type=" + value.typeName() + ", bytes="
                    + value.byteSize() + " (expected: at most " + MapDescriptor.VALUE_SIZE_MAX
                    + "; keep longer values in a pool and their handles in the map)");
        }
        if (capacity < 0 || capacity > MapDescriptor.CAPACITY_MAX) {
            throw new IllegalArgumentException(
                    "map capacity is out of range: capacity=" + capacity + " (expected: 1 to "
                            + MapDescriptor.CAPACITY_MAX + "; 0 opens a map as it is)");
        }
    }

    @Override
    public StructureKind kind() {
        return SharedMap.KIND;
    }

    @Override
    public List<Part> parts() {
        if (capacity == 0) {
            throw new IllegalArgumentException("map cannot be created without a capacity: capacity=0 (expected: 1 to "
                    + MapDescriptor.CAPACITY_MAX + "; 0 is for opening)");
        }
        return List.of(new Part("", MapDescriptor.byteSize(capacity, entry()),
                block -> MapDescriptor.format(block.memory(), capacity, entry())));
    }

    @Override
    public SharedMap<K, V> bind(Blocks blocks) {
        Block block = blocks.require("");
        int stored = MapDescriptor.capacity(block.memory());
        blocks.requireSound(MapDescriptor.check(block.memory(), stored, entry()),
                ", key type=" + key.typeName() + ", value type=" + value.typeName());
        if (!MapDescriptor.isReady(block.memory(), stored)) {
            throw blocks.notReady("map is not formatted");
        }
        blocks.requireStored("capacity differs", stored, capacity);
        MapDescriptor.EntryLayout entry = entry();
        blocks.requireSound(
                new KeyPlacement(MapDescriptor.ENTRIES_OFFSET, entry.size(), entry.keyOffset(), entry.keySize())
                        .check(block.memory(), stored, new KeyRules(key)),
                ", key type=" + key.typeName());
        return new SharedMap<>(blocks, block, stored, this);
    }

    MapDescriptor.EntryLayout entry() {
        return new MapDescriptor.EntryLayout(key.byteSize(), key.alignment(), value.byteSize(), value.alignment());
    }
}
