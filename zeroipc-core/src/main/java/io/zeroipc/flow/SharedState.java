package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ElementSchema;
import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.codec.Codec;
import io.zeroipc.format.StateDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
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
 *   The newest of a series of values, by one writer, for any number of readers. A sequence lock (Lameter, Boehm) in each of
 *   several slots: the writer fills the slot after the newest one, so readers of the newest are disturbed only by a writer
 *   that makes the whole round while they copy. The layout is our own: docs/format/state.md.
 *
 * Invariants
 *   I1  latest and the sequence of each slot are changed by the holder of role 0 only; latest grows by 1.
 *   I2  version v lies in slot v mod N. Its sequence is 2v - 1 while v is being written and 2v once it is complete, so a
 *       sequence tells the version as well, and a slot used again never looks like the same one.
 *   I3  the slot of version latest is complete, and stays so until version latest + N is begun. Since latest + N - 1 must
 *       be published before that, a reader is overtaken by N - 1 whole writes at least.
 *
 * Ordering
 *   S1  bytes, then the even sequence by release-store (Writer.commit); the sequence by acquire-load, then bytes
 *       (StateSlots.find).
 *   S2  the even sequence, then latest by release-store (Writer.commit); latest by acquire-load (StateSlots.latest).
 *   S3  the odd sequence, store-store fence, bytes (Writer.begin); bytes, load-load fence, sequence (StateSlots.isWhole).
 *       A release-store of the odd sequence would be wrong: release does not hold later stores back.
 *   S3 is argued on the hardware's rules, x86-64 and aarch64, since the bytes are plain racing accesses; it is tested under
 *   load with a checksum in each value.
 *
 * Progress
 *   The writer is wait-free. A reader retries when it is overtaken, a bounded number of times, and then says so.
 *
 * If a process dies here
 *   A writer after the odd sequence: that slot is unreadable and is not the newest; the last complete value stays. A
 *   writer between the even sequence and latest: the value is complete and was never announced; the next writer uses its
 *   version and slot again, and no reader can have validated it, because only latest leads there. The kernel frees the
 *   role. A reader: nothing.
 */

/**
 * The newest value of something that changes: written by one, read by any number, always whole. Older values are
 * overwritten; who wants every one takes a ring.
 *
 * <p>
 * Thread-safe, but for the writer and the subscriptions that it hands out, which are for one thread at a time. What was
 * stored before a value was set is visible to whoever reads that value.
 *
 * <p>
 * Values are numbered: {@linkplain #version() version} 1 is the first one, 0 means that there is none yet.
 *
 * @param <T> the value
 */
public final class SharedState<T> implements Source<T>, Sink<T> {

    public static final StructureKind KIND = StructureKind.of("state");

    public static final Probe PROBE = new StateSpec.StateProbe();

    private static final int WRITER_ROLE = 0;

    private final Blocks blocks;
    private final Block block;
    private final Attachment attachment;
    private final Codec<T> codec;
    private final StateSlots slots;
    private final StateSamples samples;
    private final ReentrantLock outletLock = new ReentrantLock();
    private @Nullable StateOutlet<T> outlet;

    SharedState(Blocks blocks, Block block, Codec<T> codec) {
        this.blocks = blocks;
        this.block = block;
        this.attachment = blocks.attachment();
        this.codec = codec;
        this.slots = new StateSlots(block.memory(), describe());
        this.samples = new StateSamples(slots);
    }

    /** What to ask a segment for: a state of four slots; one with any number of slots is opened. */
    public static <T> Spec<SharedState<T>> spec(Codec<T> codec) {
        return spec(codec, 0);
    }

    /**
     * What to ask a segment for. More slots let a slow reader copy a large value in peace while a fast writer goes on.
     *
     * @param slots a power of two, 4 to 65536; 0 for four, and to open a state of whatever number it has
     */
    public static <T> Spec<SharedState<T>> spec(Codec<T> codec, int slots) {
        return new StateSpec<>(codec, slots);
    }

    public static <T> SharedState<T> create(Segment segment, String name, Codec<T> codec) {
        return segment.create(name, spec(codec));
    }

    public static <T> SharedState<T> open(Segment segment, String name, Codec<T> codec) {
        return segment.open(name, spec(codec));
    }

    public static <T> SharedState<T> openOrCreate(Segment segment, String name, Codec<T> codec) {
        return segment.openOrCreate(name, spec(codec));
    }

    /**
     * Takes the writer's role. It goes on behind the last complete value, also that of a writer which died.
     *
     * @throws io.zeroipc.RoleTakenException when there is a writer in any process
     */
    public Writer<T> writer() {
        return new Writer<>(this, blocks.claimRole(block, WRITER_ROLE, "writer"));
    }

    /**
     * The newest value, or null when none was set yet.
     *
     * @throws io.zeroipc.ZeroIpcException when the writer made the whole round of the slots during each of many attempts
     */
    public @Nullable T get() {
        attachment.ensureReadable();
        StateSample sample = samples.take();
        try {
            return sample.copyLatest() ? codec.decode(sample.payload(), 0) : null;
        } finally {
            samples.giveBack(sample);
        }
    }

    /** The newest value with its version and time, all of the same moment; null when none was set yet. See {@link #get}. */
    public @Nullable Snapshot<T> snapshot() {
        attachment.ensureReadable();
        StateSample sample = samples.take();
        try {
            return sample.copyLatest() ? snapshot(sample) : null;
        } finally {
            samples.giveBack(sample);
        }
    }

    /**
     * Hands a private copy of the newest value's bytes to {@code consumer}, without objects; false when none was set yet.
     * The memory is valid during the call only. See {@link #get}.
     */
    public boolean read(SlotConsumer consumer) {
        attachment.ensureReadable();
        StateSample sample = samples.take();
        try {
            if (!sample.copyLatest()) {
                return false;
            }
            consumer.accept(sample.payload(), 0);
            return true;
        } finally {
            samples.giveBack(sample);
        }
    }

    /** The newest value of eight bytes as a long, without objects; {@code ifNone} when none was set yet. */
    public long getLong(long ifNone) {
        attachment.ensureReadable();
        requireWidth(Long.BYTES);
        for (int attempt = 0;; attempt++) {
            long latest = slots.latest();
            if (latest == 0) {
                return ifNone;
            }
            long slot = slots.find(latest);
            if (slot != StateSlots.OVERTAKEN) {
                long value = Atomics.getLong(slots.memory, slot + StateDescriptor.PAYLOAD_OFFSET);
                if (slots.isWhole(slot, latest)) {
                    return value;
                }
            }
            slots.retry(attempt, latest);
        }
    }

    /** The newest value of eight bytes as a double, without objects; {@code ifNone} when none was set yet. */
    public double getDouble(double ifNone) {
        return Double.longBitsToDouble(getLong(Double.doubleToRawLongBits(ifNone)));
    }

    /** The newest value of four bytes as an int, without objects; {@code ifNone} when none was set yet. */
    public int getInt(int ifNone) {
        attachment.ensureReadable();
        requireWidth(Integer.BYTES);
        for (int attempt = 0;; attempt++) {
            long latest = slots.latest();
            if (latest == 0) {
                return ifNone;
            }
            long slot = slots.find(latest);
            if (slot != StateSlots.OVERTAKEN) {
                int value = Atomics.getInt(slots.memory, slot + StateDescriptor.PAYLOAD_OFFSET);
                if (slots.isWhole(slot, latest)) {
                    return value;
                }
            }
            slots.retry(attempt, latest);
        }
    }

    /** The number of values set so far, which is the version of the newest; 0 when there is none. */
    public long version() {
        attachment.ensureReadable();
        return slots.latest();
    }

    /**
     * Waits for another value than that of a version, up to {@code timeout}; null when none came.
     *
     * @param version the version last seen; 0 to wait for any value
     */
    public @Nullable Snapshot<T> awaitChange(long version, Duration timeout) throws InterruptedException {
        Deadline deadline = Deadline.after(timeout);
        int attempts = 0;
        while (version() == version) {
            if (deadline.expired()) {
                return null;
            }
            attempts = attachment.pause(attempts);
        }
        return snapshot();
    }

    /**
     * Begins to follow the changes. Conflating: each look finds the newest value only, and counts the versions skipped.
     *
     * @param start with the next value, or the present one if there is one
     */
    public Subscription<T> subscribe(Start start) {
        attachment.ensureReadable();
        return new Subscription<>(this, start);
    }

    /**
     * The values as a publisher. Each subscriber gets the present value first and, whenever it has asked for more and
     * there is a newer one, the newest. Each has a virtual thread, which looks once a millisecond while nothing changes;
     * it completes when the segment is closed, and fails when the segment is detached.
     */
    public Flow.Publisher<Snapshot<T>> publisher() {
        return new PullPublisher<>(this, () -> new SnapshotPull<>(subscribe(Start.EARLIEST)));
    }

    /** Number of slots. */
    public int slots() {
        return slots.slotCount();
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

    /** One element once there is a value. */
    @Override
    public Occupancy occupancy() {
        return Occupancy.ofElements(version() == 0 ? 0 : 1, 1);
    }

    @Override
    public ElementSchema elementSchema() {
        return codec.schema();
    }

    @Override
    public boolean isSingleConsumer() {
        return false;
    }

    @Override
    public boolean isBroadcast() {
        return true;
    }

    /** As {@link #subscribe}. */
    @Override
    public Intake<T> intake(Start start) {
        return subscribe(start);
    }

    /** The one writer behind a lock. Its role is held until the segment is closed. */
    @Override
    public Outlet<T> outlet() {
        outletLock.lock();
        try {
            if (outlet == null) {
                outlet = new StateOutlet<>(writer());
            }
            return outlet;
        } finally {
            outletLock.unlock();
        }
    }

    @Override
    public String toString() {
        return "SharedState[" + describe() + ", element=" + codec.typeName() + ", slots=" + slots() + "]";
    }

    private Snapshot<T> snapshot(StateSample sample) {
        return new Snapshot<>(codec.decode(sample.payload(), 0), sample.version(), sample.timestamp());
    }

    private void requireWidth(int width) {
        if (slots.payloadSize != width) {
            throw new UnsupportedOperationException("value has another width: " + describe() + ", element="
                    + codec.typeName() + ", element size=" + slots.payloadSize + " (expected: " + width + " bytes)");
        }
    }

    private String describe() {
        return "segment=" + blocks.segment().name() + ", name=" + blocks.name();
    }

    /**
     * A value with what belongs to it.
     *
     * @param value the value
     * @param version its number, from 1
     * @param timestamp when it was set, by the writer's clock: nanoseconds since 1970-01-01T00:00Z
     */
    public record Snapshot<T>(T value, long version, long timestamp) {

        private static final long NANOS_PER_SECOND = 1_000_000_000;

        /** The timestamp. */
        public Instant instant() {
            return Instant.ofEpochSecond(Math.floorDiv(timestamp, NANOS_PER_SECOND),
                    Math.floorMod(timestamp, NANOS_PER_SECOND));
        }
    }

    /**
     * The writing side. For one thread at a time.
     *
     * @param <T> the value
     */
    public static final class Writer<T> implements AutoCloseable {

        private static final int IDLE = 0;
        private static final int CLAIMED = 1;
        private static final int CLOSED = 2;

        private final SharedState<T> state;
        private final Attachment attachment;
        private final StateSlots slots;
        private final MemorySegment memory;
        private final Codec<T> codec;
        private final Role role;
        private int phase = IDLE;
        /** Mirrors latest, which nobody else changes. */
        private long version;

        private Writer(SharedState<T> state, Role role) {
            this.state = state;
            this.attachment = state.attachment;
            this.slots = state.slots;
            this.memory = state.slots.memory;
            this.codec = state.codec;
            this.role = role;
            this.version = state.slots.latest();
        }

        /** Sets the value, with the present time. When the codec refuses it the old one stays. */
        public void set(T value) {
            set(value, now());
        }

        /**
         * Sets the value.
         *
         * @param timestamp when it was true: nanoseconds since 1970-01-01T00:00Z
         */
        public void set(T value, long timestamp) {
            long slot = begin();
            codec.encode(value, memory, slot + StateDescriptor.PAYLOAD_OFFSET);
            commit(slot, timestamp);
        }

        /** Sets a value of eight bytes, with the present time, without objects. */
        public void setLong(long value) {
            state.requireWidth(Long.BYTES);
            long slot = begin();
            Atomics.putLong(memory, slot + StateDescriptor.PAYLOAD_OFFSET, value);
            commit(slot, now());
        }

        /** Sets a value of eight bytes, with the present time, without objects. */
        public void setDouble(double value) {
            setLong(Double.doubleToRawLongBits(value));
        }

        /** Sets a value of four bytes, with the present time, without objects. */
        public void setInt(int value) {
            state.requireWidth(Integer.BYTES);
            long slot = begin();
            Atomics.putInt(memory, slot + StateDescriptor.PAYLOAD_OFFSET, value);
            commit(slot, now());
        }

        /**
         * Hands out the slot of the next version in {@link #memory()}, to be filled in place and then
         * {@linkplain #publish() published} or {@linkplain #abort() given up}; until then this writer does nothing else.
         * The slot holds old bytes.
         *
         * @return where the value begins
         */
        public long claim() {
            long slot = begin();
            phase = CLAIMED;
            return slot + StateDescriptor.PAYLOAD_OFFSET;
        }

        /** Sets what was written into the claimed slot, with the present time. */
        public void publish() {
            publish(now());
        }

        /**
         * Sets what was written into the claimed slot.
         *
         * @param timestamp when it was true: nanoseconds since 1970-01-01T00:00Z
         */
        public void publish(long timestamp) {
            endClaim();
            commit(slots.slot(version + 1), timestamp);
        }

        /** Gives the claimed slot up; the old value stays. */
        public void abort() {
            endClaim();
        }

        /** The memory that claimed slots lie in. Write to nothing but those. */
        public MemorySegment memory() {
            attachment.ensureWritable();
            return memory;
        }

        /** The version that was set last, in whatever process; 0 for none. */
        public long version() {
            return version;
        }

        /** Gives the role back. A claimed slot is not published. Idempotent. */
        @Override
        public void close() {
            phase = CLOSED;
            role.close();
        }

        private long begin() {
            attachment.ensureWritable();
            if (phase != IDLE) {
                throw misuse();
            }
            long slot = slots.slot(version + 1);
            Atomics.setLongOpaque(memory, slot + StateDescriptor.SEQUENCE_OFFSET, StateDescriptor.writing(version + 1));
            // S3, pairs with the load-load fence in StateSlots.isWhole(): whoever sees a byte stored from here on sees the
            // odd sequence too.
            Atomics.storeStoreFence();
            return slot;
        }

        private void commit(long slot, long timestamp) {
            long next = version + 1;
            Atomics.putLong(memory, slot + StateDescriptor.TIMESTAMP_OFFSET, timestamp);
            Atomics.putLong(memory, slot + StateDescriptor.LENGTH_OFFSET, slots.payloadSize);
            // S1, pairs with the acquire-load in StateSlots.find(): who sees the even sequence sees the bytes.
            Atomics.setLongRelease(memory, slot + StateDescriptor.SEQUENCE_OFFSET, StateDescriptor.complete(next));
            // S2, pairs with the acquire-load in StateSlots.latest(): who sees the version finds its slot complete.
            Atomics.setLongRelease(memory, StateDescriptor.LATEST_OFFSET, next);
            version = next;
        }

        private void endClaim() {
            attachment.ensureWritable();
            if (phase != CLAIMED) {
                throw new IllegalStateException("no slot is claimed: " + state.describe());
            }
            phase = IDLE;
        }

        private IllegalStateException misuse() {
            return new IllegalStateException(phase == CLOSED
                    ? "state writer is closed: " + state.describe()
                    : "a slot is claimed: " + state.describe() + " (publish or abort it first)");
        }

        private static long now() {
            Instant now = Instant.now();
            return now.getEpochSecond() * Snapshot.NANOS_PER_SECOND + now.getNano();
        }
    }

    /**
     * One reader's view of the changes. For one thread at a time, and not within its own consumer.
     *
     * @param <T> the value
     */
    public static final class Subscription<T> implements Intake<T> {

        private final SharedState<T> state;
        private final Attachment attachment;
        private final Codec<T> codec;
        private final StateSample sample;
        private boolean closed;
        private boolean consumedAny;
        private long seen;
        private long lost;

        private Subscription(SharedState<T> state, Start start) {
            this.state = state;
            this.attachment = state.attachment;
            this.codec = state.codec;
            this.sample = new StateSample(state.slots);
            long latest = state.slots.latest();
            this.seen = start == Start.EARLIEST ? Math.max(0, latest - 1) : latest;
        }

        /** The newest value when it was not seen yet, or null. */
        @Override
        public @Nullable T poll() {
            return advance() ? codec.decode(sample.payload(), 0) : null;
        }

        /** As {@link #poll()}, with version and time. */
        public @Nullable Snapshot<T> pollSnapshot() {
            return advance() ? state.snapshot(sample) : null;
        }

        /** The next change, waiting up to {@code timeout} for it; null when none came. */
        public @Nullable T poll(Duration timeout) throws InterruptedException {
            T value = poll();
            if (value != null) {
                return value;
            }
            Deadline deadline = Deadline.after(timeout);
            int attempts = 0;
            while (value == null && !deadline.expired()) {
                attempts = attachment.pause(attempts);
                value = poll();
            }
            return value;
        }

        /** The next change, waiting for it as long as it takes. */
        public T take() throws InterruptedException {
            int attempts = 0;
            T value = poll();
            while (value == null) {
                attempts = attachment.pause(attempts);
                value = poll();
            }
            return value;
        }

        /** As {@link #poll()}: there is never more than one value. */
        @Override
        public int drainTo(Consumer<? super T> consumer, int max) {
            if (max <= 0 || !advance()) {
                return 0;
            }
            consumer.accept(codec.decode(sample.payload(), 0));
            return 1;
        }

        /** As {@link Intake#pollSlot}; the memory is a private copy. */
        @Override
        public boolean pollSlot(SlotConsumer consumer) {
            if (!advance()) {
                return false;
            }
            consumer.accept(sample.payload(), 0);
            return true;
        }

        /** The version of the value seen last, less 1: positions count from 0. */
        @Override
        public long position() {
            return consumedAny ? seen - 1 : -1;
        }

        /** Versions that were overwritten before this subscription looked, since it began. */
        @Override
        public long lost() {
            return lost;
        }

        /** Versions that this subscription has not seen yet, the overwritten ones among them: an estimate. */
        @Override
        public long lag() {
            attachment.ensureReadable();
            return Math.max(0, state.slots.latest() - seen);
        }

        /** Always false: a state is never closed. */
        @Override
        public boolean isExhausted() {
            return false;
        }

        @Override
        public void close() {
            closed = true;
        }

        private boolean advance() {
            attachment.ensureReadable();
            if (closed) {
                throw new IllegalStateException("state subscription is closed: " + state.describe());
            }
            if (state.slots.latest() == seen || !sample.copyLatest()) {
                return false;
            }
            lost += Math.max(0, sample.version() - seen - 1);
            seen = sample.version();
            consumedAny = true;
            return true;
        }
    }
}
