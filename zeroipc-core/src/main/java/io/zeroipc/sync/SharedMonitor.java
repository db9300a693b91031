package io.zeroipc.sync;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

import io.zeroipc.LockLostException;
import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.format.MonitorDescriptor;
import io.zeroipc.format.MutexDescriptor;
import io.zeroipc.format.SemaphoreDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Binding;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Description;
import io.zeroipc.segment.Lane;
import io.zeroipc.segment.Part;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Probe.Match;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.Structure;
import io.zeroipc.wait.Deadline;

import static io.zeroipc.format.MonitorDescriptor.CONDITION_SUFFIX;
import static io.zeroipc.format.MonitorDescriptor.COUNT_SIZE;
import static io.zeroipc.format.MonitorDescriptor.COUNT_SUFFIX;
import static io.zeroipc.format.MonitorDescriptor.MARKER_SIZE;
import static io.zeroipc.format.MonitorDescriptor.MUTEX_SUFFIX;
import static io.zeroipc.format.MonitorDescriptor.WAITING_OFFSET;

/*
 * Overview
 *   A mutex, a semaphore whose permits wake threads, and a count of those threads, from before they give the mutex back until
 *   they have it again. Changed from the original: signals that find no thread to wake do not add up, and the first to wait
 *   takes away what is left of earlier ones.
 *
 * Invariants
 *   I1  count is the number of threads inside await, plus those of processes that died there. It is raised under the mutex.
 *   I2  if only Java takes part: permits <= max(count, threads that wait for the semaphore) when a signal has been given.
 *   I3  who waits holds the mutex before and after, also when its time is up or it is interrupted; or it is told that it does
 *       not, by LockLostException or the end of the segment, and its thread's next unlock does nothing.
 *
 * Ordering
 *   S1  all that the mutex protects: the mutex. The permit that wakes a thread carries the same promise (S1 of PermitCell).
 *   S2  count is raised before the mutex is given back: who has it next, and signals, sees the count.
 *
 * Progress
 *   Blocking. Coming back from a wait takes the mutex, in the time that is left and a second at least.
 *
 * If a process dies here
 *   Holding the mutex: as a mutex, which is unlocked for a participant. Waiting: count stays too high, and each signal can leave a permit that wakes a later thread
 *   for nothing. Those look at their condition again.
 */

/**
 * A lock in shared memory with one condition to wait for. Thread-safe, not reentrant, and byte-compatible with the monitor of the
 * C++ and Python implementations: {@code docs/format/monitor.md}.
 *
 * <p>
 * Threads can be woken for nothing, and a thread that begins to wait can take the signal of one that waited before, also one of
 * {@link #signalAll}. {@link #awaitUntil} is made for that: it looks at its condition after each signal, and every 10 ms without
 * one. Prefer it to {@link #await()}, which relies on signals alone.
 */
public final class SharedMonitor implements Structure, GuardedLock {

    public static final StructureKind KIND = StructureKind.composite("monitor", "", MUTEX_SUFFIX, CONDITION_SUFFIX,
            COUNT_SUFFIX, "");
    public static final Probe PROBE = new SyncProbe(KIND, SharedMonitor::match, SharedMonitor::describe);

    /** After so long without a signal a thread looks at its condition all the same. */
    private static final long LOOK_AGAIN_NANOS = 10_000_000;

    private final Binding binding;
    private final Attachment attachment;
    private final MemorySegment count;
    private final MutexCell mutex;
    private final PermitCell condition;

    private SharedMonitor(Blocks blocks, MutexCell mutex, Block condition, MemorySegment count) {
        this.binding = blocks.binding(KIND);
        this.attachment = blocks.attachment();
        this.count = count;
        this.mutex = mutex;
        this.condition = new PermitCell(condition, attachment);
    }

    /** A monitor to create or open. */
    public static Spec<SharedMonitor> spec() {
        return new SyncSpec<>(KIND, SharedMonitor::parts, SharedMonitor::bind);
    }

    /** Creates a monitor; see {@link Segment#create}. */
    public static SharedMonitor create(Segment segment, String name) {
        return segment.create(name, spec());
    }

    /** Opens a monitor; see {@link Segment#open}. */
    public static SharedMonitor open(Segment segment, String name) {
        return segment.open(name, spec());
    }

    /** Opens a monitor, or creates it; see {@link Segment#openOrCreate}. */
    public static SharedMonitor openOrCreate(Segment segment, String name) {
        return segment.openOrCreate(name, spec());
    }

    private static List<Part> parts() {
        return List.of(SharedMutex.part(MUTEX_SUFFIX),
                new Part(CONDITION_SUFFIX, SemaphoreDescriptor.SIZE,
                        block -> SemaphoreDescriptor.format(block.memory(), 0, 0)),
                new Part(COUNT_SUFFIX, COUNT_SIZE, _ -> {
                    // Zero: nobody waits.
                }), new Part("", MARKER_SIZE, _ -> {
                    // Only its presence counts.
                }));
    }

    private static SharedMonitor bind(Blocks blocks) {
        MutexCell mutex = MutexCell.of(blocks, MUTEX_SUFFIX);
        Block condition = blocks.require(CONDITION_SUFFIX);
        MemorySegment count = blocks.require(COUNT_SUFFIX).memory();
        blocks.requireSound(SemaphoreDescriptor.check(condition.memory()));
        blocks.requireSound(MonitorDescriptor.check(count));
        return new SharedMonitor(blocks, mutex, condition, count);
    }

    // the lock

    @Override
    public void lock() throws InterruptedException {
        lock(Deadline.never());
    }

    @Override
    public boolean tryLock() {
        try (Lane lane = attachment.enterToWrite()) {
            return gained(mutex.tryTake(lane));
        }
    }

    @Override
    public boolean tryLock(Duration timeout) throws InterruptedException {
        return lock(Deadline.after(timeout));
    }

    private boolean lock(Deadline deadline) throws InterruptedException {
        try (Lane lane = attachment.enterToWrite()) {
            return gained(mutex.take(lane, deadline));
        }
    }

    /** Whoever has the mutex, whatever happened before, gives it back with the next unlock. */
    private boolean gained(boolean taken) {
        if (taken) {
            mutex.forgive();
        }
        return taken;
    }

    /**
     * Unlocks. Does nothing when the calling thread has lost the lock in a wait since it locked: see {@link #await()}.
     *
     * @throws IllegalMonitorStateException when nobody holds it
     */
    @Override
    public void unlock() {
        // Before the lane: there may be no memory any more.
        if (mutex.forgive()) {
            return;
        }
        try (Lane lane = attachment.enterToEnd()) {
            if (!mutex.give(lane)) {
                throw notLocked();
            }
        }
    }

    /**
     * Unlocks it for a holder of whom the caller knows, as the bytes do not, that he is dead; as {@link SharedMutex#breakLock}.
     *
     * @return whether it was unlocked here; false when it was not locked
     * @throws io.zeroipc.StructureBusyException as {@link SharedMutex#breakLock}
     */
    public boolean breakLock() {
        try (Lane lane = attachment.enterToWrite()) {
            return mutex.breakLock(lane);
        }
    }

    @Override
    public boolean isOwnerDead() {
        return attachment.reading(() -> mutex.died() != null);
    }

    @Override
    public void repair(Runnable repair) throws InterruptedException {
        Objects.requireNonNull(repair, "repair");
        try (Lane lane = attachment.enterToWrite()) {
            boolean _ = gained(mutex.takeAnyhow(lane, Deadline.never()));
        }
        mutex.repair(repair, this::unlock);
    }

    // the condition

    /**
     * Gives the lock back, waits for a signal, and takes the lock again; the caller holds it before and after, also when it is
     * interrupted. It does not hold the lock when this throws anything else: the lock could not be had again. Then the next
     * unlock of this thread, which stands in a {@code finally} or closes a guard, does nothing, and so unlocks nobody else's.
     *
     * @throws InterruptedException when interrupted before a signal came; the lock is held
     * @throws LockLostException when interrupted, and the lock was not to be had within a second, because somebody holds on to
     *         it or was killed with it; the thread stays interrupted, and the lock is not held
     * @throws io.zeroipc.OwnerDiedException when somebody died with the lock meanwhile; the lock is not held
     * @throws IllegalStateException when the segment is closed meanwhile; the lock is not held
     * @throws IllegalMonitorStateException when nobody holds the lock, or the caller is known not to
     */
    public void await() throws InterruptedException {
        await(Deadline.never(), Deadline.never());
    }

    /**
     * As {@link #await()}, waiting for a signal at most so long; false when none came. For the lock it waits as long, and then a
     * second at most.
     *
     * @throws LockLostException also when the lock was not to be had in that time; the lock is not held
     */
    public boolean await(Duration timeout) throws InterruptedException {
        Deadline deadline = Deadline.after(timeout);
        return await(deadline, deadline);
    }

    /**
     * Waits until the condition holds, which is looked at under the lock, after signals and every 10 ms. With the exceptions of
     * {@link #await()}; when the condition throws, the lock is held.
     */
    public void awaitUntil(BooleanSupplier condition) throws InterruptedException {
        awaitUntil(condition, Deadline.never());
    }

    /**
     * As {@link #awaitUntil(BooleanSupplier)}, at most so long; whether it holds. For the lock it waits as long, and then a second
     * at most.
     *
     * @throws LockLostException also when the lock was not to be had in that time; the lock is not held
     */
    public boolean awaitUntil(BooleanSupplier condition, Duration timeout) throws InterruptedException {
        return awaitUntil(condition, Deadline.after(timeout));
    }

    private boolean awaitUntil(BooleanSupplier wanted, Deadline deadline) throws InterruptedException {
        // Not in a lane: the condition is the user's, and what it reads is guarded by its own lanes.
        attachment.ensureWritable();
        while (!wanted.getAsBoolean()) {
            if (deadline.expired()) {
                return false;
            }
            // Where there are permits enough, nobody has to wait, and so nobody looks.
            if (Thread.interrupted()) {
                throw new InterruptedException(
                        "interrupted while waiting: " + binding.describe());
            }
            // A thread that was woken and waits again can take the permit that was meant for us, also after a signal for
            // all. So nobody relies on permits alone.
            long nanos = Math.min(deadline.remainingNanos(), LOOK_AGAIN_NANOS);
            boolean _ = await(Deadline.after(Duration.ofNanos(nanos)), deadline);
        }
        return true;
    }

    /**
     * @param signal until when to wait for a signal
     * @param time until when to wait for the mutex, if there is more of it than patience has
     */
    private boolean await(Deadline signal, Deadline time) throws InterruptedException {
        try (Lane lane = attachment.enterToWrite()) {
            if (!mutex.isTaken() || mutex.hasLost()) {
                throw notLocked();
            }
            countIn();
            boolean regained = false;
            try {
                mutex.give(lane);
                boolean signalled;
                try {
                    signalled = condition.take(signal);
                } catch (InterruptedException e) {
                    regained = regain(lane, Waits.patience());
                    if (!regained) {
                        Thread.currentThread().interrupt();
                        throw lost(e);
                    }
                    throw e;
                }
                regained = regain(lane, later(time, Waits.patience()));
                if (!regained) {
                    throw lost(null);
                }
                return signalled;
            } finally {
                if (!regained) {
                    mutex.lose();
                }
                if (!attachment.isDetached()) {
                    Atomics.getAndAddInt(count, WAITING_OFFSET, -1);
                }
            }
        }
    }

    /** Takes the mutex again; an interrupt is kept, and leaves no more time than patience has. */
    private boolean regain(Lane lane, Deadline deadline) {
        Deadline limit = deadline;
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return mutex.take(lane, limit);
                } catch (InterruptedException e) {
                    interrupted = true;
                    limit = earlier(limit, Waits.patience());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Deadline later(Deadline one, Deadline other) {
        return one.remainingNanos() >= other.remainingNanos() ? one : other;
    }

    private static Deadline earlier(Deadline one, Deadline other) {
        return one.remainingNanos() <= other.remainingNanos() ? one : other;
    }

    private LockLostException lost(@Nullable InterruptedException cause) {
        return new LockLostException(
                "lock of the monitor was not to be had again after a wait: " + binding.describe()
                        + " (the caller does not hold it, and unlocking does nothing now; "
                        + "if whoever holds it has been killed, another thread's unlock() helps)",
                segment().name(), name(), cause);
    }

    /** Wakes one thread, if any waits. The lock need not be held. */
    public void signal() {
        try (Lane _ = attachment.enterToWrite()) {
            condition.giveBelow(threadsInside());
        }
    }

    /** Wakes all threads that wait. The lock need not be held. */
    public void signalAll() {
        try (Lane _ = attachment.enterToWrite()) {
            condition.fillTo(threadsInside());
        }
    }

    private void countIn() {
        // We have the mutex, so nobody else comes in; if nobody is inside, permits are left from earlier and wake nobody.
        if (threadsInside() == 0) {
            condition.trimTo(0);
        }
        // S2: before the mutex is given back.
        Atomics.getAndAddInt(count, WAITING_OFFSET, 1);
    }

    private int threadsInside() {
        return Math.max(Math.max(0, MonitorDescriptor.waiting(count)), condition.waiting());
    }

    private IllegalMonitorStateException notLocked() {
        return new IllegalMonitorStateException(
                "monitor is not locked: " + binding.describe() + " (lock it first, and unlock once for each lock)");
    }

    // facts

    /** Whether somebody holds the lock: true a moment ago. */
    public boolean isLocked() {
        return attachment.reading(mutex::isTaken);
    }

    /** Threads that wait for a signal or come back from that, in all processes: those of killed ones stay. */
    public int waiting() {
        return attachment.reading(() -> Math.max(0, MonitorDescriptor.waiting(count)));
    }

    @Override
    public Binding binding() {
        return binding;
    }

    /** One holder or none, of one. */
    @Override
    public Occupancy occupancy() {
        return SharedMutex.occupancy(isLocked());
    }

    private static Match match(Blocks blocks) {
        Block marker = blocks.find("");
        Block mutex = blocks.find(MUTEX_SUFFIX);
        Block condition = blocks.find(CONDITION_SUFFIX);
        Block count = blocks.find(COUNT_SUFFIX);
        boolean certain = marker != null && mutex != null && condition != null && count != null
                && marker.byteSize() == MARKER_SIZE && MutexDescriptor.check(mutex.memory()) == null
                && SemaphoreDescriptor.check(condition.memory()) == null
                && MonitorDescriptor.check(count.memory()) == null;
        return certain ? Match.CERTAIN : Match.NO;
    }

    private static Description describe(Blocks blocks) {
        boolean locked = MutexDescriptor.isLocked(blocks.require(MUTEX_SUFFIX).memory());
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("locked", locked);
        details.put("waiting", MonitorDescriptor.waiting(blocks.require(COUNT_SUFFIX).memory()));
        return new Description(0, SharedMutex.occupancy(locked), details);
    }
}
