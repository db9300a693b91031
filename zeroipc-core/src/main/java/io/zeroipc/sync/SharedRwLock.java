package io.zeroipc.sync;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.format.MutexDescriptor;
import io.zeroipc.format.RwLockDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Description;
import io.zeroipc.segment.Part;
import io.zeroipc.segment.Pending;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Probe.Match;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.Structure;
import io.zeroipc.wait.Deadline;

import static io.zeroipc.format.RwLockDescriptor.BOTH_OFFSET;
import static io.zeroipc.format.RwLockDescriptor.MARKER_SIZE;
import static io.zeroipc.format.RwLockDescriptor.READERS_OFFSET;
import static io.zeroipc.format.RwLockDescriptor.READER_MUTEX_SUFFIX;
import static io.zeroipc.format.RwLockDescriptor.STATE_SIZE;
import static io.zeroipc.format.RwLockDescriptor.STATE_SUFFIX;
import static io.zeroipc.format.RwLockDescriptor.WRITER_ACTIVE_OFFSET;
import static io.zeroipc.format.RwLockDescriptor.WRITER_MUTEX_SUFFIX;

/*
 * Overview
 *   A count of readers and a flag of the writer; one mutex among writers, and one for the moment in which a reader looks at the
 *   flag and counts itself, or a writer raises the flag. Writers go first. Changed from the original: time limits, no count
 *   below 0, and a writer that gives up lowers its flag.
 *
 * Invariants
 *   I1  a reader is counted only while the flag is down, and the flag is raised only under the mutex of readers: so no reader
 *       comes in behind a raised flag.
 *   I2  the flag is raised and lowered by the holder of the mutex of writers only.
 *   I3  the mutex of readers is never held across a wait.
 *
 * Ordering
 *   S1  the compare-and-set that counts a reader out pairs with the acquire-load of readers by the writer: the writer sees
 *       that the reader has finished.
 *   S2  lowering the flag pairs with the compare-and-set that counts a reader in: the reader sees what the writer did.
 *       Writers among each other: the mutex of writers.
 *
 * Progress
 *   Blocking. Readers wait as long as writers follow each other closely.
 *
 * If a process dies here
 *   As a reader, writers wait for ever; as a writer, everybody; between the two ends of the short section under the mutex of
 *   readers, everybody who comes. Nothing tells a dead holder from a slow one.
 */

/**
 * A lock in shared memory that many readers hold together, or one writer alone. Thread-safe, not reentrant, and
 * byte-compatible with the read-write lock of the C++ and Python implementations: {@code docs/format/rwlock.md}. A writer that
 * waits keeps new readers out.
 */
public final class SharedRwLock implements Structure {

    public static final StructureKind KIND = StructureKind.composite("rwlock", "", STATE_SUFFIX, READER_MUTEX_SUFFIX,
            WRITER_MUTEX_SUFFIX, "");
    public static final Probe PROBE = new SyncProbe(KIND, SharedRwLock::match, SharedRwLock::describe);

    /** How often a lock that is tried finds the mutex of readers busy before it gives up; that is held for moments only. */
    private static final int TRIES_MAX = 1000;

    private final String name;
    private final Segment segment;
    private final Attachment attachment;
    private final MemorySegment state;
    private final PermitCell readerMutex;
    private final PermitCell writerMutex;
    private final ReadLock readLock = new ReadLock();
    private final WriteLock writeLock = new WriteLock();

    private SharedRwLock(Blocks blocks, MemorySegment state) {
        this.name = blocks.name();
        this.segment = blocks.segment();
        this.attachment = blocks.attachment();
        this.state = state;
        this.readerMutex = new PermitCell(SharedMutex.checked(blocks, READER_MUTEX_SUFFIX), attachment);
        this.writerMutex = new PermitCell(SharedMutex.checked(blocks, WRITER_MUTEX_SUFFIX), attachment);
    }

    /** A read-write lock to create or open. */
    public static Spec<SharedRwLock> spec() {
        return new SyncSpec<>(KIND, SharedRwLock::parts, SharedRwLock::bind);
    }

    /** Creates a read-write lock; see {@link Segment#create}. */
    public static SharedRwLock create(Segment segment, String name) {
        return segment.create(name, spec());
    }

    /** Opens a read-write lock; see {@link Segment#open}. */
    public static SharedRwLock open(Segment segment, String name) {
        return segment.open(name, spec());
    }

    /** Opens a read-write lock, or creates it; see {@link Segment#openOrCreate}. */
    public static SharedRwLock openOrCreate(Segment segment, String name) {
        return segment.openOrCreate(name, spec());
    }

    private static List<Part> parts() {
        return List.of(new Part(STATE_SUFFIX, STATE_SIZE, _ -> {
            // Zero is free.
        }), SharedMutex.part(READER_MUTEX_SUFFIX), SharedMutex.part(WRITER_MUTEX_SUFFIX),
                new Part("", MARKER_SIZE, _ -> {
                    // Only its presence counts.
                }));
    }

    private static SharedRwLock bind(Blocks blocks) {
        MemorySegment state = blocks.require(STATE_SUFFIX).memory();
        blocks.requireSound(RwLockDescriptor.check(state));
        return new SharedRwLock(blocks, state);
    }

    /** The side that many can hold together. */
    public ReadLock readLock() {
        return readLock;
    }

    /** The side that one holds alone. */
    public WriteLock writeLock() {
        return writeLock;
    }

    /** Readers inside, in all processes, those of killed ones included: a moment ago. */
    public int readers() {
        attachment.ensureReadable();
        return Math.max(0, RwLockDescriptor.readers(state));
    }

    /** Whether a writer is inside, or waits for the readers to leave: a moment ago. */
    public boolean isWriteLocked() {
        attachment.ensureReadable();
        return RwLockDescriptor.isWriterActive(state);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public StructureKind kind() {
        return KIND;
    }

    @Override
    public Segment segment() {
        return segment;
    }

    /** Held or not, of one. */
    @Override
    public Occupancy occupancy() {
        attachment.ensureReadable();
        return occupancy(state);
    }

    private static Occupancy occupancy(MemorySegment state) {
        boolean held = RwLockDescriptor.isWriterActive(state) || RwLockDescriptor.readers(state) > 0;
        return new Occupancy(held ? 1 : 0, 1, "holders");
    }

    private static Match match(Blocks blocks) {
        Block marker = blocks.find("");
        Block state = blocks.find(STATE_SUFFIX);
        Block readers = blocks.find(READER_MUTEX_SUFFIX);
        Block writers = blocks.find(WRITER_MUTEX_SUFFIX);
        boolean certain = marker != null && state != null && readers != null && writers != null
                && marker.byteSize() == MARKER_SIZE && RwLockDescriptor.check(state.memory()) == null
                && MutexDescriptor.check(readers.memory()) == null && MutexDescriptor.check(writers.memory()) == null;
        return certain ? Match.CERTAIN : Match.NO;
    }

    private static Description describe(Blocks blocks) {
        MemorySegment state = blocks.require(STATE_SUFFIX).memory();
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("readers", RwLockDescriptor.readers(state));
        details.put("writerActive", RwLockDescriptor.isWriterActive(state));
        return new Description(0, occupancy(state), details);
    }

    private IllegalMonitorStateException notHeld(String side) {
        return new IllegalMonitorStateException("lock is not held: segment=" + segment.name() + ", name=" + name
                + ", side=" + side + " (unlock once for each lock)");
    }

    /** Holds a mutex from one end of a section without waits to the other, also when the segment is closed meanwhile. */
    private static final class Held {

        private final PermitCell mutex;
        private boolean taken;

        Held(PermitCell mutex) {
            this.mutex = mutex;
        }

        void take() {
            taken = mutex.tryTake();
        }

        void giveBack() {
            if (taken) {
                mutex.give(1);
            }
        }
    }

    /** The side of readers. Thread-safe. */
    public final class ReadLock implements GuardedLock {

        private ReadLock() {
        }

        @Override
        public void lock() throws InterruptedException {
            lock(Deadline.never());
        }

        @Override
        public boolean tryLock(Duration timeout) throws InterruptedException {
            return lock(Deadline.after(timeout));
        }

        @Override
        public boolean tryLock() {
            attachment.ensureWritable();
            for (int i = 0; i < TRIES_MAX && !RwLockDescriptor.isWriterActive(state); i++) {
                if (attempt()) {
                    return true;
                }
                Thread.onSpinWait();
            }
            return false;
        }

        @Override
        public void unlock() {
            attachment.ensureWritable();
            while (true) {
                int readers = Atomics.getIntOpaque(state, READERS_OFFSET);
                if (readers <= 0) {
                    throw notHeld("read");
                }
                // S1, pairs with WriteLock.hasReaders(): we have finished reading.
                if (Atomics.compareAndSetInt(state, READERS_OFFSET, readers, readers - 1)) {
                    return;
                }
            }
        }

        private boolean lock(Deadline deadline) throws InterruptedException {
            attachment.ensureWritable();
            return attachment.await(this::attempt, deadline);
        }

        private boolean attempt() {
            Held held = new Held(readerMutex);
            try (Pending _ = Pending.begin(attachment, held::take, held::giveBack)) {
                return held.taken && countIn();
            }
        }

        private boolean countIn() {
            while (true) {
                long both = Atomics.getLongAcquire(state, BOTH_OFFSET);
                if (both >>> 32 != 0) {
                    return false;
                }
                // S2, pairs with the store that lowered the flag. Both words at once: some C++ versions raise the flag
                // without the mutex of readers.
                if (Atomics.compareAndSetLong(state, BOTH_OFFSET, both, (both + 1) & 0xFFFF_FFFFL)) {
                    return true;
                }
            }
        }
    }

    /** The side of writers. Thread-safe. */
    public final class WriteLock implements GuardedLock {

        private WriteLock() {
        }

        @Override
        public void lock() throws InterruptedException {
            lock(Deadline.never());
        }

        @Override
        public boolean tryLock(Duration timeout) throws InterruptedException {
            return lock(Deadline.after(timeout));
        }

        @Override
        public boolean tryLock() {
            attachment.ensureWritable();
            Claim claim = new Claim();
            try (Pending pending = Pending.begin(attachment, claim::take, claim::giveBack)) {
                for (int i = 0; i < TRIES_MAX && claim.hasMutex() && !hasReaders(); i++) {
                    if (claim.raise(true)) {
                        pending.settle();
                        return true;
                    }
                    Thread.onSpinWait();
                }
                return false;
            }
        }

        @Override
        public void unlock() {
            attachment.ensureWritable();
            // S2, pairs with countIn(): readers see what we did.
            if (!Atomics.compareAndSetInt(state, WRITER_ACTIVE_OFFSET, 1, 0)) {
                throw notHeld("write");
            }
            writerMutex.give(1);
        }

        private boolean lock(Deadline deadline) throws InterruptedException {
            attachment.ensureWritable();
            int attempts = 0;
            while (true) {
                Claim claim = new Claim();
                try (Pending pending = Pending.begin(attachment, claim::take, claim::giveBack)) {
                    if (claim.hasMutex()) {
                        if (!attachment.await(() -> claim.raise(false) && !hasReaders(), deadline)) {
                            return false;
                        }
                        pending.settle();
                        return true;
                    }
                }
                if (deadline.expired()) {
                    return false;
                }
                attempts = attachment.pause(attempts);
            }
        }

        private boolean hasReaders() {
            // S1, pairs with ReadLock.unlock(): those who left have finished.
            return RwLockDescriptor.readers(state) > 0;
        }

        /** What one writer has of the lock. */
        private final class Claim {

            private final Held mutex = new Held(writerMutex);
            private boolean raised;
            private boolean over;

            void take() {
                mutex.take();
            }

            boolean hasMutex() {
                return mutex.taken;
            }

            /** Raises the flag, unless the mutex of readers is busy; false then. */
            boolean raise(boolean onlyWithoutReaders) {
                if (raised) {
                    return true;
                }
                Held held = new Held(readerMutex);
                try (Pending _ = Pending.begin(attachment, held::take, held::giveBack)) {
                    if (held.taken && !(onlyWithoutReaders && hasReaders())) {
                        raiseUnlessOver();
                    }
                }
                return raised;
            }

            /** Not after whoever closed the segment has given the claim back: nobody would lower the flag again. */
            private synchronized void raiseUnlessOver() {
                if (!over) {
                    raised = true;
                    Atomics.getAndSetInt(state, WRITER_ACTIVE_OFFSET, 1);
                }
            }

            synchronized void giveBack() {
                over = true;
                if (raised) {
                    Atomics.setIntRelease(state, WRITER_ACTIVE_OFFSET, 0);
                }
                mutex.giveBack();
            }
        }
    }
}
