package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ElementSchema;
import io.zeroipc.Occupancy;
import io.zeroipc.RoleTakenException;
import io.zeroipc.StructureKind;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codec;
import io.zeroipc.format.RingDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.CommittingIntake;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Outlet;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Role;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Sink;
import io.zeroipc.segment.SlotConsumer;
import io.zeroipc.segment.Source;
import io.zeroipc.segment.Spec;
import io.zeroipc.wait.Deadline;

/*
 * Overview
 *   Lamport's ring between one writer and one reader, in the bytes of the C++ implementation, with what made it fast later
 *   (FastForward, Agrona, rigtorp): each side keeps a private copy of the other side's position and looks at the shared
 *   one only when that copy says full or empty. Changed from it: bulk operations publish once, the reader may be lazy, and
 *   there is a second mode on the same bytes. RingProducer, RingConsumer and RingObserver hold the positions of a writer,
 *   a reader and a cursor; the classes here turn slots into elements.
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

    private static final int WRITER_ROLE = 0;
    private static final int READER_ROLE = 1;

    private final Blocks blocks;
    private final Block block;
    private final Attachment attachment;
    private final MemorySegment memory;
    private final Codec<T> codec;
    private final long capacityBytes;
    private final int elementSize;
    private final boolean overwrite;
    private final ReentrantLock outletLock = new ReentrantLock();
    private @Nullable RingOutlet<T> outlet;

    SharedRing(Blocks blocks, Block block, Codec<T> codec, boolean overwrite) {
        this.blocks = blocks;
        this.block = block;
        this.attachment = blocks.attachment();
        this.memory = block.memory();
        this.codec = codec;
        this.capacityBytes = RingDescriptor.capacityBytes(memory);
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
    public Writer<T> writer() {
        Role role = blocks.claimRole(block, WRITER_ROLE, "writer");
        @Nullable Role tail = null;
        try {
            if (overwrite) {
                tail = blocks.claimRole(block, READER_ROLE, "reader");
            }
            return new Writer<>(this, role, tail);
        } catch (RuntimeException e) {
            role.close();
            if (tail != null) {
                tail.close();
            }
            throw e;
        }
    }

    /**
     * Takes the reader's role. Each read gives its slots back to the writer before it returns, batches at least every
     * quarter of the ring.
     *
     * @throws RoleTakenException when another reader, or an overwriting writer, has it in any process
     * @throws IllegalStateException when this object was opened in overwrite mode
     */
    public Reader<T> reader() {
        return reader(RingConsumer.Release.EACH);
    }

    /**
     * As {@link #reader()}, for highest throughput: gives slots back only once they are a quarter of the ring, when it
     * finds the ring empty, and when it is closed. So while this reader keeps reading the writer always gets room; when it
     * stops, up to a quarter of the ring stays taken for the writer, and {@link #size()} is too large by as much. If this
     * process dies, or the segment is closed before the reader is, those elements are delivered again.
     */
    public Reader<T> lazyReader() {
        return reader(RingConsumer.Release.LAZY);
    }

    private Reader<T> reader(RingConsumer.Release release) {
        if (overwrite) {
            throw new IllegalStateException(
                    "ring is in overwrite mode, where nobody removes elements: " + describe()
                            + " (read with a cursor)");
        }
        Role role = blocks.claimRole(block, READER_ROLE, "reader");
        try {
            return new Reader<>(this, role, release);
        } catch (RuntimeException e) {
            role.close();
            throw e;
        }
    }

    /**
     * A reader that removes nothing and that nobody waits for; there may be any number, also in a read-only segment. Meant
     * for overwrite mode. On a ring with a reader it is an onlooker that sees what is not yet consumed.
     *
     * @param start with the next element to come, or the oldest one there
     */
    public Cursor<T> cursor(Start start) {
        attachment.ensureReadable();
        return new Cursor<>(this, start);
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
        attachment.ensureReadable();
        return RingDescriptor.usedBytes(memory, capacityBytes) / elementSize;
    }

    /** Elements written since the ring was created. */
    public long totalWritten() {
        attachment.ensureReadable();
        return Long.divideUnsigned(Atomics.getLongAcquire(memory, RingDescriptor.WRITE_POS_OFFSET), elementSize);
    }

    @Override
    public String name() {
        return blocks.name();
    }

    @Override
    public StructureKind kind() {
        return KIND;
    }

    @Override
    public Segment segment() {
        return blocks.segment();
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
        outletLock.lock();
        try {
            if (outlet == null) {
                outlet = new RingOutlet<>(writer());
            }
            return outlet;
        } finally {
            outletLock.unlock();
        }
    }

    @Override
    public String toString() {
        return "SharedRing[" + describe() + ", element=" + codec.typeName() + ", capacity=" + capacity()
                + ", overwrite="
                + overwrite + "]";
    }

    MemorySegment memory() {
        return memory;
    }

    long capacityBytes() {
        return capacityBytes;
    }

    String describe() {
        return "segment=" + blocks.segment().name() + ", name=" + blocks.name();
    }

    UnsupportedOperationException notWide(int width) {
        return new UnsupportedOperationException("elements have another width: " + describe() + ", element="
                + codec.typeName() + ", element size=" + elementSize + " (expected: " + width + " bytes)");
    }

    static ZeroIpcException inconsistent(String label, long writePosition, long readPosition, long capacityBytes) {
        return new ZeroIpcException("ring positions are inconsistent: " + label + ", write_pos="
                + Long.toUnsignedString(writePosition) + ", read_pos=" + Long.toUnsignedString(readPosition)
                + ", capacity in bytes=" + capacityBytes
                + " (another program reset the ring, or there are two on the same side; give this role back and take it"
                + " again)");
    }

    /**
     * The writing side. For one thread at a time.
     *
     * @param <T> the element
     */
    public static final class Writer<T> implements AutoCloseable {

        /** What {@link #tryClaim} returns when no slot is free. */
        public static final long NO_CLAIM = RingProducer.FULL;

        private final SharedRing<T> ring;
        private final Attachment attachment;
        private final MemorySegment memory;
        private final Codec<T> codec;
        private final RingProducer producer;
        private final Role role;
        private final @Nullable Role tail;

        private Writer(SharedRing<T> ring, Role role, @Nullable Role tail) {
            this.ring = ring;
            this.attachment = ring.attachment;
            this.memory = ring.memory;
            this.codec = ring.codec;
            this.producer = new RingProducer(ring, ring.overwrite);
            this.role = role;
            this.tail = tail;
        }

        /**
         * Writes without waiting; false when the ring is full, which never happens in overwrite mode. When the codec
         * refuses the element nothing is written.
         */
        public boolean offer(T element) {
            producer.begin();
            long slot = producer.next();
            if (slot == RingProducer.FULL) {
                return false;
            }
            codec.encode(element, memory, slot);
            producer.publish(1);
            return true;
        }

        /** Writes, waiting up to {@code timeout} for room; false when there was none. */
        public boolean offer(T element, Duration timeout) throws InterruptedException {
            if (offer(element)) {
                return true;
            }
            Deadline deadline = Deadline.after(timeout);
            int attempts = 0;
            do {
                if (deadline.expired()) {
                    return false;
                }
                attempts = attachment.pause(attempts);
            } while (!offer(element));
            return true;
        }

        /** Writes, waiting for room as long as it takes. */
        public void put(T element) throws InterruptedException {
            int attempts = 0;
            while (!offer(element)) {
                attempts = attachment.pause(attempts);
            }
        }

        /**
         * Writes as many elements as fit, in order, and makes them visible together; a ring in overwrite mode takes all,
         * a quarter of its capacity at a time. When the codec refuses one, those before it are written.
         *
         * @return how many were written
         */
        public int offerAll(Collection<? extends T> elements) {
            producer.begin();
            int left = elements.size();
            int written = 0;
            int room = 0;
            int encoded = 0;
            try {
                for (T element : elements) {
                    if (encoded == room) {
                        written += encoded;
                        producer.publish(encoded);
                        encoded = 0;
                        room = producer.room(left - written);
                        if (room == 0) {
                            break;
                        }
                    }
                    codec.encode(element, memory, producer.slotAt(encoded));
                    encoded++;
                }
            } finally {
                producer.publish(encoded);
            }
            return written + encoded;
        }

        /**
         * Hands out the next slot of {@link #memory()}, to be filled in place and then {@linkplain #publish() published}
         * or {@linkplain #abort() given back}; until then this writer does nothing else. The slot holds old bytes.
         *
         * @return where the slot begins, or {@link #NO_CLAIM}
         */
        public long tryClaim() {
            return producer.claim();
        }

        /** Makes the claimed slot visible. */
        public void publish() {
            producer.endClaim(true);
        }

        /** Gives the claimed slot back; nobody ever sees it. */
        public void abort() {
            producer.endClaim(false);
        }

        /** The memory that claimed slots lie in. Write to nothing but those. */
        public MemorySegment memory() {
            attachment.ensureWritable();
            return memory;
        }

        /** This writer for elements of eight bytes as {@code long}, without objects. */
        public LongRing.Writer asLongs() {
            return new LongRing.Writer(ring, producer);
        }

        /** This writer for elements of four bytes as {@code int}, without objects. */
        public IntRing.Writer asInts() {
            return new IntRing.Writer(ring, producer);
        }

        /** This writer for elements of eight bytes as {@code double}, without objects. */
        public DoubleRing.Writer asDoubles() {
            return new DoubleRing.Writer(ring, producer);
        }

        /** Gives the role back. A claimed slot is not published. Idempotent. */
        @Override
        public void close() {
            producer.close();
            if (tail != null) {
                tail.close();
            }
            role.close();
        }
    }

    /**
     * The reading side that removes what it reads. For one thread at a time.
     *
     * <p>
     * If its process dies, elements that it was handed and that were not yet given back to the writer are delivered again
     * to the next reader: the one being read, or those of a batch; for a {@linkplain SharedRing#lazyReader() lazy reader}
     * up to a quarter of the ring.
     *
     * @param <T> the element
     */
    public static final class Reader<T> implements Intake<T> {

        private final SharedRing<T> ring;
        private final Attachment attachment;
        private final MemorySegment memory;
        private final Codec<T> codec;
        private final RingConsumer consumer;
        private final Role role;

        private Reader(SharedRing<T> ring, Role role, RingConsumer.Release release) {
            this.ring = ring;
            this.attachment = ring.attachment;
            this.memory = ring.memory;
            this.codec = ring.codec;
            this.consumer = new RingConsumer(ring, release);
            this.role = role;
        }

        @Override
        public @Nullable T poll() {
            consumer.begin();
            long slot = consumer.next();
            if (slot == RingConsumer.EMPTY) {
                return null;
            }
            // An element that the codec cannot read is consumed nevertheless: otherwise nothing behind it ever comes.
            consumer.advance(1);
            try {
                return codec.decode(memory, slot);
            } finally {
                consumer.finish();
            }
        }

        /** The next element, waiting up to {@code timeout} for it; null when none came. */
        public @Nullable T poll(Duration timeout) throws InterruptedException {
            T element = poll();
            if (element != null) {
                return element;
            }
            Deadline deadline = Deadline.after(timeout);
            int attempts = 0;
            while (element == null && !deadline.expired()) {
                attempts = attachment.pause(attempts);
                element = poll();
            }
            return element;
        }

        /** The next element, waiting for it as long as it takes. */
        public T take() throws InterruptedException {
            int attempts = 0;
            T element = poll();
            while (element == null) {
                attempts = attachment.pause(attempts);
                element = poll();
            }
            return element;
        }

        /**
         * Hands at most {@code max} elements that are there now to {@code sink}; how many it was. Slots are given back
         * together at the end, and after each quarter of the ring. When {@code sink} throws, the element it was given
         * counts as consumed and those behind it stay.
         */
        @Override
        public int drainTo(Consumer<? super T> sink, int max) {
            consumer.begin();
            int count = consumer.available(max);
            try {
                for (int i = 0; i < count; i++) {
                    long slot = consumer.next();
                    consumer.advance(1);
                    sink.accept(codec.decode(memory, slot));
                    consumer.release();
                }
            } finally {
                consumer.finish();
            }
            return Math.max(0, count);
        }

        @Override
        public boolean pollSlot(SlotConsumer slotConsumer) {
            consumer.begin();
            long slot = consumer.next();
            if (slot == RingConsumer.EMPTY) {
                return false;
            }
            consumer.advance(1);
            try {
                slotConsumer.accept(memory, slot);
            } finally {
                consumer.finish();
            }
            return true;
        }

        @Override
        public long position() {
            return consumer.position();
        }

        /** Always 0: the writer waits for this reader. */
        @Override
        public long lost() {
            return 0;
        }

        /** Always false: a ring is never closed. */
        @Override
        public boolean isExhausted() {
            return false;
        }

        /** This reader for elements of eight bytes as {@code long}, without objects. */
        public LongRing.Reader asLongs() {
            return new LongRing.Reader(ring, consumer);
        }

        /** This reader for elements of four bytes as {@code int}, without objects. */
        public IntRing.Reader asInts() {
            return new IntRing.Reader(ring, consumer);
        }

        /** This reader for elements of eight bytes as {@code double}, without objects. */
        public DoubleRing.Reader asDoubles() {
            return new DoubleRing.Reader(ring, consumer);
        }

        void commit(long position) {
            consumer.commit(position);
        }

        @Override
        public void close() {
            try {
                consumer.close();
            } finally {
                role.close();
            }
        }
    }

    /**
     * A reader with a position of its own that removes nothing. For one thread at a time, and not within its own
     * consumer.
     *
     * <p>
     * Elements are copied to private memory and checked before anybody sees them: what is delivered is whole and in order.
     * A cursor that the writer overtook goes on at the oldest element, or nearer to the newest when it is overtaken again
     * at once, and counts what it missed.
     *
     * @param <T> the element
     */
    public static final class Cursor<T> implements Intake<T> {

        private final SharedRing<T> ring;
        private final Attachment attachment;
        private final Codec<T> codec;
        private final RingObserver observer;

        private Cursor(SharedRing<T> ring, Start start) {
            this.ring = ring;
            this.attachment = ring.attachment;
            this.codec = ring.codec;
            this.observer = new RingObserver(ring, start);
        }

        /**
         * The next element, or null when there is none now; also null when a writer that keeps overtaking left none to be
         * copied, which needs a ring of very few slots.
         */
        @Override
        public @Nullable T poll() {
            observer.begin();
            return observer.fetch(1) == 0 ? null : codec.decode(observer.copy(), observer.copyOffset(0));
        }

        /** The next element, waiting up to {@code timeout} for it; null when none came. */
        public @Nullable T poll(Duration timeout) throws InterruptedException {
            T element = poll();
            if (element != null) {
                return element;
            }
            Deadline deadline = Deadline.after(timeout);
            int attempts = 0;
            while (element == null && !deadline.expired()) {
                attempts = attachment.pause(attempts);
                element = poll();
            }
            return element;
        }

        /** The next element, waiting for it as long as it takes. */
        public T take() throws InterruptedException {
            int attempts = 0;
            T element = poll();
            while (element == null) {
                attempts = attachment.pause(attempts);
                element = poll();
            }
            return element;
        }

        /**
         * Hands at most {@code max} elements to {@code sink}; how many it was. When {@code sink} throws, the element it was
         * given counts as consumed and those behind it are still to come.
         */
        @Override
        public int drainTo(Consumer<? super T> sink, int max) {
            observer.begin();
            int total = 0;
            while (total < max) {
                int count = observer.fetch(max - total);
                if (count == 0) {
                    break;
                }
                try {
                    for (int i = 0; i < count; i++) {
                        observer.handingOut(count - i - 1);
                        sink.accept(codec.decode(observer.copy(), observer.copyOffset(i)));
                    }
                } finally {
                    observer.handedOut();
                }
                total += count;
            }
            return total;
        }

        /** As {@link Intake#pollSlot}; the memory is a private copy. */
        @Override
        public boolean pollSlot(SlotConsumer slotConsumer) {
            observer.begin();
            if (observer.fetch(1) == 0) {
                return false;
            }
            observer.handingOut(0);
            try {
                slotConsumer.accept(observer.copy(), observer.copyOffset(0));
            } finally {
                observer.handedOut();
            }
            return true;
        }

        @Override
        public long position() {
            return observer.position();
        }

        /** Elements that were overwritten, or skipped to get out of the writer's way, since this cursor began. */
        @Override
        public long lost() {
            return observer.lost();
        }

        /** Elements written that this cursor has not seen yet, the overwritten ones among them: an estimate. */
        @Override
        public long lag() {
            attachment.ensureReadable();
            return observer.lag();
        }

        /** Always false: a ring is never closed. */
        @Override
        public boolean isExhausted() {
            return false;
        }

        /** This cursor for elements of eight bytes as {@code long}, without objects. */
        public LongRing.Cursor asLongs() {
            return new LongRing.Cursor(ring, observer);
        }

        /** This cursor for elements of four bytes as {@code int}, without objects. */
        public IntRing.Cursor asInts() {
            return new IntRing.Cursor(ring, observer);
        }

        /** This cursor for elements of eight bytes as {@code double}, without objects. */
        public DoubleRing.Cursor asDoubles() {
            return new DoubleRing.Cursor(ring, observer);
        }

        @Override
        public void close() {
            observer.close();
        }
    }
}
