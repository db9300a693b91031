package io.zeroipc.flow;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.Flow;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ElementSchema;
import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.codec.Codec;
import io.zeroipc.format.StateDescriptor;
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
import io.zeroipc.segment.SlotConsumer;
import io.zeroipc.segment.Source;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.WriterOutlet;
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
 *   S1  bytes, then the even sequence by release-store (StateWriter.commit); the sequence by acquire-load, then bytes
 *       (StateSlots.find).
 *   S2  the even sequence, then latest by release-store (StateWriter.commit); latest by acquire-load (StateSlots.latest).
 *   S3  the odd sequence, store-store fence, bytes (StateWriter.begin); bytes, load-load fence, sequence
 *       (StateSlots.isWhole). A release-store of the odd sequence would be wrong: release does not hold later stores back.
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

    private final Binding binding;
    private final Blocks blocks;
    private final Block block;
    private final Attachment attachment;
    private final EventCount changes;
    private final Codec<T> codec;
    private final StateSlots slots;
    private final StateSamples samples;
    private final WriterOutlet<StateWriter<T>, T> outlet = new WriterOutlet<>(this::writer, (writer, element) -> {
        writer.set(element);
        return true;
    }, (writer, elements) -> {
        elements.forEach(writer::set);
        return elements.size();
    }, () -> false);

    SharedState(Blocks blocks, Block block, long slotCount, Codec<T> codec) {
        this.binding = blocks.binding(KIND);
        this.blocks = blocks;
        this.block = block;
        this.attachment = blocks.attachment();
        this.codec = codec;
        this.slots = new StateSlots(block.memory(), describe(), slotCount, codec.byteSize());
        this.samples = new StateSamples(slots);
        this.changes = attachment.arrivals(block, slots::latest);
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
    public StateWriter<T> writer() {
        try (Lane _ = attachment.enterToWrite()) {
            return new StateWriter<>(this, slots, blocks.claimRole(block, WRITER_ROLE, "writer"));
        }
    }

    /**
     * The newest value, or null when none was set yet.
     *
     * @throws io.zeroipc.ZeroIpcException when the writer made the whole round of the slots during each of many attempts
     */
    public @Nullable T get() {
        try (Lane _ = attachment.enterToRead()) {
            StateSample sample = samples.take();
            try {
                return sample.copyLatest() ? codec.decode(sample.payload(), 0) : null;
            } finally {
                samples.giveBack(sample);
            }
        }
    }

    /** The newest value with its version and time, all of the same moment; null when none was set yet. See {@link #get}. */
    public @Nullable Snapshot<T> snapshot() {
        try (Lane _ = attachment.enterToRead()) {
            StateSample sample = samples.take();
            try {
                return sample.copyLatest() ? snapshot(sample) : null;
            } finally {
                samples.giveBack(sample);
            }
        }
    }

    /**
     * Hands a private copy of the newest value's bytes to {@code consumer}, without objects; false when none was set yet.
     * The memory is valid during the call only. See {@link #get}.
     */
    public boolean read(SlotConsumer consumer) {
        Objects.requireNonNull(consumer, "consumer");
        try (Lane lane = attachment.enterToRead()) {
            StateSample sample = samples.take();
            try {
                if (!sample.copyLatest()) {
                    return false;
                }
                lane.callOut();
                try {
                    consumer.accept(sample.payload(), 0);
                } finally {
                    lane.callIn();
                }
                return true;
            } finally {
                samples.giveBack(sample);
            }
        }
    }

    /** The newest value of eight bytes as a long, without objects; {@code ifNone} when none was set yet. */
    public long getLong(long ifNone) {
        try (Lane _ = attachment.enterToRead()) {
            requireWidth(Long.BYTES);
            int looks = 0;
            while (true) {
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
                looks = slots.pause(looks, latest);
            }
        }
    }

    /** The newest value of eight bytes as a double, without objects; {@code ifNone} when none was set yet. */
    public double getDouble(double ifNone) {
        return Double.longBitsToDouble(getLong(Double.doubleToRawLongBits(ifNone)));
    }

    /** The newest value of four bytes as an int, without objects; {@code ifNone} when none was set yet. */
    public int getInt(int ifNone) {
        try (Lane _ = attachment.enterToRead()) {
            requireWidth(Integer.BYTES);
            int looks = 0;
            while (true) {
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
                looks = slots.pause(looks, latest);
            }
        }
    }

    /** The number of values set so far, which is the version of the newest; 0 when there is none. */
    public long version() {
        try (Lane _ = attachment.enterToRead()) {
            return slots.latest();
        }
    }

    /**
     * Waits for another value than that of a version, up to {@code timeout}; null when none came.
     *
     * @param version the version last seen; 0 to wait for any value
     */
    public @Nullable Snapshot<T> awaitChange(long version, Duration timeout) throws InterruptedException {
        return changes.await(() -> version() != version, Deadline.after(timeout)) ? snapshot() : null;
    }

    /**
     * Begins to follow the changes. Conflating: each look finds the newest value only, and counts the versions skipped.
     *
     * @param start with the next value, or the present one if there is one
     */
    public StateSubscription<T> subscribe(Start start) {
        try (Lane _ = attachment.enterToRead()) {
            return new StateSubscription<>(this, slots, samples, start);
        }
    }

    /**
     * The values as a publisher. Each subscriber gets the present value first and, whenever it has asked for more and
     * there is a newer one, the newest. Each has a virtual thread, which waits like a listener in one while nothing changes; it
     * completes when the segment is closed, and fails when the segment is detached.
     */
    public Flow.Publisher<Snapshot<T>> publisher() {
        return new PullPublisher<>(this, () -> new SnapshotPull<>(subscribe(Start.EARLIEST)));
    }

    /** Number of slots. */
    public int slots() {
        return slots.slotCount();
    }

    /** Where to wait for another value. */
    EventCount changes() {
        return changes;
    }

    @Override
    public Binding binding() {
        return binding;
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

    @Override
    public boolean canContinue() {
        return true;
    }

    /** Begins with the present value, unless its position is this one. */
    @Override
    public Intake<T> intakeBehind(long position) {
        try (Lane _ = attachment.enterToRead()) {
            return new StateSubscription<>(this, slots, samples, position);
        }
    }

    /** The one writer behind a lock. Its role is held until the segment is closed. */
    @Override
    public Outlet<T> outlet() {
        return outlet.taken();
    }

    @Override
    public String toString() {
        return "SharedState[" + describe() + ", element=" + codec.typeName() + ", slots=" + slots() + "]";
    }

    Codec<T> codec() {
        return codec;
    }

    Snapshot<T> snapshot(StateSample sample) {
        return new Snapshot<>(codec.decode(sample.payload(), 0), sample.version(), sample.timestamp());
    }

    void requireWidth(int width) {
        if (slots.payloadSize != width) {
            throw new UnsupportedOperationException("value has another width: " + describe() + ", element="
                    + codec.typeName() + ", element size=" + slots.payloadSize + " (expected: " + width + " bytes)");
        }
    }

    String describe() {
        return binding.describe();
    }

    /**
     * A value with what belongs to it.
     *
     * @param value the value
     * @param version its number, from 1
     * @param timestamp when it was set, by the writer's clock: nanoseconds since 1970-01-01T00:00Z
     */
    public record Snapshot<T>(T value, long version, long timestamp) {

        static final long NANOS_PER_SECOND = 1_000_000_000;

        /** The timestamp. */
        public Instant instant() {
            return Instant.ofEpochSecond(Math.floorDiv(timestamp, NANOS_PER_SECOND),
                    Math.floorMod(timestamp, NANOS_PER_SECOND));
        }
    }
}
