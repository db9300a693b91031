package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Collection;
import java.util.Objects;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ChannelClosedException;
import io.zeroipc.ElementSchema;
import io.zeroipc.Occupancy;
import io.zeroipc.StructureBusyException;
import io.zeroipc.StructureKind;
import io.zeroipc.codec.Codec;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.format.ChannelDescriptor;
import io.zeroipc.memory.Atomics;
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
 * A line of elements that has an end: once it is closed nothing more is sent, and receivers are told when nothing is
 * left. Thread-safe. Byte-compatible with the channel of the C++ implementation: {@code docs/format/channel.md}.
 *
 * <p>
 * Overview: a <em>buffered</em> channel is a {@link SharedQueue} with a flag, for any number of senders and receivers. In
 * an <em>unbuffered</em> channel a sender meets a receiver; it has one of each in all processes. A side is taken, by a
 * role, when it is first used, and held until {@link #releaseRoles()} or the segment's close; the threads of a process share it. Both sides fail
 * with {@link io.zeroipc.RoleTakenException} when another process, or another object of this one, has them.
 *
 * <p>
 * {@code trySend} and {@code tryReceive} never wait; {@code send} and {@code receive} wait and can be interrupted; the
 * forms with a {@link Duration} wait that long. That the channel is closed is {@code false} from {@code trySend}, a
 * {@link ChannelClosedException} from {@code send}, and null from {@code receive}. What a thread did before it sent an
 * element happens before what a thread does after it received that element. Delivery is at most once.
 *
 * <p>
 * Invariants. I1: closed goes from 0 to 1 and stays. Those of the elements stand in {@link SharedQueue} and
 * {@code Rendezvous}. Ordering. S1: the release-store in {@link #close()} pairs with the acquire-load in
 * {@code hasEnded}: what was sent before the close is seen by whoever sees the close, and looks then. Progress and
 * death: as the queue, or the rendezvous; closing is one store.
 *
 * @param <T> the element
 */
public final class SharedChannel<T> implements Source<T>, Sink<T> {

    public static final StructureKind KIND = StructureKind.composite(
            "channel",
            ChannelDescriptor.HEADER_SUFFIX,
            ChannelDescriptor.HEADER_SUFFIX,
            ChannelDescriptor.BUFFER_SUFFIX,
            ChannelDescriptor.SLOT_SUFFIX);
    public static final Probe PROBE = new ChannelProbe();

    private final Binding binding;
    private final Attachment attachment;
    private final MemorySegment header;
    private final Codec<T> codec;
    /** Null when the channel is unbuffered; then there is a rendezvous. */
    private final @Nullable SharedQueue<T> queue;
    private final @Nullable Rendezvous<T> rendezvous;
    private final Outlet<T> outlet = new ChannelOutlet();

    SharedChannel(Blocks blocks, Block header, Codec<T> codec, @Nullable SharedQueue<T> queue,
            @Nullable Rendezvous<T> rendezvous) {
        this.binding = blocks.binding(KIND);
        this.attachment = blocks.attachment();
        this.header = header.memory();
        this.codec = codec;
        this.queue = queue;
        this.rendezvous = rendezvous;
    }

    /**
     * A buffered channel to create or open.
     *
     * @param capacity 1 to 2^30, rounded up to a power of two, at least 2; to open, 0 accepts what is stored, and anything
     *        else must match it
     */
    public static <T> Spec<SharedChannel<T>> spec(Codec<T> codec, int capacity) {
        return spec(codec, capacity, OnConsumerDeath.DROP);
    }

    /**
     * As {@link #spec(Codec, int)}.
     *
     * @param onConsumerDeath what becomes of the elements that receivers of this object have taken, if this process takes part in
     *        recovery and dies; each process says it of its own
     */
    public static <T> Spec<SharedChannel<T>> spec(Codec<T> codec, int capacity, OnConsumerDeath onConsumerDeath) {
        return new ChannelSpec<>(codec, ChannelSpec.Mode.BUFFERED, ChannelSpec.stored(capacity), onConsumerDeath);
    }

    /** An unbuffered channel to create or open. */
    public static <T> Spec<SharedChannel<T>> unbuffered(Codec<T> codec) {
        return new ChannelSpec<>(codec, ChannelSpec.Mode.UNBUFFERED, 0, OnConsumerDeath.DROP);
    }

    /** A channel to open, whatever it is. */
    public static <T> Spec<SharedChannel<T>> openSpec(Codec<T> codec) {
        return openSpec(codec, OnConsumerDeath.DROP);
    }

    /** As {@link #openSpec(Codec)}; the policy is for a buffered one, see {@link #spec(Codec, int, OnConsumerDeath)}. */
    public static <T> Spec<SharedChannel<T>> openSpec(Codec<T> codec, OnConsumerDeath onConsumerDeath) {
        return new ChannelSpec<>(codec, ChannelSpec.Mode.EITHER, 0, onConsumerDeath);
    }

    /** Creates a buffered channel; see {@link Segment#create} and {@link #spec}. */
    public static <T> SharedChannel<T> create(Segment segment, String name, Codec<T> codec, int capacity) {
        return segment.create(name, spec(codec, capacity));
    }

    /** Opens a channel, whatever it is; see {@link Segment#open}. */
    public static <T> SharedChannel<T> open(Segment segment, String name, Codec<T> codec) {
        return segment.open(name, openSpec(codec));
    }

    /** Opens a buffered channel, or creates it; see {@link Segment#openOrCreate} and {@link #spec}. */
    public static <T> SharedChannel<T> openOrCreate(Segment segment, String name, Codec<T> codec, int capacity) {
        return segment.openOrCreate(name, spec(codec, capacity));
    }

    // sending

    /**
     * Sends an element without waiting. False when the channel is closed or full; an unbuffered channel is full unless a
     * receiver waits, which is then handed the element.
     *
     * @throws IllegalArgumentException when the codec refuses the element; nothing is sent
     * @throws StructureBusyException when receivers at an unbuffered channel come and go all the time, and none of them takes the
     *         element; it stays on offer
     */
    public boolean trySend(T element) {
        SharedQueue<T> buffer = queue;
        if (buffer == null) {
            return meeting().sender().offer(Objects.requireNonNull(element, "element"));
        }
        if (looksEnded()) {
            return false;
        }
        return buffer.offer(element);
    }

    /**
     * Sends an element, waiting as long as the channel is full; through an unbuffered channel, until a receiver has taken
     * it. When this is interrupted the element was not sent; the exception's message says so if, in an unbuffered channel,
     * a receiver that was there may yet receive it. Likewise when the segment is closed meanwhile.
     *
     * @throws ChannelClosedException when the channel is closed, or becomes so; the element was not sent
     * @throws StructureBusyException when an unbuffered channel is closed while a receiver is there that does not say within a
     *         second whether it has taken the element: its process is stopped or dead, and the element stays on offer
     */
    public void send(T element) throws InterruptedException {
        if (isBuffered() && trySend(element)) {
            return;
        }
        if (send(element, Deadline.never()) == SendOutcome.CLOSED) {
            throw closed();
        }
    }

    /**
     * Sends an element, waiting at most so long. False when the channel was full all the time, or is closed. Through an
     * unbuffered channel true means that a receiver has taken it; if at the end of the time a receiver is there and just
     * does not say whether it has taken the element, this waits for it one second longer.
     *
     * @throws StructureBusyException when a receiver at an unbuffered channel does not say so even then: its process
     *         is stopped or dead, and the element stays on offer
     */
    public boolean trySend(T element, Duration timeout) throws InterruptedException {
        if (isBuffered() && trySend(element)) {
            return true;
        }
        return send(element, Deadline.after(timeout)) == SendOutcome.SENT;
    }

    private SendOutcome send(T element, Deadline deadline) throws InterruptedException {
        SharedQueue<T> buffer = queue;
        if (buffer == null) {
            return meeting().sender().send(Objects.requireNonNull(element, "element"), deadline);
        }
        try (Lane _ = attachment.enterToWrite()) {
            return SendOutcome.await(buffer.departures().with(this::closedNow), this::hasEnded,
                    () -> buffer.offer(element), deadline);
        }
    }

    /**
     * Sends elements in order, without waiting, until the channel is full; see {@link SharedQueue#offerAll}.
     *
     * @return how many were sent
     */
    public int trySendAll(Iterable<? extends T> elements) {
        SharedQueue<T> buffer = queue;
        if (buffer != null) {
            return isClosed() ? 0 : buffer.offerAll(elements);
        }
        int sent = 0;
        for (T element : elements) {
            if (!trySend(element)) {
                break;
            }
            sent++;
        }
        return sent;
    }

    // receiving

    /** Receives the oldest element without waiting; null when there is none. */
    public @Nullable T tryReceive() {
        SharedQueue<T> buffer = queue;
        return buffer != null ? buffer.poll() : meeting().receiver().poll();
    }

    /** Hands the oldest element to {@code consumer} in its slot; false when there is none. */
    public boolean tryReceive(SlotConsumer consumer) {
        Objects.requireNonNull(consumer, "consumer");
        SharedQueue<T> buffer = queue;
        return buffer != null ? buffer.poll(consumer) : meeting().receiver().poll(consumer);
    }

    /** Receives the oldest element, waiting for one; null when the channel is closed and nothing is left. */
    public @Nullable T receive() throws InterruptedException {
        return receive(Deadline.never());
    }

    /**
     * Receives the oldest element, waiting at most so long; null when none came, or the channel is closed and nothing is
     * left.
     */
    public @Nullable T tryReceive(Duration timeout) throws InterruptedException {
        return receive(Deadline.after(timeout));
    }

    private @Nullable T receive(Deadline deadline) throws InterruptedException {
        SharedQueue<T> buffer = queue;
        if (buffer == null) {
            return meeting().receiver().receive(deadline);
        }
        T present = buffer.poll();
        if (present != null) {
            return present;
        }
        try (Lane _ = attachment.enterToWrite()) {
            // S1: what was sent before the close is seen by the last attempt. Whoever is still at an element, or has died there, is no end.
            return buffer.arrivals().with(this::closedNow).await(buffer::poll, this::hasNothingLeft, deadline);
        }
    }

    /**
     * Hands at most {@code max} elements that are there to {@code consumer}; see {@link SharedQueue#drainTo}.
     *
     * @return how many there were
     */
    public int drainTo(Consumer<? super T> consumer, int max) {
        Objects.requireNonNull(consumer, "consumer");
        SharedQueue<T> buffer = queue;
        if (buffer != null) {
            return buffer.drainTo(consumer, max);
        }
        int drained = 0;
        while (drained < max) {
            T element = meeting().receiver().poll();
            if (element == null) {
                break;
            }
            drained++;
            consumer.accept(element);
        }
        return drained;
    }

    // the end

    /**
     * Ends the channel for all processes: nothing more is sent, what is in it can still be received. A sender that is just
     * at it may add its element a moment after this. There is no way back. Idempotent.
     */
    public void close() {
        try (Lane _ = attachment.enterToWrite()) {
            // S1, pairs with the acquire-load in hasEnded().
            Atomics.setByteRelease(header, ChannelDescriptor.CLOSED_OFFSET, (byte) 1);
            SharedQueue<T> buffer = queue;
            if (buffer != null) {
                buffer.arrivals().advance();
                buffer.departures().advance();
            } else {
                meeting().changes().advance();
            }
        }
    }

    /** Whether somebody closed the channel. There may still be elements to receive. */
    public boolean isClosed() {
        try (Lane _ = attachment.enterToRead()) {
            return hasEnded();
        }
    }

    /**
     * As {@link #isClosed()} before an operation of the queue, which has a lane of its own: a look at one byte needs none, as long
     * as nobody gets to see what the JDK throws when the memory is gone.
     */
    private boolean looksEnded() {
        attachment.ensureWritable();
        try {
            return hasEnded();
        } catch (IllegalStateException e) {
            throw attachment.ended(e);
        }
    }

    private long closedNow() {
        return hasEnded() ? 1 : 0;
    }

    private boolean hasEnded() {
        // S1, pairs with the release-store in close().
        return Atomics.getByteAcquire(header, ChannelDescriptor.CLOSED_OFFSET) != 0;
    }

    /**
     * Gives back the sides of an unbuffered channel that this object has taken, so that another process can take them;
     * the side of an open {@link #intake} stays. A later operation takes its side again. Waits for threads that are just
     * sending or receiving. Without effect if the channel is buffered.
     */
    public void releaseRoles() {
        attachment.ensureReadable();
        if (queue == null) {
            meeting().releaseRoles();
        }
    }

    // facts

    /** Elements the channel can hold; 0 when it is unbuffered. */
    public int capacity() {
        SharedQueue<T> buffer = queue;
        return buffer != null ? buffer.capacity() : 0;
    }

    public boolean isBuffered() {
        return queue != null;
    }

    /** Elements that could be received now: an estimate. 0 or 1 when the channel is unbuffered. */
    public int size() {
        SharedQueue<T> buffer = queue;
        if (buffer != null) {
            return buffer.size();
        }
        return attachment.reading(() -> meeting().isOffered() ? 1 : 0);
    }

    @Override
    public Occupancy occupancy() {
        return Occupancy.ofElements(size(), capacity());
    }

    /** That of the queue in a buffered channel. */
    @Override
    public @Nullable Stall stall() {
        return queue == null ? null : queue.stall();
    }

    /** As of the queue in a buffered channel; an unbuffered one has no stalls. */
    @Override
    public boolean breakStall(Stall stall) {
        return queue != null && queue.breakStall(stall);
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
        return queue == null;
    }

    /**
     * One more receiver; of an unbuffered channel the only one, until the intake is closed. Waits for threads that are just
     * receiving from that.
     */
    @Override
    public Intake<T> intake(Start start) {
        attachment.ensureWritable();
        SharedQueue<T> buffer = queue;
        return buffer != null
                ? new PollingIntake<>(this, buffer.arrivals().with(this::closedNow), new BufferedInlet<>(this, buffer))
                : new PollingIntake<>(this, meeting().changes(), new RendezvousInlet<>(this, meeting().receiver()));
    }

    /** As of the queue in a buffered channel; an unbuffered one keeps nothing. */
    @Override
    public boolean canCommit() {
        return queue != null && queue.canCommit();
    }

    /** As {@link SharedQueue#committingIntake()}; it has an end when nothing is left that it has not committed. */
    @Override
    public CommittingIntake<T> committingIntake() {
        SharedQueue<T> buffer = queue;
        return buffer == null
                ? Source.super.committingIntake()
                : buffer.committingIntake(binding, buffer.arrivals().with(this::closedNow), this::hasNothingLeft);
    }

    boolean hasNothingLeft() {
        // In this order: what was sent before the close is seen by whoever sees the close.
        return isClosed() && size() == 0;
    }

    @Override
    public Outlet<T> outlet() {
        attachment.ensureWritable();
        if (queue == null) {
            meeting().sender().claimRole();
        }
        return outlet;
    }

    @Override
    public String toString() {
        return "SharedChannel[" + binding.describe() + ", type=" + codec.typeName()
                + (queue == null ? ", unbuffered" : ", capacity=" + capacity()) + "]";
    }

    private Rendezvous<T> meeting() {
        return Objects.requireNonNull(rendezvous);
    }

    private ChannelClosedException closed() {
        return new ChannelClosedException(
                "channel is closed: " + binding.describe()
                        + " (nothing can be sent any more; create a channel of another name)",
                segment().name(), name());
    }

    /** A consumer of the queue, with an end. */
    private record BufferedInlet<T>(SharedChannel<T> channel, SharedQueue<T> buffer) implements Polled<T> {

        @Override
        public @Nullable T poll() {
            return buffer.poll();
        }

        @Override
        public boolean pollSlot(SlotConsumer consumer) {
            return buffer.poll(consumer);
        }

        @Override
        public int drainTo(Consumer<? super T> consumer, int max) {
            return buffer.drainTo(consumer, max);
        }

        @Override
        public boolean isExhausted() {
            return channel.hasNothingLeft();
        }
    }

    /** Any thread may send; of an unbuffered channel, any of this process. */
    private final class ChannelOutlet implements Outlet<T> {

        /** Null where sender and receiver meet: each attempt would wake all who wait there, its own thread included. */
        @Override
        public @Nullable EventCount departures() {
            SharedQueue<T> buffer = queue;
            return buffer == null ? null : buffer.departures().with(SharedChannel.this::closedNow);
        }

        @Override
        public boolean offer(T element) {
            return trySend(element);
        }

        @Override
        public int offerAll(Collection<? extends T> elements) {
            return trySendAll(elements);
        }

        @Override
        public boolean isClosed() {
            return SharedChannel.this.isClosed();
        }
    }
}
