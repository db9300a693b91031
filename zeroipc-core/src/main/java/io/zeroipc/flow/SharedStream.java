package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.zeroipc.ChannelClosedException;
import io.zeroipc.ElementSchema;
import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.codec.Codec;
import io.zeroipc.collection.RingCursor;
import io.zeroipc.collection.RingWriter;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.format.StreamDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Binding;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Lane;
import io.zeroipc.segment.Outlet;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Sink;
import io.zeroipc.segment.Source;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.WriterOutlet;

/*
 * Overview
 *   A ring with an end, in one of two modes that never mix. Competing, as in C++: each element is for one of the readers, and
 *   a full stream refuses more. Broadcast, ours: each element is for all readers, the oldest are overwritten, and who is too
 *   slow is told how many it lost. Changed from the original: several readers compete without stealing (StreamTaker), what is
 *   left at the close is delivered, nothing spins.
 *
 * Invariants
 *   I1  closed goes from 0 to 1 and stays. The mode never changes.
 *   I2  there is one emitter at a time: the writer of the ring. In broadcast mode it holds the reader's role as well.
 *   The rest are those of SharedRing, in overwrite mode for broadcast, and of StreamTaker.
 *
 * Ordering
 *   S1  the release-store of closed pairs with the acquire-load in isClosed(): what was emitted before the close is seen by
 *       whoever sees the close, and looks then. Elements as in SharedRing.
 *
 * Progress
 *   As SharedRing; competing readers are lock-free.
 *
 * If a process dies here
 *   An emitter: as a ring's writer; sequence may be one short. A reader: an element that it had taken from a competing stream is
 *   lost, and subscribers stays too high. Nobody waits for either.
 */

/**
 * A series of elements that has an end: from one emitter to readers that share them ({@link Mode#COMPETING}), or that get all
 * of them ({@link Mode#BROADCAST}). Thread-safe, but for the emitter and the subscriptions that it hands out, which are for
 * one thread at a time. Byte-compatible with the stream of the C++ implementation, which is always competing:
 * {@code docs/format/stream.md}.
 *
 * <p>
 * Back-pressure is that of the mode: a competing stream is full when its readers are slow, and the emitter is told or waits; a
 * broadcast stream is never full, and slow readers {@linkplain StreamSubscription#lost() lose} the oldest elements.
 * {@link #view()} and the operations beside it transform what is read, without a copy in shared memory;
 * {@link StreamView#into} writes it into another stream.
 *
 * <p>
 * What a thread did before it emitted an element happens before what a thread does after it received it. Delivery is at most
 * once.
 *
 * @param <T> the element
 */
public final class SharedStream<T> implements Source<T>, Sink<T> {

    public static final StructureKind KIND = StructureKind.composite("stream", StreamDescriptor.HEADER_SUFFIX,
            StreamDescriptor.HEADER_SUFFIX, StreamDescriptor.BUFFER_SUFFIX);
    public static final Probe PROBE = new StreamSpec.StreamProbe();

    /** Who gets an element. */
    public enum Mode {
        /** One of the readers, as in C++. */
        COMPETING,
        /** All readers, unless they are too slow. */
        BROADCAST;

        /**
         * The mode of this name, in any case.
         *
         * @throws IllegalArgumentException when there is none
         */
        public static Mode ofName(String name) {
            return switch (name.toLowerCase(Locale.ROOT)) {
                case "competing" -> COMPETING;
                case "broadcast" -> BROADCAST;
                default -> throw new IllegalArgumentException(
                        "mode of a stream is unknown: mode=" + name + " (expected: competing, broadcast)");
            };
        }

        static Mode of(MemorySegment header) {
            return StreamDescriptor.mode(header) == StreamDescriptor.BROADCAST ? BROADCAST : COMPETING;
        }
    }

    private final Binding binding;
    private final Attachment attachment;
    private final EventCount arrivals;
    private final EventCount departures;
    private final MemorySegment header;
    private final MemorySegment buffer;
    private final SharedRing<T> ring;
    private final Codec<T> codec;
    private final Mode mode;
    private final WriterOutlet<StreamEmitter<T>, T> outlet = new WriterOutlet<>(this::emitter, StreamEmitter::emit,
            StreamEmitter::emitAll, this::isClosed, this::departures);

    SharedStream(Blocks blocks, Block header, Block buffer, SharedRing<T> ring, Codec<T> codec, Mode mode) {
        this.binding = blocks.binding(KIND);
        this.attachment = blocks.attachment();
        this.header = header.memory();
        this.buffer = buffer.memory();
        this.ring = ring;
        this.arrivals = ring.arrivals().with(this::closedNow);
        this.departures = ring.departures().with(this::closedNow);
        this.codec = codec;
        this.mode = mode;
    }

    /** A stream to open, whatever it is; to create, a competing one of 1024 elements, as in C++. */
    public static <T> Spec<SharedStream<T>> spec(Codec<T> codec) {
        return new StreamSpec<>(codec, 0, null, "");
    }

    /**
     * A stream to create or open.
     *
     * @param capacity elements it holds; 0 to open it as it is, and to create one of 1024
     * @param mode to open, it must be the stored one
     */
    public static <T> Spec<SharedStream<T>> spec(Codec<T> codec, int capacity, Mode mode) {
        return new StreamSpec<>(codec, capacity, mode, "");
    }

    /** Creates a stream; see {@link Segment#create} and {@link #spec}. */
    public static <T> SharedStream<T> create(Segment segment, String name, Codec<T> codec, int capacity, Mode mode) {
        return segment.create(name, spec(codec, capacity, mode));
    }

    /** Opens a stream, whatever it is; see {@link Segment#open}. */
    public static <T> SharedStream<T> open(Segment segment, String name, Codec<T> codec) {
        return segment.open(name, spec(codec));
    }

    /** Opens a stream, or creates it; see {@link Segment#openOrCreate} and {@link #spec}. */
    public static <T> SharedStream<T> openOrCreate(Segment segment, String name, Codec<T> codec, int capacity,
            Mode mode) {
        return segment.openOrCreate(name, spec(codec, capacity, mode));
    }

    // emitting

    /**
     * Takes the emitter's role.
     *
     * @throws io.zeroipc.RoleTakenException when there is an emitter in any process
     */
    public StreamEmitter<T> emitter() {
        RingWriter<T> writer = ring.writer();
        try {
            return new StreamEmitter<>(this, header, buffer, writer);
        } catch (IllegalStateException e) {
            writer.close();
            throw e;
        }
    }

    /**
     * Emits without waiting, from any thread; false when the stream is closed or, if its readers compete, full. Takes the
     * emitter's role at the first call and keeps it until the segment is closed.
     *
     * @throws io.zeroipc.RoleTakenException when there is an emitter elsewhere
     */
    public boolean emit(T element) {
        return outlet.offer(element);
    }

    /** The one emitter behind a lock. Its role is held until the segment is closed. */
    @Override
    public Outlet<T> outlet() {
        return outlet.taken();
    }

    /**
     * Ends the stream for all processes: nothing more is emitted, what is in it can still be read. An emitter that is just at
     * it may add its element a moment after this. There is no way back. Idempotent.
     */
    public void close() {
        try (Lane _ = attachment.enterToWrite()) {
            // S1, pairs with isClosed().
            Atomics.setByteRelease(header, StreamDescriptor.CLOSED_OFFSET, (byte) 1);
            arrivals().advance();
            departures().advance();
        }
    }

    /** Whether somebody closed the stream. There may still be elements to read. */
    public boolean isClosed() {
        try (Lane _ = attachment.enterToRead()) {
            return StreamDescriptor.isClosed(header);
        }
    }

    // reading

    /**
     * Begins to read.
     *
     * @param start with the next element, or the oldest one that is there; a competing stream always begins with the oldest
     */
    public StreamSubscription<T> subscribe(Start start) {
        return subscribe(() -> ring.cursor(start));
    }

    private StreamSubscription<T> subscribe(Supplier<RingCursor<T>> cursor) {
        try (Lane _ = mode == Mode.COMPETING ? attachment.enterToWrite() : attachment.enterToRead()) {
            Lane lane = segment().isReadOnly() ? attachment.openLane(() -> {
                // Nobody is counted in a read-only segment.
            }) : countedLane();
            boolean begun = false;
            try {
                Intake<T> elements = mode == Mode.BROADCAST
                        ? cursor.get()
                        : new StreamTaker<>(buffer, ring, lane, codec, describe());
                begun = true;
                return new StreamSubscription<>(this, elements, lane);
            } finally {
                if (!begun) {
                    lane.settleAndRetire();
                }
            }
        }
    }

    /** Counts a subscriber, until the lane is settled. */
    private Lane countedLane() {
        countSubscribers(1);
        try {
            return attachment.openLane(() -> countSubscribers(-1));
        } catch (IllegalStateException e) {
            countSubscribers(-1);
            throw e;
        }
    }

    /** As {@link #subscribe}. */
    @Override
    public StreamSubscription<T> intake(Start start) {
        return subscribe(start);
    }

    /** True for a broadcast stream. */
    @Override
    public boolean canContinue() {
        return mode == Mode.BROADCAST;
    }

    @Override
    public Intake<T> intakeBehind(long position) {
        return canContinue() ? subscribe(() -> ring.cursorBehind(position)) : Source.super.intakeBehind(position);
    }

    /** The elements as they are, to be transformed. */
    public StreamView<T> view() {
        return StreamView.of(this);
    }

    /** As {@link StreamView#map}. */
    public <R> StreamView<R> map(Function<? super T, ? extends R> function) {
        return view().map(function);
    }

    /** As {@link StreamView#filter}. */
    public StreamView<T> filter(Predicate<? super T> condition) {
        return view().filter(condition);
    }

    // facts

    public Mode mode() {
        return mode;
    }

    /** Elements emitted since the stream was created. */
    public long sequence() {
        return attachment.reading(() -> Atomics.getLongAcquire(header, StreamDescriptor.SEQUENCE_OFFSET));
    }

    /** Subscriptions in all processes: an estimate, in which those of killed processes stay. */
    public long subscribers() {
        return attachment.reading(
                () -> Integer.toUnsignedLong(Atomics.getIntAcquire(header, StreamDescriptor.SUBSCRIBERS_OFFSET)));
    }

    /** Elements the stream holds. */
    public long capacity() {
        return ring.capacity();
    }

    /** Elements that are there now: an estimate. */
    public long size() {
        return ring.size();
    }

    @Override
    public Binding binding() {
        return binding;
    }

    @Override
    public Occupancy occupancy() {
        return ring.occupancy();
    }

    @Override
    public ElementSchema elementSchema() {
        return codec.schema();
    }

    @Override
    public Map<String, String> options() {
        return Map.of("mode", modeName());
    }

    @Override
    public boolean isSingleConsumer() {
        return false;
    }

    @Override
    public boolean isBroadcast() {
        return mode == Mode.BROADCAST;
    }

    @Override
    public String toString() {
        return "SharedStream[" + describe() + ", element=" + codec.typeName() + ", capacity=" + capacity() + ", mode="
                + modeName() + "]";
    }

    ChannelClosedException closed() {
        return new ChannelClosedException("stream is closed: " + describe(), segment().name(), name());
    }

    /** Where to wait for elements, and for the end. */
    EventCount arrivals() {
        return arrivals;
    }

    /** Where to wait for room, and for the end. */
    EventCount departures() {
        return departures;
    }

    private long closedNow() {
        return StreamDescriptor.isClosed(header) ? 1 : 0;
    }

    String describe() {
        return binding.describe();
    }

    private String modeName() {
        return mode.name().toLowerCase(Locale.ROOT);
    }

    private void countSubscribers(int delta) {
        Atomics.getAndAddInt(header, StreamDescriptor.SUBSCRIBERS_OFFSET, delta);
    }
}
