package io.zeroipc.collection;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.function.Consumer;

import io.zeroipc.ElementSchema;
import io.zeroipc.Occupancy;
import io.zeroipc.StructureBusyException;
import io.zeroipc.StructureKind;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codec;
import io.zeroipc.format.SetDescriptor;
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
 * A set of bounded size in shared memory for any number of threads in any processes. Thread-safe but for
 * {@link #compact}. Byte-compatible with the set of the C++ implementation: {@code docs/format/set.md}, which also says
 * what differs where threads meet in the middle of an operation.
 *
 * <p>
 * Elements are equal when C++ finds them equal: numbers by value, everything else by all bytes of its encoding. A NaN,
 * which equals nothing, is refused. 0.0 and -0.0 are equal and have different hashes, so that one may be added beside the
 * other: keep to one of them.
 *
 * <p>
 * No operation waits, except for an element that another thread is just changing. For a process that was killed in the middle, others
 * end or undo what it had begun. When it takes longer than about a second, as the thread was stopped there, every operation on this element throws {@link StructureBusyException}:
 * whether the element is there cannot be told, and nothing was changed. Such a wait keeps an interrupt for later, and ends
 * when the segment is closed. Other elements are not affected. An operation on an element whose entry another program has
 * damaged throws {@link ZeroIpcException}. What a thread did before it added an element happens before what a thread does after it found it. An entry that was removed is used
 * again by later additions, but lookups go on past it: a set that is full of such entries is slow until
 * {@link #compact}.
 *
 * @param <T> the element
 */
public final class SharedSet<T> implements Structure {

    public static final StructureKind KIND = StructureKind.of("set");
    public static final Probe PROBE = new SetProbe();

    private final Binding binding;
    private final Codec<T> codec;
    private final HashEntries entries;
    private final ElementScratch scratch;

    SharedSet(Blocks blocks, Block block, int capacity, Codec<T> codec) {
        this.binding = blocks.binding(KIND);
        this.codec = codec;
        int size = codec.byteSize();
        long entrySize = SetDescriptor.entrySize(size, codec.alignment());
        this.entries = new HashEntries(blocks, block, capacity,
                new HashEntries.Layout(SetDescriptor.ENTRIES_OFFSET, entrySize,
                        SetDescriptor.valueOffset(codec.alignment()), size, entrySize, 0),
                new KeyRules(codec));
        this.scratch = new ElementScratch(entries.scratchSize());
    }

    /**
     * A set to create or open.
     *
     * @param capacity 1 to 2^30 entries; half as many elements keep it fast. To open, 0 accepts what is stored, and
     *        anything else must match it
     */
    public static <T> Spec<SharedSet<T>> spec(Codec<T> codec, int capacity) {
        return new SetSpec<>(codec, capacity);
    }

    /** Creates a set; see {@link Segment#create} and {@link #spec}. */
    public static <T> SharedSet<T> create(Segment segment, String name, Codec<T> codec, int capacity) {
        return segment.create(name, spec(codec, capacity));
    }

    /** Opens a set of whatever capacity; see {@link Segment#open}. */
    public static <T> SharedSet<T> open(Segment segment, String name, Codec<T> codec) {
        return segment.open(name, spec(codec, 0));
    }

    /** Opens a set, or creates it; see {@link Segment#openOrCreate} and {@link #spec}. */
    public static <T> SharedSet<T> openOrCreate(Segment segment, String name, Codec<T> codec, int capacity) {
        return segment.openOrCreate(name, spec(codec, capacity));
    }

    /**
     * Adds an element.
     *
     * @return true when it was added; false when it is there already, or when no entry is left: {@link #contains} tells
     *         which
     * @throws IllegalArgumentException when the codec refuses the element, or it is a NaN
     */
    public boolean add(T element) {
        try (Lease lease = scratch.take()) {
            return entries.add(encode(element, lease), false) == HashEntries.Addition.ADDED;
        }
    }

    /** Whether an element is there. */
    public boolean contains(T element) {
        try (Lease lease = scratch.take()) {
            return entries.find(encode(element, lease));
        }
    }

    /** Removes an element; false when it is not there. */
    public boolean remove(T element) {
        try (Lease lease = scratch.take()) {
            return entries.remove(encode(element, lease));
        }
    }

    /**
     * Hands each element to {@code consumer} that is there when its entry's turn comes; not a snapshot of one moment. An
     * element that is removed and added again meanwhile may be seen twice. The consumer may do what it likes, use this set
     * or close the segment included: then nothing more is handed out, and this fails as every operation does.
     *
     * @throws ZeroIpcException when it could not be told of an entry whether it has one, a {@link StructureBusyException} as
     *         a rule; all others were handed out
     */
    public void forEach(Consumer<? super T> consumer) {
        // Private to this call: the consumer may use this set.
        MemorySegment copy = Arena.ofAuto().allocate(entries.scratchSize(), Long.BYTES);
        entries.forEach(copy, () -> consumer.accept(codec.decode(copy, 0)));
    }

    /**
     * Makes entries that were removed, or that a dead process left unfinished, as good as new. Nobody may use the set
     * meanwhile, in any process and language: that is for the caller to ensure.
     */
    public void compact() {
        entries.compact();
    }

    public int capacity() {
        return entries.capacity();
    }

    /** Elements in the set: an estimate. */
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

    @Override
    public ElementSchema elementSchema() {
        return codec.schema();
    }

    @Override
    public String toString() {
        return "SharedSet[" + binding.describe() + ", type=" + codec.typeName() + ", capacity="
                + capacity() + "]";
    }

    private MemorySegment encode(T element, Lease lease) {
        MemorySegment encoded = lease.memory();
        codec.encode(Objects.requireNonNull(element, "element"), encoded, 0);
        return encoded;
    }
}
