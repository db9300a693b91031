package io.zeroipc.flow;

import java.lang.invoke.VarHandle;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedPool;
import io.zeroipc.segment.Segment;

/**
 * A map of values of any size: a map leads to a node of a pool, and the node holds the value. One thread writes, any number in
 * any processes read.
 */
public final class LargeMap<K, V> {

    private static final long NONE = -1;

    private final SharedMap<K, Long> index;
    private final SharedPool<V> values;
    /** Counts the nodes taken, so that a node used again never looks like the same one. */
    private long generation;

    public LargeMap(Segment segment, String name, Codec<K> key, Codec<V> value, int capacity) {
        index = SharedMap.openOrCreate(segment, name + ".index", key, Codecs.int64(), capacity);
        // One more than there are keys: a value is replaced by one that is complete.
        values = SharedPool.openOrCreate(segment, name + ".values", value, capacity + 1);
        index.forEach((_, reference) -> generation = Math.max(generation, reference >>> 32));
    }

    /** Stores a value; false when there is no room. For one thread of one process. */
    public boolean put(K key, V value) {
        int node = values.allocate();
        if (node == SharedPool.NO_HANDLE) {
            return false;
        }
        // Whoever still reads an older value of this node has to see that it was taken away before.
        VarHandle.storeStoreFence();
        values.set(node, value);
        long before = index.getOrDefault(key, NONE);
        generation = (generation + 1) & 0x7FFF_FFFF;
        if (!index.put(key, generation << 32 | node)) {
            values.free(node);
            return false;
        }
        if (before != NONE) {
            values.free((int) before);
        }
        return true;
    }

    /** Removes a key; false when it was not there. For the thread that writes. */
    public boolean remove(K key) {
        Long reference = index.remove(key);
        if (reference == null) {
            return false;
        }
        values.free(reference.intValue());
        return true;
    }

    /** The value of a key, whole; {@code ifAbsent} when it is not there. For any thread. */
    public V getOrDefault(K key, V ifAbsent) {
        while (true) {
            long reference = index.getOrDefault(key, NONE);
            if (reference == NONE) {
                return ifAbsent;
            }
            V value = null;
            try {
                value = values.get((int) reference);
            } catch (ZeroIpcException e) {
                // Half a value that was replaced meanwhile; or the bytes are damaged, which shows below.
                if (index.getOrDefault(key, NONE) == reference) {
                    throw e;
                }
            }
            // The value is whole if its node was not taken away while it was read.
            VarHandle.loadLoadFence();
            if (value != null && index.getOrDefault(key, NONE) == reference) {
                return value;
            }
        }
    }
}
