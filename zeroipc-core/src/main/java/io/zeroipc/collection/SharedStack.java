package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ElementSchema;
import io.zeroipc.Occupancy;
import io.zeroipc.StructureBusyException;
import io.zeroipc.StructureKind;
import io.zeroipc.codec.Codec;
import io.zeroipc.memory.ElementScratch;
import io.zeroipc.memory.ElementScratch.Lease;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Binding;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Lane;
import io.zeroipc.segment.Outlet;
import io.zeroipc.segment.PollingIntake;
import io.zeroipc.segment.PollingIntake.Polled;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Sink;
import io.zeroipc.segment.SlotConsumer;
import io.zeroipc.segment.Source;
import io.zeroipc.segment.Spec;
import io.zeroipc.wait.Deadline;

/**
 * A bounded stack in shared memory for any number of threads in any processes, last in, first out. Thread-safe.
 * Byte-compatible with the stack of the C++, Python, Go and C implementations: {@code docs/format/stack.md}.
 *
 * <p>
 * {@code push}, {@code pop} and {@code peek} do not wait for elements or room; the forms with a {@link Duration} do so for
 * that long. A slot that another thread is just writing or reading is waited for. After some milliseconds push says full:
 * there is no free slot above the top. After about a second pop, peek and all that consumes throw
 * {@link StructureBusyException}: whether there is an element cannot be told. Only a thread that was stopped
 * inside of an operation lets it come to that; for a process that was killed there, others go on. What a thread did before it pushed an element happens before what a thread
 * does after it popped that element, in all processes.
 *
 * <p>
 * An element that cannot be encoded is refused before anything is claimed. An element is consumed also when decoding it,
 * or the consumer it is handed to, throws.
 *
 * <p>
 * The algorithm, its invariants, and what happens if a process dies, stand in {@link StackSlots}.
 *
 * @param <T> the element
 */
public final class SharedStack<T> implements Source<T>, Sink<T> {

    public static final StructureKind KIND = StructureKind.of("stack");
    public static final Probe PROBE = new StackProbe();

    private final Binding binding;
    private final Attachment attachment;
    private final EventCount arrivals;
    private final EventCount departures;
    private final Codec<T> codec;
    private final int elementSize;
    private final MemorySegment block;
    private final StackSlots slots;
    private final ElementScratch scratch;
    private final Outlet<T> outlet = new StackOutlet();
    private final Polled<T> inlet = new StackInlet();

    SharedStack(Blocks blocks, Block block, int capacity, Codec<T> codec) {
        this.binding = blocks.binding(KIND);
        this.attachment = blocks.attachment();
        this.codec = codec;
        this.elementSize = codec.byteSize();
        this.block = block.memory();
        this.slots = new StackSlots(blocks, block, capacity, elementSize);
        this.arrivals = slots.arrivals();
        this.departures = slots.departures();
        attachment.recoverer(StackRecoverer.class, block, () -> new StackRecoverer(this.block, capacity, elementSize));
        this.scratch = new ElementScratch(elementSize);
    }

    /**
     * A stack to create or open.
     *
     * @param capacity 1 to 2^30; to open, 0 accepts what is stored, and anything else must match it
     */
    public static <T> Spec<SharedStack<T>> spec(Codec<T> codec, int capacity) {
        return new StackSpec<>(codec, capacity);
    }

    /** Creates a stack; see {@link Segment#create} and {@link #spec}. */
    public static <T> SharedStack<T> create(Segment segment, String name, Codec<T> codec, int capacity) {
        return segment.create(name, spec(codec, capacity));
    }

    /** Opens a stack of whatever capacity; see {@link Segment#open}. */
    public static <T> SharedStack<T> open(Segment segment, String name, Codec<T> codec) {
        return segment.open(name, spec(codec, 0));
    }

    /** Opens a stack, or creates it; see {@link Segment#openOrCreate} and {@link #spec}. */
    public static <T> SharedStack<T> openOrCreate(Segment segment, String name, Codec<T> codec, int capacity) {
        return segment.openOrCreate(name, spec(codec, capacity));
    }

    /**
     * Puts an element on top; false when the stack is full, or the slot above the top is still in somebody's hands.
     *
     * @throws IllegalArgumentException when the codec refuses the element; nothing is added
     */
    public boolean push(T element) {
        try (Lane lane = attachment.enterToWrite(); Lease lease = scratch.take()) {
            return store(lane, encode(element, lease), SlotWait.LOOKS_MAX);
        }
    }

    /**
     * Puts an element on top, waiting at most so long for room; false when there was none all the time: the stack was full, or the
     * slot above the top in somebody's hands.
     */
    public boolean push(T element, Duration timeout) throws InterruptedException {
        try (Lane lane = attachment.enterToWrite(); Lease lease = scratch.take()) {
            MemorySegment encoded = encode(element, lease);
            long deadline = Deadline.nanosAfter(timeout);
            // A slot in somebody's hands is waited for as the stack's other slots are: until the time is over, or an interrupt.
            boolean stored = store(lane, encoded, SlotWait.LOOKS_BEFORE_YIELD);
            int attempts = 0;
            while (!stored && attempts >= 0) {
                attempts = departures.pauseUntil(deadline, attempts);
                stored = store(lane, encoded, SlotWait.LOOKS_BEFORE_YIELD);
            }
            return stored;
        }
    }

    /**
     * Removes the element on top; null when there is none.
     *
     * @throws StructureBusyException when that cannot be told; see above
     */
    public @Nullable T pop() {
        try (Lane lane = attachment.enterToWrite()) {
            return load(slots.pop(lane));
        }
    }

    /**
     * Removes the element on top, waiting at most so long for one; null when none came.
     *
     * @throws StructureBusyException as {@link #pop()}, also when that takes longer than {@code timeout}; an interrupt is kept
     */
    public @Nullable T pop(Duration timeout) throws InterruptedException {
        try (Lane lane = attachment.enterToWrite()) {
            long deadline = Deadline.nanosAfter(timeout);
            long claim = slots.pop(lane);
            int attempts = 0;
            while (claim == StackSlots.NONE && attempts >= 0) {
                attempts = arrivals.pauseUntil(deadline, attempts);
                claim = slots.pop(lane);
            }
            return load(claim);
        }
    }

    /**
     * The element on top, which stays there; null when there is none. Writes the state of its slot, so it needs a segment
     * that is open for writing.
     */
    public @Nullable T peek() {
        try (Lane lane = attachment.enterToWrite()) {
            long claim = slots.ownTop(lane);
            if (claim == StackSlots.NONE) {
                return null;
            }
            try (Lease lease = scratch.take()) {
                MemorySegment copy = copyOut(claim, lease);
                slots.giveBack(claim);
                return codec.decode(copy, 0);
            }
        }
    }

    /**
     * Removes the element on top and hands it to {@code consumer} in its slot; false when there is none. Pushes wait at
     * this slot until {@code consumer} returns.
     */
    public boolean pop(SlotConsumer consumer) {
        Objects.requireNonNull(consumer, "consumer");
        try (Lane lane = attachment.enterToWrite()) {
            long claim = slots.pop(lane);
            if (claim == StackSlots.NONE) {
                return false;
            }
            lane.callOut();
            try {
                consumer.accept(block, slots.offset(claim));
            } finally {
                lane.callIn();
                slots.release(claim);
                departures.advance();
            }
            return true;
        }
    }

    /**
     * Removes at most {@code max} elements, one by one from the top, and hands them to {@code consumer}; how many. Ends early
     * when the segment is closed meanwhile.
     */
    public int drainTo(Consumer<? super T> consumer, int max) {
        Objects.requireNonNull(consumer, "consumer");
        try (Lane lane = attachment.enterToWrite()) {
            int drained = 0;
            while (drained < max && attachment.isReadable()) {
                T element = load(slots.pop(lane));
                if (element == null) {
                    break;
                }
                drained++;
                lane.callOut();
                try {
                    consumer.accept(element);
                } finally {
                    lane.callIn();
                }
            }
            return drained;
        }
    }

    public int capacity() {
        return slots.capacity();
    }

    /** Elements in the stack: an estimate. */
    public int size() {
        return attachment.reading(slots::size);
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
    public boolean isSingleConsumer() {
        return false;
    }

    /** One more consumer; always begins at the newest element, which is the next of a stack. */
    @Override
    public Intake<T> intake(Start start) {
        attachment.ensureWritable();
        return new PollingIntake<>(this, arrivals, inlet);
    }

    @Override
    public Outlet<T> outlet() {
        attachment.ensureWritable();
        return outlet;
    }

    @Override
    public String toString() {
        return "SharedStack[" + binding.describe() + ", type=" + codec.typeName() + ", capacity="
                + capacity() + "]";
    }

    private MemorySegment encode(T element, Lease lease) {
        MemorySegment encoded = lease.memory();
        codec.encode(Objects.requireNonNull(element, "element"), encoded, 0);
        return encoded;
    }

    private boolean store(Lane lane, MemorySegment encoded, int looksMax) {
        long claim = slots.push(lane, encoded, looksMax);
        if (claim == StackSlots.NONE) {
            return false;
        }
        slots.publish(claim);
        arrivals.advance();
        // A push that met the slot in our hands may find room above it.
        departures.advance();
        return true;
    }

    /** The element of a popped slot, which is released; null when there is none. */
    private @Nullable T load(long claim) {
        if (claim == StackSlots.NONE) {
            return null;
        }
        try (Lease lease = scratch.take()) {
            MemorySegment copy = copyOut(claim, lease);
            slots.release(claim);
            departures.advance();
            return codec.decode(copy, 0);
        }
    }

    /** Decoding happens behind the slot's back: a codec may throw, or take its time. */
    private MemorySegment copyOut(long claim, Lease lease) {
        MemorySegment copy = lease.memory();
        MemorySegment.copy(block, slots.offset(claim), copy, 0, elementSize);
        return copy;
    }

    /** Any thread may send at any time, so there is nothing to hold. */
    private final class StackOutlet implements Outlet<T> {

        @Override
        public EventCount departures() {
            return departures;
        }

        @Override
        public boolean offer(T element) {
            return push(element);
        }

        @Override
        public boolean isClosed() {
            return false;
        }
    }

    private final class StackInlet implements Polled<T> {

        @Override
        public @Nullable T poll() {
            return SharedStack.this.pop();
        }

        @Override
        public boolean pollSlot(SlotConsumer consumer) {
            return SharedStack.this.pop(consumer);
        }

        @Override
        public int drainTo(Consumer<? super T> consumer, int max) {
            return SharedStack.this.drainTo(consumer, max);
        }
    }
}
