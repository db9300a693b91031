package io.zeroipc.collection;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ElementSchema;
import io.zeroipc.Occupancy;
import io.zeroipc.OwnerDiedException;
import io.zeroipc.StructureBusyException;
import io.zeroipc.StructureKind;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codec;
import io.zeroipc.format.MapDescriptor;
import io.zeroipc.memory.ElementScratch;
import io.zeroipc.memory.ElementScratch.Lease;
import io.zeroipc.segment.Binding;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.Structure;

/**
 * A map of bounded size in shared memory for any number of threads in any processes. Thread-safe but for
 * {@link #compact}. Byte-compatible with the map of the C++ implementation: {@code docs/format/map.md}, which also says
 * what differs where threads meet in the middle of an operation. Values have at most 8 bytes; longer ones can live in a
 * {@link SharedPool}, with their handles in the map.
 *
 * <p>
 * Keys are equal when C++ finds them equal: numbers by value, everything else by all bytes of its encoding. A NaN, which
 * equals nothing, is refused. 0.0 and -0.0 are equal and have different hashes, so that one may be added beside the other:
 * keep to one of them.
 *
 * <p>
 * No operation waits, except for a key that another thread is just changing, or, in a map that keys are removed from,
 * reading. When that takes longer than about a second, as the thread was stopped in the middle, every operation on
 * this key throws {@link StructureBusyException}: whether the key is there cannot be told, and nothing was changed. For a process that
 * was killed there, others end or undo what it had begun; only a value of other than 1, 4 or 8 bytes may stay half changed, and then
 * every operation on this key throws {@link OwnerDiedException} until {@link #put} stores a new value. What else a killed program in
 * another language leaves, {@link #compact} frees. Such a
 * wait keeps an interrupt for later, and ends when the segment is closed. Other keys are not affected. An operation on a key
 * whose entry another program has damaged throws {@link ZeroIpcException}. What a thread did before it put a value happens before what a thread does after it got that value. An entry whose key was removed is
 * used again by later additions, but lookups go on past it: a map that is full of such entries is slow until
 * {@link #compact}.
 *
 * @param <K> the key
 * @param <V> the value
 */
public final class SharedMap<K, V> implements Structure {

    public static final StructureKind KIND = StructureKind.of("map");
    public static final Probe PROBE = new MapProbe();

    private final Binding binding;
    private final Codec<K> keys;
    private final Codec<V> values;
    private final HashEntries entries;
    private final ElementScratch scratch;

    SharedMap(Blocks blocks, Block block, int capacity, MapSpec<K, V> spec) {
        this.binding = blocks.binding(KIND);
        this.keys = spec.key();
        this.values = spec.value();
        MapDescriptor.EntryLayout entry = spec.entry();
        this.entries = new HashEntries(blocks, block, capacity,
                new HashEntries.Layout(MapDescriptor.ENTRIES_OFFSET, entry.size(), entry.keyOffset(), entry.keySize(),
                        entry.valueOffset(), entry.valueSize()),
                new KeyRules(keys));
        this.scratch = new ElementScratch(entries.scratchSize());
    }

    /**
     * A map to create or open.
     *
     * @param value at most 8 bytes
     * @param capacity 1 to 2^30 entries; half as many keys keep it fast. To open, 0 accepts what is stored, and anything
     *        else must match it
     * @throws IllegalArgumentException when values are longer than 8 bytes
     */
    public static <K, V> Spec<SharedMap<K, V>> spec(Codec<K> key, Codec<V> value, int capacity) {
        return new MapSpec<>(key, value, capacity);
    }

    /** Creates a map; see {@link Segment#create} and {@link #spec}. */
    public static <K, V> SharedMap<K, V> create(Segment segment, String name, Codec<K> key, Codec<V> value,
            int capacity) {
        return segment.create(name, spec(key, value, capacity));
    }

    /** Opens a map of whatever capacity; see {@link Segment#open}. */
    public static <K, V> SharedMap<K, V> open(Segment segment, String name, Codec<K> key, Codec<V> value) {
        return segment.open(name, spec(key, value, 0));
    }

    /** Opens a map, or creates it; see {@link Segment#openOrCreate} and {@link #spec}. */
    public static <K, V> SharedMap<K, V> openOrCreate(Segment segment, String name, Codec<K> key, Codec<V> value,
            int capacity) {
        return segment.openOrCreate(name, spec(key, value, capacity));
    }

    /**
     * Stores a value under a key, in place of the value that is there.
     *
     * @return false when the key is not there and no entry is left; nothing is stored then
     * @throws IllegalArgumentException when a codec refuses key or value, or the key is a NaN
     * @throws StructureBusyException when it cannot be told whether the key is there
     */
    public boolean put(K key, V value) {
        return store(key, value, true) != HashEntries.Addition.FULL;
    }

    /**
     * Stores a value under a key that is not there.
     *
     * @return true when it was stored; false when the key is there already, or when no entry is left:
     *         {@link #containsKey} tells which
     * @throws IllegalArgumentException when a codec refuses key or value, or the key is a NaN
     */
    public boolean putIfAbsent(K key, V value) {
        return store(key, value, false) == HashEntries.Addition.ADDED;
    }

    /**
     * The value of a key; null when it is not there.
     *
     * @throws OwnerDiedException when a process died while it replaced the value, of other than 1, 4 or 8 bytes
     */
    public @Nullable V get(K key) {
        try (Lease lease = scratch.take()) {
            MemorySegment encoded = encode(key, lease);
            return entries.find(encoded) ? values.decode(encoded, entries.oldValueOffset()) : null;
        }
    }

    /** The value of a key; {@code ifAbsent} when it is not there. */
    public V getOrDefault(K key, V ifAbsent) {
        V value = get(key);
        return value == null ? ifAbsent : value;
    }

    /** Whether a key is there. */
    public boolean containsKey(K key) {
        try (Lease lease = scratch.take()) {
            return entries.find(encode(key, lease));
        }
    }

    /** Removes a key; its value, or null when it is not there. */
    public @Nullable V remove(K key) {
        try (Lease lease = scratch.take()) {
            MemorySegment encoded = encode(key, lease);
            return entries.remove(encoded) ? values.decode(encoded, entries.oldValueOffset()) : null;
        }
    }

    /**
     * Hands each key that is there when its entry's turn comes, with its value, to {@code consumer}; not a snapshot of one
     * moment. A key that is removed and put again meanwhile may be seen twice. The consumer may do what it likes, use this map
     * or close the segment included: then nothing more is handed out, and this fails as every operation does.
     *
     * @throws ZeroIpcException when it could not be told of an entry whether it has a key, a {@link StructureBusyException} as
     *         a rule; all others were handed out
     */
    public void forEach(BiConsumer<? super K, ? super V> consumer) {
        // Private to this call: the consumer may use this map.
        MemorySegment copy = Arena.ofAuto().allocate(entries.scratchSize(), Long.BYTES);
        entries.forEach(copy,
                () -> consumer.accept(keys.decode(copy, 0), values.decode(copy, entries.oldValueOffset())));
    }

    /**
     * Makes entries whose key was removed, or that a dead program left unfinished, as good as new. Nobody may use the map
     * meanwhile, in any process and language: that is for the caller to ensure.
     */
    public void compact() {
        entries.compact();
    }

    public int capacity() {
        return entries.capacity();
    }

    /** Keys in the map: an estimate. */
    public int size() {
        return entries.size();
    }

    /** Whether {@link #size()} is 0. */
    public boolean isEmpty() {
        return size() == 0;
    }

    @Override
    public Occupancy occupancy() {
        return Occupancy.ofElements(size(), capacity());
    }

    @Override
    public Binding binding() {
        return binding;
    }

    /** What the bytes of a value mean. */
    @Override
    public ElementSchema elementSchema() {
        return values.schema();
    }

    @Override
    public ElementSchema keySchema() {
        return keys.schema();
    }

    @Override
    public Map<String, String> options() {
        return Map.of("key", keys.typeName());
    }

    /** The type of keys, in the vocabulary of the codecs. */
    public String keyType() {
        return keys.typeName();
    }

    @Override
    public String toString() {
        return "SharedMap[" + binding.describe() + ", key=" + keys.typeName() + ", value="
                + values.typeName() + ", capacity=" + capacity() + "]";
    }

    private HashEntries.Addition store(K key, V value, boolean replace) {
        try (Lease lease = scratch.take()) {
            MemorySegment encoded = encode(key, lease);
            values.encode(Objects.requireNonNull(value, "value"), encoded, entries.newValueOffset());
            return entries.add(encoded, replace);
        }
    }

    private MemorySegment encode(K key, Lease lease) {
        MemorySegment encoded = lease.memory();
        keys.encode(Objects.requireNonNull(key, "key"), encoded, 0);
        return encoded;
    }
}
