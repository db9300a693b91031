package io.zeroipc.sync;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.format.ClaimWord;
import io.zeroipc.format.MutexDescriptor;
import io.zeroipc.format.RwLockDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.memory.StopPoint;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Binding;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Claims;
import io.zeroipc.segment.Description;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Lane;
import io.zeroipc.segment.Part;
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
 *   A count of readers and a flag of the writer, changed together; one mutex among writers, and one for the moment in which a
 *   reader looks at the flag and counts itself, or a writer raises the flag. Writers go first. Changed from the original: time
 *   limits, no count below 0, and a writer that gives up lowers its flag. The mutex of readers is never held: where the others
 *   hold it, we take it and give it back in one step.
 *
 * Invariants
 *   I1  one of us is counted as a reader only while the flag is down, by one step on both words. One of another language may be
 *       counted after the flag was raised, while it has the mutex of readers.
 *   I2  the flag is raised and lowered by the holder of the mutex of writers only.
 *
 * Ordering
 *   S1  the compare-and-set that counts a reader out pairs with the acquire-load of readers by the writer: the writer sees
 *       that the reader has finished.
 *   S2  lowering the flag pairs with the compare-and-set that counts a reader in: the reader sees what the writer did.
 *       Writers among each other: the mutex of writers.
 *   S3  with other languages: their section under the mutex of readers comes as a whole before our step through it, or behind.
 *
 * Progress
 *   Blocking. Readers wait as long as writers follow each other closely.
 *
 * If a process dies here
 *   As a reader, writers wait; as a writer, everybody, or other writers only: between the mutex of writers and the flag, in either
 *   direction. Of a participant, CountRecoverer counts the reader out, and LockRecoverer lowers the flag and unlocks the mutex of
 *   writers. One of another language holds them up for ever, also between the two ends of the short section under the mutex of
 *   readers. All of it is shown, and unlock() of the side, or reset(), is for somebody who knows.
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

    private final Binding binding;
    private final Attachment attachment;
    private final EventCount changes;
    private final MemorySegment state;
    private final PermitCell readerMutex;
    private final Claims claims;
    private final long stateOffset;
    private final MutexCell writerMutex;
    private final ReadHold readHold;
    private final ReadLock readLock = new ReadLock();
    private final WriteLock writeLock = new WriteLock();

    private SharedRwLock(Blocks blocks, Block stateBlock) {
        this.binding = blocks.binding(KIND);
        this.attachment = blocks.attachment();
        this.state = stateBlock.memory();
        this.claims = attachment.claims();
        this.stateOffset = stateBlock.offset();
        this.changes = attachment.arrivals(stateBlock, this::stamp);
        this.readerMutex = new PermitCell(MutexCell.require(blocks, READER_MUTEX_SUFFIX), attachment);
        this.writerMutex = MutexCell.of(blocks, WRITER_MUTEX_SUFFIX, () -> lowerFlag(state));
        this.readHold = attachment.keeper(ReadHold.class, stateBlock, () -> new ReadHold(state));
        attachment.recoverer(CountRecoverer.class, stateBlock, () -> new CountRecoverer(new Readers(state)));
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
        Block state = blocks.require(STATE_SUFFIX);
        blocks.requireSound(RwLockDescriptor.check(state.memory()));
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
        return attachment.reading(() -> Math.max(0, RwLockDescriptor.readers(state)));
    }

    /** Whether a writer is inside, waits for readers to leave, or was killed on the way in or out: a moment ago. */
    public boolean isWriteLocked() {
        return attachment.reading(() -> RwLockDescriptor.isWriterActive(state) || writerMutex.isTaken());
    }

    /**
     * Unlocks both sides, whoever holds them and whatever killed processes have left. For when no living thread holds this lock
     * or is about to: what such a thread believes to have would be another's.
     */
    public void reset() {
        try (Lane lane = attachment.enterToWrite()) {
            Atomics.setLongRelease(state, BOTH_OFFSET, 0);
            claims.revoke(stateOffset);
            readerMutex.give(1);
            writerMutex.give(lane);
            changes.advance();
        }
    }

    @Override
    public Binding binding() {
        return binding;
    }

    /** Held or not, of one; also when what holds it up is a mutex that a killed process has left locked. */
    @Override
    public Occupancy occupancy() {
        return attachment.reading(() -> occupancy(RwLockDescriptor.readers(state),
                RwLockDescriptor.isWriterActive(state), readerMutex.permits() == 0, writerMutex.isTaken()));
    }

    private static Occupancy occupancy(int readers, boolean writerActive, boolean readerMutex, boolean writerMutex) {
        boolean held = readers > 0 || writerActive || readerMutex || writerMutex;
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
        int readers = RwLockDescriptor.readers(state);
        boolean writerActive = RwLockDescriptor.isWriterActive(state);
        boolean readerMutex = MutexDescriptor.isLocked(blocks.require(READER_MUTEX_SUFFIX).memory());
        boolean writerMutex = MutexDescriptor.isLocked(blocks.require(WRITER_MUTEX_SUFFIX).memory());
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("readers", readers);
        details.put("writerActive", writerActive);
        details.put("readerMutexLocked", readerMutex);
        details.put("writerMutexLocked", writerMutex);
        return new Description(0, occupancy(readers, writerActive, readerMutex, writerMutex), details);
    }

    private IllegalMonitorStateException notHeld(String side) {
        return new IllegalMonitorStateException(
                "lock is not held: " + binding.describe() + ", side=" + side + " (unlock once for each lock)");
    }

    /** Readers of other languages hold their mutex while they count themselves in or out. */
    private long stamp() {
        return EventCount.mix(Atomics.getLongAcquire(state, BOTH_OFFSET), readerMutex.permits());
    }

    private boolean hasReaders() {
        // S1, pairs with ReadLock.countOut(): those who left have finished.
        return RwLockDescriptor.readers(state) > 0;
    }

    private static boolean isFlagUp(long both) {
        return both >>> 32 != 0;
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
            try (Lane lane = attachment.enterToWrite()) {
                for (int i = 0; i < TRIES_MAX && !RwLockDescriptor.isWriterActive(state); i++) {
                    if (attempt(lane)) {
                        return true;
                    }
                    Thread.onSpinWait();
                }
                return false;
            }
        }

        /**
         * Unlocks: takes one reader away, whoever that is. If there is none, gives back the mutex that a reader of another
         * language died with.
         */
        @Override
        public void unlock() {
            try (Lane lane = attachment.enterToEnd()) {
                // First: close looks at both, and may find too little held only while we are inside.
                readHold.end();
                int cell = claims.change(lane, stateOffset, ClaimWord.LOCKED, ClaimWord.of(ClaimWord.UNLOCKING));
                if (cell == Claims.NO_CELL) {
                    // First, in case we die between the two.
                    cell = claims.announceLock(lane, stateOffset, ClaimWord.of(ClaimWord.UNLOCKING));
                    claims.revoke(stateOffset, 1);
                }
                if (leave(cell)) {
                    attachment.tellLingering();
                } else if (readerMutex.give(1)) {
                    changes.advance();
                } else {
                    throw notHeld("read");
                }
            }
        }

        private boolean lock(Deadline deadline) throws InterruptedException {
            try (Lane lane = attachment.enterToWrite()) {
                return changes.await(() -> attempt(lane), deadline);
            }
        }

        private boolean attempt(Lane lane) {
            // The mutex as well: counting in and out again wakes those who wait, and who waits for the mutex would wake himself.
            if (RwLockDescriptor.isWriterActive(state) || readerMutex.permits() == 0) {
                return false;
            }
            int cell = claims.announceLock(lane, stateOffset, ClaimWord.of(ClaimWord.LOCK_INTENT));
            StopPoint.LOCK_ANNOUNCED.reach();
            if (!countIn()) {
                claims.clear(cell);
                return false;
            }
            StopPoint.LOCK_TAKEN.reach();
            // S3, pairs with a writer of another language, who raises the flag while it has the mutex and looks for readers
            // behind it. Before it had the mutex, it sees us; behind it, we see the flag.
            if (readerMutex.pass() && !RwLockDescriptor.isWriterActive(state)) {
                claims.set(cell, ClaimWord.of(ClaimWord.LOCKED));
                StopPoint.LOCK_CONFIRMED.reach();
                readHold.begin();
                requireWhole();
                return true;
            }
            boolean _ = leave(cell);
            return false;
        }

        /** What a writer has left half changed is not for readers. */
        private void requireWhole() {
            String died = writerMutex.died();
            if (died != null) {
                unlock();
                throw writerMutex.ownerDied(died);
            }
        }

        /** False when there is no reader. */
        private boolean leave(int cell) {
            claims.set(cell, ClaimWord.of(ClaimWord.UNLOCKING));
            StopPoint.LOCK_UNLOCK_ANNOUNCED.reach();
            boolean left = countOut();
            StopPoint.LOCK_UNLOCKED.reach();
            claims.clear(cell);
            changes.advance();
            return left;
        }

        private boolean countIn() {
            while (true) {
                long both = Atomics.getLongAcquire(state, BOTH_OFFSET);
                if (isFlagUp(both)) {
                    return false;
                }
                // S2, pairs with the store that lowered the flag. I1: both words at once.
                if (Atomics.compareAndSetLong(state, BOTH_OFFSET, both, (both + 1) & 0xFFFF_FFFFL)) {
                    return true;
                }
            }
        }

        private boolean countOut() {
            return Readers.countOut(state, 1) > 0;
        }

        @Override
        public boolean isOwnerDead() {
            return writeLock.isOwnerDead();
        }

        /** Repairs as the other side does, alone: what is half changed was left by a writer. */
        @Override
        public void repair(Runnable repair) throws InterruptedException {
            writeLock.repair(repair);
        }
    }

    /**
     * The readers who have the lock.
     *
     * @param state of the lock
     */
    private record Readers(MemorySegment state) implements CountRecoverer.Counted {

        @Override
        public long word() {
            return RwLockDescriptor.readers(state);
        }

        @Override
        public int count(long word) {
            return (int) word;
        }

        @Override
        public boolean isCounted(long claim, long word) {
            return true;
        }

        @Override
        public int countOut(long word, int most) {
            return countOut(state, most);
        }

        static int countOut(MemorySegment state, int most) {
            while (true) {
                int readers = Atomics.getIntOpaque(state, READERS_OFFSET);
                int out = Math.min(readers, most);
                if (out <= 0) {
                    return 0;
                }
                // S1, pairs with hasReaders(): we have finished reading.
                if (Atomics.compareAndSetInt(state, READERS_OFFSET, readers, readers - out)) {
                    return out;
                }
            }
        }
    }

    /** For a writer who died with the mutex of writers, which is still locked. */
    private static void lowerFlag(MemorySegment state) {
        // S2, as in WriteLock.unlock().
        Atomics.setIntRelease(state, WRITER_ACTIVE_OFFSET, 0);
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
            try (Lane lane = attachment.enterToWrite()) {
                if (!writerMutex.tryTake(lane)) {
                    return false;
                }
                boolean locked = false;
                try {
                    locked = raiseWithoutReaders() && isSoonFree();
                    return locked;
                } finally {
                    if (!locked) {
                        giveUp(lane);
                    }
                }
            }
        }

        /**
         * Unlocks: takes the writer away, whoever that is. Also one that died before it was inside, and held up other writers
         * only.
         */
        @Override
        public void unlock() {
            try (Lane lane = attachment.enterToEnd()) {
                // S2, pairs with countIn(): readers see what we did.
                boolean lowered = Atomics.compareAndSetInt(state, WRITER_ACTIVE_OFFSET, 1, 0);
                changes.advance();
                if (!writerMutex.give(lane) && !lowered) {
                    throw notHeld("write");
                }
            }
        }

        private boolean lock(Deadline deadline) throws InterruptedException {
            try (Lane lane = attachment.enterToWrite()) {
                return writerMutex.take(lane, deadline) && awaitReaders(lane, deadline);
            }
        }

        /** With the mutex, which is given back when the time is over. */
        private boolean awaitReaders(Lane lane, Deadline deadline) throws InterruptedException {
            boolean locked = false;
            try {
                // I2: we have the mutex.
                Atomics.getAndSetInt(state, WRITER_ACTIVE_OFFSET, 1);
                locked = changes.await(new Entry()::isFree, deadline);
                return locked;
            } finally {
                if (!locked && !attachment.isDetached()) {
                    giveUp(lane);
                }
            }
        }

        @Override
        public boolean isOwnerDead() {
            return attachment.reading(() -> writerMutex.died() != null);
        }

        @Override
        public void repair(Runnable repair) throws InterruptedException {
            Objects.requireNonNull(repair, "repair");
            try (Lane lane = attachment.enterToWrite()) {
                writerMutex.takeAnyhow(lane, Deadline.never());
                boolean _ = awaitReaders(lane, Deadline.never());
            }
            writerMutex.repair(repair, this::unlock);
        }

        /** Raises the flag unless there are readers. */
        private boolean raiseWithoutReaders() {
            while (true) {
                long both = Atomics.getLongAcquire(state, BOTH_OFFSET);
                if ((int) both > 0) {
                    return false;
                }
                if (Atomics.compareAndSetLong(state, BOTH_OFFSET, both, (both & 0xFFFF_FFFFL) | 1L << 32)) {
                    return true;
                }
            }
        }

        private boolean isSoonFree() {
            Entry entry = new Entry();
            for (int i = 0; i < TRIES_MAX; i++) {
                if (entry.isFree()) {
                    return true;
                }
                Thread.onSpinWait();
            }
            return false;
        }

        private void giveUp(Lane lane) {
            Atomics.setIntRelease(state, WRITER_ACTIVE_OFFSET, 0);
            changes.advance();
            writerMutex.give(lane);
        }

        /** A writer that has raised the flag. */
        private final class Entry {

            private boolean passed;

            /** Whether no reader is inside, nor can come in. */
            boolean isFree() {
                // S3, pairs with a reader of another language, who looks at the flag and counts itself while it has the mutex.
                // Before us, we see it counted; behind us, it sees the flag.
                passed = passed || readerMutex.pass();
                return passed && !hasReaders();
            }
        }
    }
}
