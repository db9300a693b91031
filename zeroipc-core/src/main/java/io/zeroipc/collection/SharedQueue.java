package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Collection;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ElementSchema;
import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.codec.Codec;
import io.zeroipc.format.QueueDescriptor;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Binding;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.CommittingIntake;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Lane;
import io.zeroipc.segment.OnConsumerDeath;
import io.zeroipc.segment.Outlet;
import io.zeroipc.segment.PollingIntake;
import io.zeroipc.segment.PollingIntake.Polled;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Sink;
import io.zeroipc.segment.SlotConsumer;
import io.zeroipc.segment.Source;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.Stall;
import io.zeroipc.wait.Deadline;

/**
 * A bounded queue in shared memory for any number of producers and consumers, in any processes, first in, first out.
 * Thread-safe. Byte-compatible with the queue of the C++, Python, Go and C implementations: {@code docs/format/queue.md}.
 *
 * <p>
 * {@code offer} and {@code poll} never wait; {@code put} and {@code take} wait and can be interrupted; the forms with a
 * {@link Duration} wait that long, and not at all if it is zero or less. What a thread did before it added an element
 * happens before what a thread does after it received that element, in all processes.
 *
 * <p>
 * An element that cannot be encoded is refused before anything is claimed. An element is consumed also when decoding it,
 * or the consumer it is handed to, throws: delivery is at most once. {@link #asLongs()}, {@link #asInts()} and
 * {@link #asDoubles()} are views without boxing; they, the claims and the slot consumers allocate nothing.
 *
 * <p>
 * The algorithm, its invariants, and what happens if a process dies, stand in {@code QueueSlots}: this class adds the
 * elements. While an element is written or read in place (a claim, a slot consumer, a codec's decode) its slot is held:
 * a thread that does not come back holds up the others there.
 *
 * @param <T> the element
 */
public final class SharedQueue<T> implements Source<T>, Sink<T> {

    public static final StructureKind KIND = StructureKind.of("queue");
    public static final Probe PROBE = new QueueProbe();

    /** No claim: the queue is full, or empty. */
    public static final long NO_CLAIM = QueueSlots.NONE;

    private final Binding binding;
    private final Attachment attachment;
    private final Codec<T> codec;
    private final QueueSlots slots;
    private final QueueElements<T> elements;
    private final Outlet<T> outlet = new QueueOutlet();
    private final Polled<T> inlet = new QueueInlet();

    SharedQueue(Blocks blocks, Block block, int capacity, Codec<T> codec, OnConsumerDeath policy) {
        this.binding = blocks.binding(KIND);
        this.attachment = blocks.attachment();
        this.codec = codec;
        Orphans orphans = blocks.shared(Orphans.class, block, Orphans::new);
        this.slots = new QueueSlots(block, capacity, codec.byteSize(),
                blocks.shared(AbortedClaims.class, block, AbortedClaims::new), orphans, policy, attachment,
                binding);
        this.elements = new QueueElements<>(slots, codec, attachment);
        attachment.recoverer(QueueRecoverer.class, block, () -> new QueueRecoverer(block.memory(), capacity,
                QueueDescriptor.sequencesOffset(capacity, codec.byteSize()), orphans));
    }

    /**
     * A queue to create or open.
     *
     * @param capacity 1 to 2^30, rounded up to a power of two, at least 2; to open, 0 accepts what is stored, and anything
     *        else must match it
     */
    public static <T> Spec<SharedQueue<T>> spec(Codec<T> codec, int capacity) {
        return spec(codec, capacity, OnConsumerDeath.DROP);
    }

    /**
     * As {@link #spec(Codec, int)}.
     *
     * @param onConsumerDeath what becomes of the elements that consumers of this object have taken, if this process takes part in
     *        recovery and dies; each process says it of its own
     */
    public static <T> Spec<SharedQueue<T>> spec(Codec<T> codec, int capacity, OnConsumerDeath onConsumerDeath) {
        return QueueSpec.of(codec, capacity, onConsumerDeath);
    }

    /** Creates a queue; see {@link Segment#create} and {@link #spec}. */
    public static <T> SharedQueue<T> create(Segment segment, String name, Codec<T> codec, int capacity) {
        return segment.create(name, spec(codec, capacity));
    }

    /** Opens a queue of whatever capacity; see {@link Segment#open}. */
    public static <T> SharedQueue<T> open(Segment segment, String name, Codec<T> codec) {
        return segment.open(name, spec(codec, 0));
    }

    /** Opens a queue, or creates it; see {@link Segment#openOrCreate} and {@link #spec}. */
    public static <T> SharedQueue<T> openOrCreate(Segment segment, String name, Codec<T> codec, int capacity) {
        return segment.openOrCreate(name, spec(codec, capacity));
    }

    /** Where to wait for elements. */
    public EventCount arrivals() {
        return slots.arrivals();
    }

    /** Where to wait for room. */
    public EventCount departures() {
        return slots.departures();
    }

    // producing

    /**
     * Adds an element; false when the queue is full.
     *
     * @throws IllegalArgumentException when the codec refuses the element; nothing is added
     */
    public boolean offer(T element) {
        try (Lane lane = attachment.enterToWrite()) {
            return elements.offer(element, lane);
        }
    }

    /** Adds an element, waiting as long as the queue is full. */
    public void put(T element) throws InterruptedException {
        try (Lane lane = attachment.enterToWrite()) {
            elements.offer(element, lane, Deadline.FOREVER_NANOS);
        }
    }

    /** Adds an element, waiting at most so long; false when the queue was full all the time. */
    public boolean offer(T element, Duration timeout) throws InterruptedException {
        try (Lane lane = attachment.enterToWrite()) {
            return elements.offer(element, lane, TimeUnit.NANOSECONDS.convert(timeout));
        }
    }

    /**
     * Adds elements in order until the queue is full: batches of up to 256 elements, or 16 KiB, with one compare-and-set
     * each. Elements of other producers come between batches, not into them.
     *
     * @return how many were added: the first ones of the iteration
     * @throws IllegalArgumentException when the codec refuses an element; none from that on is added
     */
    public int offerAll(Iterable<? extends T> source) {
        try (Lane lane = attachment.enterToWrite()) {
            return elements.offerAll(source, lane);
        }
    }

    // consuming

    /** Removes the oldest element; null when there is none. */
    public @Nullable T poll() {
        try (Lane lane = attachment.enterToWrite()) {
            long position = slots.take(lane);
            return position == QueueSlots.NONE ? null : elements.load(lane, position);
        }
    }

    /** Removes the oldest element, waiting for one. */
    public T take() throws InterruptedException {
        try (Lane lane = attachment.enterToWrite()) {
            return elements.load(lane, slots.awaitTake(lane, Deadline.FOREVER_NANOS));
        }
    }

    /** Removes the oldest element, waiting at most so long; null when none came. */
    public @Nullable T poll(Duration timeout) throws InterruptedException {
        try (Lane lane = attachment.enterToWrite()) {
            long position = slots.awaitTake(lane, TimeUnit.NANOSECONDS.convert(timeout));
            return position == QueueSlots.NONE ? null : elements.load(lane, position);
        }
    }

    /**
     * Hands at most {@code max} elements to {@code consumer}, several per compare-and-set. Elements are claimed before
     * they are handed over; so when {@code consumer} throws, those claimed with that element are handed over all the
     * same, and the exception is thrown then, later ones suppressed in it.
     *
     * @return how many there were
     */
    public int drainTo(Consumer<? super T> consumer, int max) {
        Objects.requireNonNull(consumer, "consumer");
        try (Lane lane = attachment.enterToWrite()) {
            return elements.drainTo(consumer, max, lane);
        }
    }

    /** Hands the oldest element to {@code consumer} in its slot; false when there is none. */
    public boolean poll(SlotConsumer consumer) {
        Objects.requireNonNull(consumer, "consumer");
        try (Lane lane = attachment.enterToWrite()) {
            long position = slots.take(lane);
            if (position == QueueSlots.NONE) {
                return false;
            }
            lane.callOut();
            try {
                elements.hand(lane, position, consumer);
            } finally {
                lane.callIn();
            }
            return true;
        }
    }

    /** As {@link #drainTo(Consumer, int)}, with the elements in their slots. */
    public int drain(SlotConsumer consumer, int max) {
        Objects.requireNonNull(consumer, "consumer");
        try (Lane lane = attachment.enterToWrite()) {
            return elements.drain(consumer, max, lane);
        }
    }

    // slots in place

    /** The slots of the queue, for claims: an element's bytes begin at {@link #slotOffset}. */
    public MemorySegment slots() {
        return slots.memory();
    }

    /** Where the slot of a claim begins in {@link #slots()}. */
    public long slotOffset(long claim) {
        return slots.offset(claim);
    }

    /**
     * Claims the next slot to write; {@link #NO_CLAIM} when the queue is full. Consumers wait at this slot, and do not
     * get what is behind it, until {@link #publish} or {@link #abort} is called; if the process dies in between, for
     * ever. Any thread may do so, exactly once.
     */
    public long tryClaim() {
        try (Lane lane = attachment.enterToWrite()) {
            return held(lane, slots.claim(lane));
        }
    }

    /**
     * Makes a claimed slot visible to consumers. As {@link #abort} and {@link #release}, it works also when the segment is being
     * closed, which waits for open claims before the mapping ends.
     *
     * @throws IllegalStateException when the claim is not open, as far as the slot tells
     */
    public void publish(long claim) {
        try (Lane lane = attachment.enterToEnd()) {
            requireOpen(slots.isOpenClaim(claim), claim);
            slots.publish(lane, claim);
            lane.release();
        }
    }

    /**
     * Gives a claimed slot back. When nobody has claimed behind it, that is all. Otherwise the position is skipped as
     * soon as it is the next to be consumed, by a later operation of this object or {@link #settle()}; until then
     * consumers, in all processes, find the queue empty there.
     *
     * @throws IllegalStateException when the claim is not open, as far as the slot tells
     */
    public void abort(long claim) {
        try (Lane lane = attachment.enterToEnd()) {
            requireOpen(slots.isAbortable(claim), claim);
            slots.abort(claim);
            lane.release();
        }
    }

    /**
     * Skips aborted positions that are next to be consumed. Needed only by an application that aborts a claim and then
     * neither produces nor consumes through this object.
     *
     * @return how many positions are left that this object aborted: call again when consumers have come that far
     */
    public int settle() {
        try (Lane _ = attachment.enterToWrite()) {
            return slots.settle();
        }
    }

    /**
     * Claims the oldest element to read it in its slot; {@link #NO_CLAIM} when there is none. Producers wait at this slot
     * one lap later until {@link #release} is called; if the process dies in between, for ever. Any thread may do so,
     * exactly once.
     */
    public long tryClaimNext() {
        try (Lane lane = attachment.enterToWrite()) {
            return held(lane, slots.take(lane));
        }
    }

    /**
     * Frees a slot that was claimed to be read.
     *
     * @throws IllegalStateException when the claim is not open, as far as the slot tells
     */
    public void release(long claim) {
        try (Lane lane = attachment.enterToEnd()) {
            requireOpen(slots.isOpenTake(claim), claim);
            slots.release(lane, claim);
            lane.release();
        }
    }

    // views

    /**
     * This queue without boxing.
     *
     * @throws IllegalStateException when elements are not int64 or uint64
     */
    public LongQueueView asLongs() {
        requireType(Long.class, Long.BYTES, "int64 or uint64");
        return new LongQueueView(slots, attachment);
    }

    /**
     * This queue without boxing.
     *
     * @throws IllegalStateException when elements are not int32
     */
    public IntQueueView asInts() {
        requireType(Integer.class, Integer.BYTES, "int32");
        return new IntQueueView(slots, attachment);
    }

    /**
     * This queue without boxing.
     *
     * @throws IllegalStateException when elements are not float64
     */
    public DoubleQueueView asDoubles() {
        requireType(Double.class, Double.BYTES, "float64");
        return new DoubleQueueView(slots, attachment);
    }

    // facts

    public int capacity() {
        return slots.capacity();
    }

    /** Elements in the queue: an estimate; those being written are counted. */
    public int size() {
        return attachment.reading(slots::size);
    }

    /** Whether {@link #size()} is 0. */
    public boolean isEmpty() {
        return size() == 0;
    }

    /**
     * Whether an element would find no room: an estimate. More than {@link #size()} at its capacity, as consumers have the slots of
     * elements that they keep until these are processed.
     */
    public boolean isFull() {
        return attachment.reading(slots::isFull);
    }

    @Override
    public Occupancy occupancy() {
        return Occupancy.ofElements(size(), capacity());
    }

    @Override
    public @Nullable Stall stall() {
        return attachment.reading(slots::stall);
    }

    @Override
    public boolean breakStall(Stall stall) {
        try (Lane _ = attachment.enterToWrite()) {
            return slots.breakStall(stall, binding);
        }
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
    public boolean isSingleConsumer() {
        return false;
    }

    /** One more consumer; always begins at the oldest element. */
    @Override
    public Intake<T> intake(Start start) {
        attachment.ensureWritable();
        return new PollingIntake<>(this, slots.arrivals(), inlet);
    }

    /** Where elements are redelivered, {@link OnConsumerDeath}, if this process takes part in recovery. */
    @Override
    public boolean canCommit() {
        return slots.canKeep();
    }

    /**
     * One more consumer, of any number that compete, which keeps what it has taken. An element stays in its slot until it is committed,
     * so that producers find the queue full one lap later, and no other consumer gets it; {@link #size()} does not count it any more.
     * When the intake or the segment is closed, or the process dies, the next one to take something gets what was not committed, in any
     * process, before what is in the queue; in another process as soon as that is noticed there, which takes five seconds at most.
     *
     * <p>
     * Committed is what was taken before in this intake, in the order in which it was taken: elements that come again have lower
     * positions than some that were taken before them. Taken and not committed may be as much as the queue can hold, in 128 runs of
     * positions that follow each other; with more, the intake looks empty.
     *
     * @throws UnsupportedOperationException when taking an element removes it
     */
    @Override
    public CommittingIntake<T> committingIntake() {
        return committingIntake(binding, slots.arrivals(), () -> false);
    }

    /**
     * As {@link #committingIntake()}, for a structure that consists of this queue and something else.
     *
     * @param of for messages
     * @param arrivals where to wait for elements
     * @param exhausted whether nothing is left in the queue and nothing can arrive
     */
    public CommittingIntake<T> committingIntake(Binding of, EventCount arrivals, BooleanSupplier exhausted) {
        attachment.ensureWritable();
        if (!canCommit()) {
            throw new UnsupportedOperationException("structure cannot keep elements until they are committed: segment="
                    + of.segment().name() + ", name=" + of.name() + ", type=" + of.kind().label()
                    + " (expected: one that is opened with on-consumer-death=redeliver, by a process that takes part in recovery)");
        }
        return new CommittingQueueIntake<>(of, slots, codec, attachment, arrivals, exhausted);
    }

    @Override
    public Outlet<T> outlet() {
        attachment.ensureWritable();
        return outlet;
    }

    @Override
    public String toString() {
        return "SharedQueue[" + binding.describe() + ", type=" + codec.typeName() + ", capacity="
                + capacity() + "]";
    }

    /** A claim is held until another operation ends it. */
    private static long held(Lane lane, long claim) {
        if (claim != NO_CLAIM) {
            lane.hold();
        }
        return claim;
    }

    private void requireOpen(boolean open, long claim) {
        if (!open) {
            throw new IllegalStateException("claim is not open: " + binding.describe() + ", claim=" + claim
                    + " (expected: one that was returned and not yet published, aborted or released)");
        }
    }

    private void requireType(Class<?> expected, int size, String types) {
        if (codec.type() != expected || codec.byteSize() != size) {
            throw new IllegalStateException("queue has no such view: " + binding.describe() + ", element type="
                    + codec.typeName() + " (expected: " + types + ")");
        }
    }

    /** Any thread may send at any time, so there is nothing to hold. */
    private final class QueueOutlet implements Outlet<T> {

        @Override
        public EventCount departures() {
            return slots.departures();
        }

        @Override
        public boolean offer(T element) {
            return SharedQueue.this.offer(element);
        }

        @Override
        public int offerAll(Collection<? extends T> source) {
            return SharedQueue.this.offerAll(source);
        }

        @Override
        public boolean isClosed() {
            return false;
        }
    }

    private final class QueueInlet implements Polled<T> {

        @Override
        public @Nullable T poll() {
            return SharedQueue.this.poll();
        }

        @Override
        public boolean pollSlot(SlotConsumer consumer) {
            return SharedQueue.this.poll(consumer);
        }

        @Override
        public int drainTo(Consumer<? super T> consumer, int max) {
            return SharedQueue.this.drainTo(consumer, max);
        }
    }
}
