package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.util.Map;

import io.zeroipc.ElementSchema;
import io.zeroipc.Occupancy;
import io.zeroipc.RoleTakenException;
import io.zeroipc.StructureKind;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codec;
import io.zeroipc.format.RingDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Binding;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.CommittingIntake;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Lane;
import io.zeroipc.segment.Outlet;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Role;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Sink;
import io.zeroipc.segment.Source;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.WriterOutlet;

/*
 * Overview
 *   Lamport's ring between one writer and one reader, in the bytes of the C++ implementation, with what made it fast later
 *   (FastForward, Agrona, rigtorp): each side keeps a private copy of the other side's position and looks at the shared
 *   one only when that copy says full or empty. Changed from it: bulk operations publish once, the reader may be lazy, and
 *   there is a second mode on the same bytes. RingProducer, RingConsumer and RingObserver hold the positions of a writer,
 *   a reader and a cursor; RingWriter, RingReader and RingCursor turn slots into elements.
 *
 *   In overwrite mode the writer never waits. It owns read_pos as well, as its tail intent: before it writes it moves
 *   read_pos to the oldest position that survives. Any number of cursors copy elements without telling anybody, and look
 *   at read_pos afterwards: what they copied is whole if its position is still not before read_pos.
 *
 *   Why read_pos, and why write_pos cannot do its work: the writer stores write_pos behind the bytes. A cursor that copies
 *   the oldest slot while the writer is inside of it finds write_pos exactly one capacity ahead, as if nothing were
 *   wrong, and takes half of an old element and half of a new one. Leaving one slot's distance does not save it either: a
 *   bulk write is inside many slots, and a release-store of write_pos does not hold back the stores of the next element,
 *   which may become visible first. Intent must be stored before the bytes, with a fence in between.
 *
 * Invariants
 *   I1  write_pos is changed by the holder of role 0 only. read_pos is changed by the holder of role 1 only, which in
 *       overwrite mode is the writer. Both only grow.
 *   I2  0 <= write_pos - read_pos <= capacity, as a difference of unsigned 64-bit numbers; both are whole elements.
 *   I3  the element at position p lies in the slot p mod capacity, in one piece, since the capacity is a multiple of the
 *       element size.
 *   I4  bytes of positions read_pos <= p < write_pos are not written by anybody.
 *
 * Ordering
 *   S1  write_pos is release-stored behind the elements (RingProducer.publish) and acquire-loaded before they are read
 *       (RingConsumer.refresh, RingObserver.fetch).
 *   S2  read_pos is release-stored behind the reading of slots (RingConsumer.publish) and acquire-loaded before they are
 *       written again (RingProducer.makeRoom).
 *   S3  overwrite mode: read_pos, store-store fence, bytes (RingProducer.retire); bytes, load-load fence, read_pos
 *       (RingObserver.fetch). A cursor that saw a new byte sees the new read_pos.
 *   S4  read_pos is release-stored in overwrite mode too and acquire-loaded everywhere, so that nobody who loads it and
 *       then write_pos sees them in the wrong order.
 *   S3 is argued on the hardware's rules, x86-64 and aarch64, since the bytes themselves are plain racing accesses, on
 *   which the Java memory model says nothing; it is tested under load with a checksum in each element.
 *
 * Progress
 *   Writer, reader and cursors are wait-free, each call taking a bounded number of steps. In the first mode a slow reader
 *   fills the ring and offer says so. In overwrite mode nobody delays the writer, and a cursor too slow for it loses
 *   elements and knows how many.
 *
 * If a process dies here
 *   A writer before the store of write_pos: the element it was writing never existed; the next writer takes the same slot.
 *   In overwrite mode read_pos may already have moved: the oldest element is gone although nothing took its place. A
 *   reader before the store of read_pos: what it consumed since the last store is delivered again to the next reader; with
 *   a committing reader, that is what was not committed. A cursor: nothing. The kernel frees the roles of a dead process.
 *
 * If the segment is closed here
 *   A role stands in its own lane, a cursor in its thread's. A reader at rest stores the position of what it has consumed
 *   (RingConsumer.settle) before its role is given back, unless it waits for commits, which end with the role. An open claim is
 *   held: role and mapping stay until it is ended.
 */

/**
 * Elements in the order they were written, between one writer and one reader; or, in overwrite mode, a history of the
 * newest elements that any number of cursors follow.
 *
 * <p>
 * The ring itself is thread-safe. The roles that it hands out are not: a writer, reader or cursor is for one thread at a
 * time, and passing it to another thread needs the usual happens-before. What was stored before an element was written is
 * visible to whoever received it.
 *
 * <p>
 * There is one {@linkplain #writer() writer} and one {@linkplain #reader() reader} at a time in all processes of this
 * library. An overwriting writer takes the reader's role as well, so the two exclude each other. Programs of other
 * languages know no roles: see that there is one of each, and no reader of theirs on an overwriting ring.
 *
 * @param <T> the element
 */
public final class SharedRing<T> implements Source<T>, Sink<T> {

    public static final StructureKind KIND = StructureKind.of("ring");

    public static final Probe PROBE = new RingSpec.RingProbe();

    /** Looks a millisecond apart at a position that another program seems to have cleared, before it is taken for damaged. */
    private static final int CLEARED_MILLIS = 100;

    private static final int WRITER_ROLE = 0;
    private static final int READER_ROLE = 1;

    private final Binding binding;
    private final Blocks blocks;
    private final Block block;
    private final Attachment attachment;
    private final EventCount arrivals;
    private final EventCount departures;
    private final MemorySegment memory;
    private final Codec<T> codec;
    private final long capacityBytes;
    private final int elementSize;
    private final boolean overwrite;
    private final WriterOutlet<RingWriter<T>, T> outlet = new WriterOutlet<>(this::writer, RingWriter::offer,
            RingWriter::offerAll, () -> false, this::departures);

    SharedRing(Blocks blocks, Block block, Codec<T> codec, boolean overwrite) {
        this.binding = blocks.binding(KIND);
        this.blocks = blocks;
        this.block = block;
        this.attachment = blocks.attachment();
        this.arrivals = attachment.arrivals(block, () -> position(RingDescriptor.WRITE_POS_OFFSET));
        this.departures = attachment.departures(block, () -> position(RingDescriptor.READ_POS_OFFSET));
        this.memory = block.memory();
        this.codec = codec;
        // What was stored when it was checked, whatever is stored now.
        this.capacityBytes = memory.byteSize() - RingDescriptor.HEADER_SIZE;
        this.elementSize = codec.byteSize();
        this.overwrite = overwrite;
    }

    /**
     * What to ask a segment for: a ring whose writer waits for its reader.
     *
     * @param capacity number of elements; 0 to open a ring of whatever capacity it has
     * @throws IllegalArgumentException when the capacity is negative, or its bytes do not fit in 32 bits
     */
    public static <T> Spec<SharedRing<T>> spec(Codec<T> codec, long capacity) {
        return spec(codec, capacity, false);
    }

    /**
     * What to ask a segment for. The mode is not stored in the ring: whoever opens it says which one it is in.
     *
     * @param capacity number of elements; 0 to open a ring of whatever capacity it has
     * @param overwrite whether the writer overwrites the oldest element of a full ring
     * @throws IllegalArgumentException when the capacity is negative, or its bytes do not fit in 32 bits
     */
    public static <T> Spec<SharedRing<T>> spec(Codec<T> codec, long capacity, boolean overwrite) {
        return new RingSpec<>(codec, capacity, overwrite);
    }

    public static <T> SharedRing<T> create(Segment segment, String name, Codec<T> codec, long capacity) {
        return segment.create(name, spec(codec, capacity));
    }

    /** Opens a ring of whatever capacity it has. */
    public static <T> SharedRing<T> open(Segment segment, String name, Codec<T> codec) {
        return segment.open(name, spec(codec, 0));
    }

    public static <T> SharedRing<T> openOrCreate(Segment segment, String name, Codec<T> codec, long capacity) {
        return segment.openOrCreate(name, spec(codec, capacity));
    }

    /**
     * Takes the writer's role, and in overwrite mode the reader's role with it.
     *
     * @throws RoleTakenException when another writer, or in overwrite mode a reader, has it in any process
     */
    public RingWriter<T> writer() {
        Role role = blocks.claimRole(block, WRITER_ROLE, "writer");
        boolean kept = false;
        // In its lane, so that the segment's close leaves the role alone until it is complete.
        try (Lane lane = role.lane().enterToWrite()) {
            if (overwrite) {
                role.takeAlong(blocks.claimRole(block, READER_ROLE, "reader"));
            }
            RingWriter<T> writer = new RingWriter<>(this, role, new RingProducer(this, lane));
            kept = true;
            return writer;
        } finally {
            if (!kept) {
                role.close();
            }
        }
    }

    /**
     * Takes the reader's role. Each read gives its slots back to the writer before it returns, batches at least every
     * quarter of the ring.
     *
     * @throws RoleTakenException when another reader, or an overwriting writer, has it in any process
     * @throws IllegalStateException when this object was opened in overwrite mode
     */
    public RingReader<T> reader() {
        return reader(RingConsumer.Release.EACH);
    }

    /**
     * As {@link #reader()}, for highest throughput: gives slots back only once they are a quarter of the ring, when it
     * finds the ring empty, and when it or the segment is closed. So while this reader keeps reading the writer always gets
     * room; when it stops, up to a quarter of the ring stays taken for the writer, and {@link #size()} is too large by as
     * much. If this process dies those elements are delivered again.
     */
    public RingReader<T> lazyReader() {
        return reader(RingConsumer.Release.LAZY);
    }

    private RingReader<T> reader(RingConsumer.Release release) {
        if (overwrite) {
            throw new IllegalStateException(
                    "ring is in overwrite mode, where nobody removes elements: " + describe()
                            + " (read with a cursor)");
        }
        Role role = blocks.claimRole(block, READER_ROLE, "reader");
        boolean kept = false;
        try (Lane lane = role.lane().enterToWrite()) {
            RingConsumer consumer = new RingConsumer(this, lane, release);
            role.settleAtClose(consumer::settle);
            kept = true;
            return new RingReader<>(this, role, consumer);
        } finally {
            if (!kept) {
                role.close();
            }
        }
    }

    /**
     * A reader that removes nothing and that nobody waits for; there may be any number, also in a read-only segment. Meant
     * for overwrite mode. On a ring with a reader it is an onlooker that sees what is not yet consumed.
     *
     * @param start with the next element to come, or the oldest one there
     */
    public RingCursor<T> cursor(Start start) {
        try (Lane _ = attachment.enterToRead()) {
            return new RingCursor<>(this, start);
        }
    }

    /**
     * As {@link #cursor(Start)}, behind the element at a position, as {@link #intakeBehind} says.
     *
     * @param position of an element that was read; -1 for the oldest one there
     */
    public RingCursor<T> cursorBehind(long position) {
        try (Lane _ = attachment.enterToRead()) {
            return new RingCursor<>(this, position);
        }
    }

    /** Whether this object was created or opened in overwrite mode. */
    public boolean isOverwriting() {
        return overwrite;
    }

    /** Number of elements the ring holds when full. */
    public long capacity() {
        return capacityBytes / elementSize;
    }

    /** Elements that can be read now: an estimate. */
    public long size() {
        return attachment.reading(() -> RingDescriptor.usedBytes(memory, capacityBytes)) / elementSize;
    }

    /** Elements written since the ring was created. */
    public long totalWritten() {
        return attachment.reading(() -> Long
                .divideUnsigned(Atomics.getLongAcquire(memory, RingDescriptor.WRITE_POS_OFFSET), elementSize));
    }

    @Override
    public Binding binding() {
        return binding;
    }

    @Override
    public Occupancy occupancy() {
        return Occupancy.ofElements(size(), capacity());
    }

    @Override
    public ElementSchema elementSchema() {
        return codec.schema();
    }

    @Override
    public Map<String, String> options() {
        return overwrite ? Map.of("overwrite", "true") : Map.of();
    }

    @Override
    public boolean isSingleConsumer() {
        return !overwrite;
    }

    @Override
    public boolean isBroadcast() {
        return overwrite;
    }

    /** A {@link #cursor} in overwrite mode, the {@link #reader()} otherwise. */
    @Override
    public Intake<T> intake(Start start) {
        return overwrite ? cursor(start) : reader();
    }

    /** True unless this object was opened in overwrite mode, where nobody removes elements. */
    @Override
    public boolean canCommit() {
        return !overwrite;
    }

    /** True if this object was opened in overwrite mode, where nobody removes elements. */
    @Override
    public boolean canContinue() {
        return overwrite;
    }

    @Override
    public Intake<T> intakeBehind(long position) {
        return overwrite ? cursorBehind(position) : Source.super.intakeBehind(position);
    }

    /**
     * A {@link #reader()} that gives slots back to the writer when their elements are committed. So the writer sees the ring
     * full when {@link #capacity()} elements are not committed.
     *
     * @throws IllegalStateException when this object was opened in overwrite mode
     */
    @Override
    public CommittingIntake<T> committingIntake() {
        return new CommittingRingIntake<>(reader(RingConsumer.Release.COMMITTED));
    }

    /** The one writer behind a lock. Its role is held until the segment is closed. */
    @Override
    public Outlet<T> outlet() {
        return outlet.taken();
    }

    @Override
    public String toString() {
        return "SharedRing[" + describe() + ", element=" + codec.typeName() + ", capacity=" + capacity()
                + ", overwrite="
                + overwrite + "]";
    }

    private long position(long offset) {
        return Atomics.getLongAcquire(memory, offset);
    }

    /** Where to wait for elements. */
    public EventCount arrivals() {
        return arrivals;
    }

    /** Where to wait for room. */
    public EventCount departures() {
        return departures;
    }

    MemorySegment memory() {
        return memory;
    }

    Codec<T> codec() {
        return codec;
    }

    long capacityBytes() {
        return capacityBytes;
    }

    String describe() {
        return binding.describe();
    }

    void requireWidth(int width) {
        if (elementSize != width) {
            throw new UnsupportedOperationException("elements have another width: " + describe() + ", element="
                    + codec.typeName() + ", element size=" + elementSize + " (expected: " + width + " bytes)");
        }
    }

    /**
     * A position that the other side stores. Programs in Python store it with {@code struct.pack_into}, which clears the word
     * first: a 0 that cannot be is looked at again, for longer than such a program is kept from the processor as a rule.
     */
    static long foreignPosition(MemorySegment memory, long offset, boolean canBeZero) {
        long position = Atomics.getLongAcquire(memory, offset);
        int looks = 0;
        while (position == 0 && !canBeZero && looks < SlotWait.LOOKS_MAX + CLEARED_MILLIS) {
            looks = SlotWait.pause(looks);
            position = Atomics.getLongAcquire(memory, offset);
        }
        return position;
    }

    /** For positions that were just taken from the ring, and will be counted on by elements. */
    void requireWhole(long writePosition, long readPosition) {
        if (Long.remainderUnsigned(writePosition, elementSize) != 0
                || Long.remainderUnsigned(readPosition, elementSize) != 0) {
            throw damaged(describe(), writePosition, readPosition, capacityBytes, elementSize);
        }
    }

    /** What to say when a position is read that cannot be. Nothing was done for it, and nothing is out of bounds. */
    static ZeroIpcException damaged(String label, long writePosition, long readPosition, long capacityBytes,
            int elementSize) {
        return new ZeroIpcException("ring positions are damaged: " + label + ", write_pos="
                + Long.toUnsignedString(writePosition) + ", read_pos=" + Long.toUnsignedString(readPosition)
                + ", capacity in bytes=" + capacityBytes + ", element size=" + elementSize
                + " (expected: whole elements, and at most a capacity between them; another program reset the ring or wrote"
                + " over it, or there are two on the same side; give this role back and take it again)");
    }
}
