package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Objects;
import java.util.function.UnaryOperator;

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
import io.zeroipc.segment.Lane;
import io.zeroipc.segment.Outlet;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Sink;
import io.zeroipc.segment.Source;
import io.zeroipc.segment.Spec;
import io.zeroipc.wait.Deadline;

import static io.zeroipc.format.SignalDescriptor.MUTEX_SUFFIX;
import static io.zeroipc.format.SignalDescriptor.STATE_SUFFIX;

/*
 * Overview
 *   A value that everybody may change, under a mutex, with the number of its changes. Changed from the original: readers
 *   rarely take the mutex, value and version are read as a pair, and what a caller's function does, it does outside of the
 *   mutex. SignalCell holds the protocol.
 *
 * Invariants
 *   I1  value and version are changed by the holder of the mutex only; each change of the value ends in version + 1.
 *
 * Ordering
 *   S1  value, then version by an addition that releases; version by acquire-load, then the value.
 *   S2  the mutex, store-store fence, value, version, the mutex (writers); version, the mutex is free, value, load-load
 *       fence, the mutex is free, version is the same (readers). A writer that was there in between is seen by the one or
 *       by the other. Writers of C++ have no such fence: on x86 they need none; elsewhere our readers take the mutex.
 *   S3  what a dead writer left is told, then his mutex is free (who recovers); value, version, nothing is told any more (the next
 *       writer); the mutex is free, is something told, the version is the same (readers). A reader that comes too late to be
 *       told sees the version.
 *
 * Progress
 *   Writers wait for the mutex, with all its limits. Readers retry while somebody writes, take the mutex too when
 *   that does not end, and after a bounded number of times say so.
 *
 * If a process dies here
 *   Holding the mutex, which is some ten instructions long: the signal is unlocked for a participant, and readers are told that the
 *   value may be half written, if it was being written, until somebody writes a whole one. For another program it stays locked:
 *   readers and timed writers say so; nobody hangs but those that asked to wait without a limit. breakLock() ends it.
 */

/**
 * A value that threads of all processes read, change and wait for. Every change has a number, the
 * {@linkplain #version() version}: 0 is the value the signal was created with. Thread-safe, and byte-compatible with the
 * signal of the C++ and Python implementations: {@code docs/format/signal.md}.
 *
 * <p>
 * What a thread did before it changed the value happens before what a thread does that read this value or a later one. Who
 * looks late finds the newest value only; who wants every one takes a channel or a stream. With one writer and large values
 * {@link SharedState} is the better choice: its readers never wait for anybody.
 *
 * @param <T> the value
 */
public final class SharedSignal<T> implements Source<T>, Sink<T> {

    public static final StructureKind KIND = StructureKind.composite("signal", "", STATE_SUFFIX, MUTEX_SUFFIX, "");
    public static final Probe PROBE = new SignalSpec.SignalProbe();

    private static final int OUTLET_ATTEMPTS = 100;
    /** Who changes the value all the time leaves short gaps: a pause after each one that was missed would miss most of them. */
    private static final int TRIES_PER_LOOK = 64;

    private final Binding binding;
    private final Attachment attachment;
    private final Codec<T> codec;
    private final SignalCell cell;
    private final ElementScratch scratch;
    private final Outlet<T> outlet = new SignalOutlet();

    SharedSignal(Blocks blocks, Block state, Block mutex, Codec<T> codec) {
        this.binding = blocks.binding(KIND);
        this.attachment = blocks.attachment();
        this.codec = codec;
        this.cell = new SignalCell(blocks, state, mutex, codec.byteSize());
        this.scratch = new ElementScratch(codec.byteSize());
    }

    /** A signal to create, whose first value is made of zeroes, or to open. */
    public static <T> Spec<SharedSignal<T>> spec(Codec<T> codec) {
        return new SignalSpec<>(codec, null);
    }

    /** A signal to create with this first value, or to open whatever its value is. */
    public static <T> Spec<SharedSignal<T>> spec(Codec<T> codec, T initial) {
        return new SignalSpec<>(codec, Objects.requireNonNull(initial, "initial"));
    }

    /** Creates a signal; see {@link Segment#create}. */
    public static <T> SharedSignal<T> create(Segment segment, String name, Codec<T> codec, T initial) {
        return segment.create(name, spec(codec, initial));
    }

    /** Opens a signal; see {@link Segment#open}. */
    public static <T> SharedSignal<T> open(Segment segment, String name, Codec<T> codec) {
        return segment.open(name, spec(codec));
    }

    /** Opens a signal, or creates it with this first value; see {@link Segment#openOrCreate}. */
    public static <T> SharedSignal<T> openOrCreate(Segment segment, String name, Codec<T> codec, T initial) {
        return segment.openOrCreate(name, spec(codec, initial));
    }

    /**
     * The value.
     *
     * @throws StructureBusyException when somebody was changing it during each of many attempts, about a second long:
     *         the process that is changing it is stopped, or dead and took no part in recovery; see {@link #breakLock}
     * @throws io.zeroipc.OwnerDiedException when a process died while it wrote the value, and nobody has written a whole one since
     */
    public T get() {
        try (Lane _ = attachment.enterToRead(); Lease lease = scratch.take()) {
            MemorySegment copy = lease.memory();
            cell.read(copy);
            return codec.decode(copy, 0);
        }
    }

    /**
     * The value with its version, both of the same moment.
     *
     * @throws StructureBusyException as {@link #get}
     * @throws io.zeroipc.OwnerDiedException as {@link #get}
     */
    public Snapshot<T> snapshot() {
        try (Lane _ = attachment.enterToRead(); Lease lease = scratch.take()) {
            MemorySegment copy = lease.memory();
            long version = cell.read(copy);
            return new Snapshot<>(codec.decode(copy, 0), version);
        }
    }

    private Snapshot<T> snapshotInterruptibly() throws InterruptedException {
        try (Lane _ = attachment.enterToRead(); Lease lease = scratch.take()) {
            MemorySegment copy = lease.memory();
            long version = cell.readInterruptibly(copy);
            return new Snapshot<>(codec.decode(copy, 0), version);
        }
    }

    /** How often the value was changed. */
    public long version() {
        try (Lane _ = attachment.enterToRead()) {
            return cell.version();
        }
    }

    /**
     * Sets the value, waiting while somebody else is at it. When the codec refuses it the old one stays. If the process that is
     * at it was killed, and took no part in recovery, this waits until somebody calls {@link #breakLock}, or until it is
     * interrupted.
     */
    public void set(T value) throws InterruptedException {
        try (Lane lane = attachment.enterToWrite(); Lease lease = scratch.take()) {
            MemorySegment bytes = encode(value, lease);
            cell.lock(lane, Deadline.never());
            writeAndUnlock(bytes, lane);
        }
    }

    /** Sets the value, waiting at most so long while somebody else is at it; false when that was too long. */
    public boolean set(T value, Duration timeout) throws InterruptedException {
        try (Lane lane = attachment.enterToWrite(); Lease lease = scratch.take()) {
            MemorySegment bytes = encode(value, lease);
            if (!cell.lock(lane, Deadline.after(timeout))) {
                return false;
            }
            writeAndUnlock(bytes, lane);
            return true;
        }
    }

    /** Sets the value; false when somebody else is at it at this moment. */
    public boolean trySet(T value) {
        try (Lane lane = attachment.enterToWrite(); Lease lease = scratch.take()) {
            return trySet(encode(value, lease), lane);
        }
    }

    private boolean trySet(MemorySegment bytes, Lane lane) {
        if (!cell.tryLock(lane)) {
            return false;
        }
        writeAndUnlock(bytes, lane);
        return true;
    }

    /** Sets the value if it still has this version, waiting while somebody else is at it; as long as {@link #set(Object)} does. */
    public boolean setIfVersion(long version, T value) throws InterruptedException {
        try (Lane lane = attachment.enterToWrite(); Lease lease = scratch.take()) {
            MemorySegment bytes = encode(value, lease);
            cell.lock(lane, Deadline.never());
            if (cell.version() == version) {
                writeAndUnlock(bytes, lane);
                return true;
            }
            cell.unlock(lane);
            return false;
        }
    }

    /** Whether somebody is changing the value: true a moment ago. Stays true when its process was killed and took no part. */
    public boolean isLocked() {
        return attachment.reading(cell::isLocked);
    }

    /**
     * Unlocks the signal though somebody else has locked it: for when that process is known to be dead, which these bytes do not
     * tell. The value may be half written by it; set it anew. If the process is alive after all, its change and the next one
     * can mix.
     *
     * @return whether it was locked
     */
    public boolean breakLock() {
        try (Lane lane = attachment.enterToWrite()) {
            return cell.unlock(lane);
        }
    }

    /**
     * Replaces the value by what a function makes of it. The function is called again when somebody else changed the value
     * meanwhile, so it should do nothing but compute; when it throws, nothing has changed.
     *
     * @return the value that was set, with its version
     * @throws StructureBusyException as {@link #get}; also when others change the value all the time
     */
    public Snapshot<T> update(UnaryOperator<T> function) throws InterruptedException {
        int looks = 0;
        for (int tries = 1;; tries++) {
            Snapshot<T> before = snapshotInterruptibly();
            T value = Objects.requireNonNull(function.apply(before.value()), "value");
            if (setIfVersion(before.version(), value)) {
                return new Snapshot<>(value, before.version() + 1);
            }
            if (tries % TRIES_PER_LOOK == 0) {
                looks = cell.pauseAfterChange(looks);
            }
        }
    }

    /**
     * Waits for another value than that of a version, at most so long; null when none came.
     *
     * @param version the version last seen
     * @throws StructureBusyException as {@link #get}, when there is another value; also when that takes longer than
     *             {@code timeout}
     */
    public @Nullable Snapshot<T> awaitChange(long version, Duration timeout) throws InterruptedException {
        return changes().await(() -> version() != version, Deadline.after(timeout)) ? snapshotInterruptibly() : null;
    }

    /**
     * Waits for another value than that of a version, as long as it takes.
     *
     * @throws StructureBusyException as {@link #get}, when there is another value
     */
    public Snapshot<T> awaitChange(long version) throws InterruptedException {
        changes().await(() -> version() != version, Deadline.never());
        return snapshotInterruptibly();
    }

    /**
     * Begins to follow the changes. Conflating: each look finds the newest value only, and counts the versions skipped.
     *
     * @param start with the next change, or with the present value
     */
    public SignalSubscription<T> subscribe(Start start) {
        try (Lane _ = attachment.enterToRead()) {
            return new SignalSubscription<>(this, cell, start);
        }
    }

    /** Where to wait for another value. */
    EventCount changes() {
        return cell.changes();
    }

    @Override
    public Binding binding() {
        return binding;
    }

    /** Always one value of one. */
    @Override
    public Occupancy occupancy() {
        attachment.ensureReadable();
        return Occupancy.ofElements(1, 1);
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
    public SignalSubscription<T> intake(Start start) {
        return subscribe(start);
    }

    @Override
    public Outlet<T> outlet() {
        attachment.ensureWritable();
        return outlet;
    }

    @Override
    public String toString() {
        return "SharedSignal[" + describe() + ", element=" + codec.typeName() + "]";
    }

    Codec<T> codec() {
        return codec;
    }

    /** Memory for a copy of the value. */
    Lease takeScratch() {
        return scratch.take();
    }

    String describe() {
        return binding.describe();
    }

    private MemorySegment encode(T value, Lease lease) {
        MemorySegment bytes = lease.memory();
        codec.encode(Objects.requireNonNull(value, "value"), bytes, 0);
        return bytes;
    }

    private void writeAndUnlock(MemorySegment bytes, Lane lane) {
        try {
            cell.write(bytes);
        } finally {
            cell.unlock(lane);
        }
    }

    /**
     * A value with what belongs to it.
     *
     * @param value the value
     * @param version how often it was changed to become this one
     */
    public record Snapshot<T>(T value, long version) {}

    private final class SignalOutlet implements Outlet<T> {

        /** A new value takes the place of the old one. False when the signal stays locked for many attempts. */
        @Override
        public boolean offer(T element) {
            try (Lane lane = attachment.enterToWrite(); Lease lease = scratch.take()) {
                MemorySegment bytes = encode(element, lease);
                for (int attempt = 0; attempt < OUTLET_ATTEMPTS; attempt++) {
                    if (trySet(bytes, lane)) {
                        return true;
                    }
                    Thread.onSpinWait();
                }
                return false;
            }
        }

        /** Always false: a signal is never closed. */
        @Override
        public boolean isClosed() {
            return false;
        }
    }
}
