package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

import io.zeroipc.ElementSchema;
import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.codec.Codec;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Binding;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Lane;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.Structure;

/**
 * A fixed number of equal nodes in shared memory, handed out and taken back, for any number of threads in any processes.
 * Thread-safe. Byte-compatible with the pool of the C++ implementation, and of the Python one for elements with an
 * alignment of at most 4: {@code docs/format/pool.md}.
 *
 * <p>
 * The handle of a node is its index, the same in all processes. Who owns a node is for the application to know: nothing
 * here checks that the caller of {@link #get}, {@link #set} or {@link #free} is the owner. Handles travel through a queue,
 * a map or an array; what was stored in a node before its handle was offered to a queue is there for whoever polls it.
 * Access to elements is plain.
 *
 * <p>
 * No operation waits. Freeing a node that is free already is refused. Nodes of a process that died, or that closed the segment
 * while it had them, stay handed out, as their handles may be anywhere by then; but for a node that it was just about to get, or was
 * giving back: that one is free again.
 *
 * <p>
 * The algorithm, its invariants, and what happens if a process dies, stand in {@link PoolNodes}.
 *
 * @param <T> the element
 */
public final class SharedPool<T> implements Structure {

    public static final StructureKind KIND = StructureKind.of("pool");
    public static final Probe PROBE = new PoolProbe();

    /** No handle: nothing is free. */
    public static final int NO_HANDLE = PoolNodes.NONE;

    static final String UNIT = "nodes";

    private final Binding binding;
    private final Attachment attachment;
    private final Codec<T> codec;
    private final MemorySegment block;
    private final PoolNodes nodes;

    SharedPool(Blocks blocks, Block block, int capacity, Codec<T> codec) {
        this.binding = blocks.binding(KIND);
        this.attachment = blocks.attachment();
        this.codec = codec;
        this.block = block.memory();
        this.nodes = new PoolNodes(block, attachment.claims(), capacity, codec.byteSize(), codec.alignment(),
                blocks.shared(PoolNodes.Stripes.class, block, PoolNodes.Stripes::new), describe());
        attachment.recoverer(PoolRecoverer.class, block,
                () -> new PoolRecoverer(this.block, capacity, codec.byteSize(), codec.alignment()));
    }

    /**
     * A pool to create or open.
     *
     * @param capacity 1 to 2^30 nodes; to open, 0 accepts what is stored, and anything else must match it
     */
    public static <T> Spec<SharedPool<T>> spec(Codec<T> codec, int capacity) {
        return new PoolSpec<>(codec, capacity);
    }

    /** Creates a pool; see {@link Segment#create} and {@link #spec}. */
    public static <T> SharedPool<T> create(Segment segment, String name, Codec<T> codec, int capacity) {
        return segment.create(name, spec(codec, capacity));
    }

    /** Opens a pool of whatever capacity; see {@link Segment#open}. */
    public static <T> SharedPool<T> open(Segment segment, String name, Codec<T> codec) {
        return segment.open(name, spec(codec, 0));
    }

    /** Opens a pool, or creates it; see {@link Segment#openOrCreate} and {@link #spec}. */
    public static <T> SharedPool<T> openOrCreate(Segment segment, String name, Codec<T> codec, int capacity) {
        return segment.openOrCreate(name, spec(codec, capacity));
    }

    /**
     * Takes a node. Its element is what its last owner left there, zeroes at first.
     *
     * @return its handle, 0 to capacity - 1; {@link #NO_HANDLE} when all nodes are handed out
     */
    public int allocate() {
        try (Lane lane = attachment.enterToWrite()) {
            return nodes.allocate(lane);
        }
    }

    /**
     * Gives a node back. Takes time proportional to the number of free nodes if a program in another language allocated
     * it, else constant time. Nobody can notice when the node was handed out again since it was freed, nor when another
     * process frees it in the same moment: do not use a handle after freeing it.
     *
     * @throws IllegalStateException when the node is free already; nothing is changed
     * @throws IndexOutOfBoundsException when there is no such node
     */
    public void free(int handle) {
        try (Lane lane = attachment.enterToWrite()) {
            if (!nodes.free(lane, handle)) {
                throw new IllegalStateException("node is free already: " + describe() + ", handle=" + handle
                        + " (expected: one that allocate() returned and that was not freed since)");
            }
        }
    }

    /**
     * The element of a node.
     *
     * @throws IndexOutOfBoundsException when there is no such node
     */
    public T get(int handle) {
        try (Lane _ = attachment.enterToRead()) {
            return codec.decode(block, nodes.offset(handle));
        }
    }

    /**
     * Stores the element of a node.
     *
     * @throws IllegalArgumentException when the codec refuses the element
     * @throws IndexOutOfBoundsException when there is no such node
     */
    public void set(int handle, T element) {
        try (Lane _ = attachment.enterToWrite()) {
            codec.encode(Objects.requireNonNull(element, "element"), block, nodes.offset(handle));
        }
    }

    /** The bytes of the pool, to access elements in place at {@link #offset}. */
    public MemorySegment memory() {
        return block;
    }

    /**
     * Where the element of a node begins in {@link #memory()}.
     *
     * @throws IndexOutOfBoundsException when there is no such node
     */
    public long offset(int handle) {
        return nodes.offset(handle);
    }

    public int capacity() {
        return nodes.capacity();
    }

    /** Nodes that are handed out: an estimate. */
    public int allocated() {
        return attachment.reading(nodes::allocated);
    }

    @Override
    public Occupancy occupancy() {
        return new Occupancy(allocated(), capacity(), UNIT);
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
        return "SharedPool[" + describe() + ", type=" + codec.typeName() + ", capacity=" + capacity() + "]";
    }

    private String describe() {
        return binding.describe();
    }
}
