package io.zeroipc.sync;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.format.ClaimWord;
import io.zeroipc.format.OnceDescriptor;
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

import static io.zeroipc.format.OnceDescriptor.DONE;
import static io.zeroipc.format.OnceDescriptor.EXECUTING;
import static io.zeroipc.format.OnceDescriptor.PENDING;
import static io.zeroipc.format.OnceDescriptor.STATE_OFFSET;

/*
 * Overview
 *   A word that says whether a task has still to be run, is being run, or has been run. Changed from the original: a task
 *   that fails leaves the word as it found it.
 *
 * Invariants
 *   I1  only the thread that changed PENDING to EXECUTING changes it further: to DONE, or back.
 *   I2  DONE does not change, but for reset().
 *
 * Ordering
 *   S1  the release-store of DONE pairs with the acquire-load of the state: what the task did is visible to who sees DONE.
 *   S2  the compare-and-set back to PENDING pairs with the next one to EXECUTING: the next attempt sees what the failed one
 *       did.
 *
 * Progress
 *   Blocking: who comes while the task runs waits for it.
 *
 * If a process dies here
 *   While it runs the task: LockRecoverer puts the state of a participant back to PENDING, as if the task had failed. Of another
 *   program it stays EXECUTING and the others wait for ever, since nothing tells a dead runner from a slow one. reset() is for
 *   somebody who knows.
 */

/**
 * Runs a task once among all processes, and lets the others wait until it has been run. Thread-safe, and byte-compatible
 * with the once of the C++, Python and Go implementations: {@code docs/format/once.md}.
 *
 * <p>
 * A task that throws, or whose process dies and was a participant of the segment, has not been run: the next caller runs its own, and
 * finds what was done so far. A task that runs when its segment is closed ends as ever,
 * and the mapping stays until then. What the task did happens before what any thread does after it found it done.
 */
public final class SharedOnce implements Structure {

    public static final StructureKind KIND = StructureKind.of("once");
    public static final Probe PROBE = new SyncProbe(KIND, SharedOnce::match, SharedOnce::describe);

    private final Binding binding;
    private final Attachment attachment;
    private final EventCount changes;
    private final Claims claims;
    private final MemorySegment memory;
    private final long offset;
    /** The thread that runs a task through this object. */
    private volatile @Nullable Thread runner;

    private SharedOnce(Blocks blocks, Block block) {
        this.binding = blocks.binding(KIND);
        this.attachment = blocks.attachment();
        this.changes = attachment.arrivals(block, () -> OnceDescriptor.state(block.memory()));
        this.claims = attachment.claims();
        this.memory = block.memory();
        this.offset = block.offset();
        attachment.recoverer(LockRecoverer.class, block, () -> new LockRecoverer(
                () -> OnceDescriptor.state(memory) == EXECUTING,
                // S2, as for a task that failed.
                () -> Atomics.compareAndSetInt(memory, STATE_OFFSET, EXECUTING, PENDING)));
    }

    /** A once to create or open. */
    public static Spec<SharedOnce> spec() {
        return new SyncSpec<>(KIND, () -> List.of(new Part("", OnceDescriptor.SIZE, _ -> {
            // Zero is PENDING.
        })), SharedOnce::bind);
    }

    /** Creates a once; see {@link Segment#create}. */
    public static SharedOnce create(Segment segment, String name) {
        return segment.create(name, spec());
    }

    /** Opens a once; see {@link Segment#open}. */
    public static SharedOnce open(Segment segment, String name) {
        return segment.open(name, spec());
    }

    /** Opens a once, or creates it; see {@link Segment#openOrCreate}. */
    public static SharedOnce openOrCreate(Segment segment, String name) {
        return segment.openOrCreate(name, spec());
    }

    private static SharedOnce bind(Blocks blocks) {
        Block block = blocks.require("");
        blocks.requireSound(OnceDescriptor.check(block.memory()));
        return new SharedOnce(blocks, block);
    }

    /**
     * Runs the task unless one has been run; waits while somebody else runs one.
     *
     * @return whether this call ran it; either way it has been run
     * @throws IllegalStateException when called by the task itself through this object, which would wait for itself
     */
    public boolean run(Runnable task) throws InterruptedException {
        try {
            return run(task, Deadline.never());
        } catch (TimeoutException e) {
            throw new AssertionError("waiting without a limit came to its limit", e);
        }
    }

    /**
     * As {@link #run(Runnable)}, waiting at most so long for somebody else's task. The time this call's own task takes is
     * not limited.
     *
     * @throws TimeoutException when somebody else's task was still running
     */
    public boolean run(Runnable task, Duration timeout) throws InterruptedException, TimeoutException {
        return run(task, Deadline.after(timeout));
    }

    private boolean run(Runnable task, Deadline deadline) throws InterruptedException, TimeoutException {
        if (isDone()) {
            return false;
        }
        int attempts = 0;
        try (Lane lane = attachment.enterToWrite()) {
            while (!isOver()) {
                if (tryRun(task, lane)) {
                    return true;
                }
                if (deadline.expired() && !isOver()) {
                    throw new TimeoutException("somebody else's task is still running: " + binding.describe());
                }
                attempts = changes.pause(deadline, attempts);
            }
            return false;
        }
    }

    /** Runs the task if none has been run and nobody runs one; false otherwise. Does not wait. */
    public boolean tryRun(Runnable task) {
        try (Lane lane = attachment.enterToWrite()) {
            return tryRun(task, lane);
        }
    }

    private boolean tryRun(Runnable task, Lane lane) {
        if (Thread.currentThread().equals(runner)) {
            throw new IllegalStateException(
                    "task runs itself: " + binding.describe() + " (it would wait for itself)");
        }
        if (OnceDescriptor.state(memory) != PENDING) {
            return false;
        }
        int cell = claims.announceLock(lane, offset, ClaimWord.of(ClaimWord.LOCK_INTENT));
        StopPoint.LOCK_ANNOUNCED.reach();
        // S2, pairs with giving it back below.
        if (!Atomics.compareAndSetInt(memory, STATE_OFFSET, PENDING, EXECUTING)) {
            claims.clear(cell);
            return false;
        }
        StopPoint.LOCK_TAKEN.reach();
        claims.set(cell, ClaimWord.of(ClaimWord.LOCKED));
        StopPoint.LOCK_CONFIRMED.reach();
        boolean done = false;
        runner = Thread.currentThread();
        lane.callOut();
        try {
            task.run();
            done = true;
        } finally {
            lane.callIn();
            runner = null;
            claims.set(cell, ClaimWord.of(ClaimWord.UNLOCKING));
            StopPoint.LOCK_UNLOCK_ANNOUNCED.reach();
            if (done) {
                // S1, pairs with isOver(): the task is over, for everybody who sees this.
                Atomics.setIntRelease(memory, STATE_OFFSET, DONE);
            } else if (!attachment.isDetached()) {
                // S2: what the failed task did is visible to the next. A reset meanwhile is not undone.
                Atomics.compareAndSetInt(memory, STATE_OFFSET, EXECUTING, PENDING);
            }
            StopPoint.LOCK_UNLOCKED.reach();
            claims.clear(cell);
            changes.advance();
        }
        return true;
    }

    /** Waits until a task has been run. */
    public void await() throws InterruptedException {
        await(Deadline.never());
    }

    /** Waits until a task has been run, at most so long; false when none was in that time. */
    public boolean await(Duration timeout) throws InterruptedException {
        return await(Deadline.after(timeout));
    }

    private boolean await(Deadline deadline) throws InterruptedException {
        try (Lane _ = attachment.enterToRead()) {
            return changes.await(this::isOver, deadline);
        }
    }

    /** Whether a task has been run. */
    public boolean isDone() {
        return attachment.reading(this::isOver);
    }

    private boolean isOver() {
        // S1, pairs with tryRun(): what the task did is visible from here on.
        return OnceDescriptor.state(memory) == DONE;
    }

    /** Whether somebody is running a task, or died doing so: true a moment ago. */
    public boolean isRunning() {
        return attachment.reading(() -> OnceDescriptor.state(memory) == EXECUTING);
    }

    /**
     * Lets the next caller run a task again. For when nobody runs one: the task of a thread that does would be forgotten, and
     * the next caller's run beside it. It frees callers that wait for a process that died.
     */
    public void reset() {
        try (Lane _ = attachment.enterToWrite()) {
            // First: if the runner lives, and dies later, the next task is not his.
            claims.revoke(offset);
            Atomics.setIntRelease(memory, STATE_OFFSET, PENDING);
            changes.advance();
        }
    }

    @Override
    public Binding binding() {
        return binding;
    }

    /** One task that has been run or none, of one. */
    @Override
    public Occupancy occupancy() {
        return attachment.reading(() -> occupancy(memory));
    }

    private static Occupancy occupancy(MemorySegment memory) {
        return new Occupancy(OnceDescriptor.state(memory) == DONE ? 1 : 0, 1, "tasks");
    }

    private static Match match(Blocks blocks) {
        Block block = blocks.find("");
        return block != null && OnceDescriptor.check(block.memory()) == null ? Match.POSSIBLE : Match.NO;
    }

    private static Description describe(Blocks blocks) {
        MemorySegment memory = blocks.require("").memory();
        String state = switch (OnceDescriptor.state(memory)) {
            case PENDING -> "pending";
            case EXECUTING -> "executing";
            case DONE -> "done";
            default -> "unknown";
        };
        return new Description(0, occupancy(memory), Map.of("state", state));
    }
}
