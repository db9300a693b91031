package io.zeroipc.sync;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.format.LatchDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Binding;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
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

import static io.zeroipc.format.LatchDescriptor.COUNT_OFFSET;

/*
 * Overview
 *   A number that only goes down, and threads that look whether it is 0.
 *
 * Invariants
 *   I1  0 <= count <= initial_count; counting down stops at 0. Only reset() lets count grow.
 *
 * Ordering
 *   S1  the compare-and-set in countDown() pairs with the acquire-load in await(): what was done before a count is visible
 *       to who finds the latch open. A compare-and-set in between carries on what came before it.
 *
 * Progress
 *   Counting down is lock-free. Waiting changes nothing, so a thread that stops waiting leaves no trace.
 *
 * If a process dies here
 *   A count that it owed is owed for ever, since nobody knows who owes: waiting threads wait on. Nothing else.
 */

/**
 * A gate in shared memory that opens when it has been counted down. Thread-safe, and byte-compatible with the latch of the
 * C++, Python, Go and C implementations: {@code docs/format/latch.md}.
 *
 * <p>
 * What a thread did before it counted down happens before what a thread does after its wait, in all processes.
 */
public final class SharedLatch implements Structure {

    public static final StructureKind KIND = StructureKind.of("latch");
    public static final Probe PROBE = new SyncProbe(KIND, SharedLatch::match, SharedLatch::describe);

    private final Binding binding;
    private final Attachment attachment;
    private final MemorySegment memory;
    private final EventCount arrivals;
    private final int initialCount;

    private SharedLatch(Blocks blocks, Block block, int initialCount) {
        this.binding = blocks.binding(KIND);
        this.attachment = blocks.attachment();
        this.memory = block.memory();
        this.arrivals = attachment.arrivals(block, this::countNow);
        this.initialCount = initialCount;
    }

    /**
     * A latch to create or open.
     *
     * @param count how often it must be counted down; to open, 0 accepts what is stored, and anything else must be what it
     *        was created with
     * @throws IllegalArgumentException when the count is negative
     */
    public static Spec<SharedLatch> spec(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("latch has a negative count: count=" + count);
        }
        return new SyncSpec<>(KIND, () -> parts(count), blocks -> bind(blocks, count));
    }

    /** Creates a latch; see {@link Segment#create}. */
    public static SharedLatch create(Segment segment, String name, int count) {
        return segment.create(name, spec(count));
    }

    /** Opens a latch of whatever count; see {@link Segment#open}. */
    public static SharedLatch open(Segment segment, String name) {
        return segment.open(name, spec(0));
    }

    /** Opens a latch, or creates it; see {@link Segment#openOrCreate}. */
    public static SharedLatch openOrCreate(Segment segment, String name, int count) {
        return segment.openOrCreate(name, spec(count));
    }

    private static List<Part> parts(int count) {
        if (count == 0) {
            throw new IllegalArgumentException(
                    "latch cannot be created without a count: count=0 (expected: 1 or more; 0 is for opening)");
        }
        return List.of(new Part("", LatchDescriptor.SIZE, block -> LatchDescriptor.format(block.memory(), count)));
    }

    private static SharedLatch bind(Blocks blocks, int count) {
        Block block = blocks.require("");
        MemorySegment memory = block.memory();
        if (LatchDescriptor.isUnfinished(memory)) {
            throw blocks.notReady("latch is not formatted, or counts from 0");
        }
        blocks.requireSound(LatchDescriptor.check(memory));
        // What is used is looked at once more: the bytes may be overwritten between the check and this read.
        int stored = LatchDescriptor.initialCount(memory);
        blocks.requireSound(stored < 0 ? "initial count=" + stored : null);
        blocks.requireStored("count differs", stored, count);
        return new SharedLatch(blocks, block, stored);
    }

    /** Counts down by one; without effect when the latch is open. */
    public void countDown() {
        countDown(1);
    }

    /**
     * Counts down by so many, not below 0.
     *
     * @throws IllegalArgumentException when the number is not positive
     */
    public void countDown(int times) {
        if (times <= 0) {
            throw new IllegalArgumentException("number of counts is not positive: times=" + times);
        }
        try (Lane _ = attachment.enterToWrite()) {
            while (true) {
                int count = Atomics.getIntOpaque(memory, COUNT_OFFSET);
                // S1, pairs with countNow(): whoever sees the last count sees what all who counted did before.
                if (count <= 0 || Atomics.compareAndSetInt(memory, COUNT_OFFSET, count, Math.max(0, count - times))) {
                    arrivals.advance();
                    return;
                }
            }
        }
    }

    /** Waits until the latch is open. */
    public void await() throws InterruptedException {
        await(Deadline.never());
    }

    /** Waits until the latch is open, at most so long; false when it was not in that time. */
    public boolean await(Duration timeout) throws InterruptedException {
        return await(Deadline.after(timeout));
    }

    private boolean await(Deadline deadline) throws InterruptedException {
        try (Lane _ = attachment.enterToRead()) {
            return arrivals.await(() -> countNow() == 0, deadline);
        }
    }

    /** Whether it has been counted down. */
    public boolean isOpen() {
        return getCount() == 0;
    }

    /** How often it must still be counted down. */
    public int getCount() {
        return attachment.reading(this::countNow);
    }

    private int countNow() {
        // S1, pairs with countDown(): what was done before the counts is visible from here on.
        return Math.max(0, LatchDescriptor.count(memory));
    }

    /** What it was created with. */
    public int initialCount() {
        return initialCount;
    }

    /**
     * Closes the latch again, at the count it was created with. For the moment between two rounds, when nobody waits and
     * nobody counts: a thread that has not looked yet would miss that the latch was open.
     */
    public void reset() {
        try (Lane _ = attachment.enterToWrite()) {
            Atomics.setIntRelease(memory, COUNT_OFFSET, initialCount);
            // One of 0 is open.
            arrivals.advance();
        }
    }

    @Override
    public Binding binding() {
        return binding;
    }

    /** Counts so far, of all. */
    @Override
    public Occupancy occupancy() {
        return attachment.reading(() -> occupancy(memory));
    }

    private static Occupancy occupancy(MemorySegment memory) {
        int initial = Math.max(0, LatchDescriptor.initialCount(memory));
        return new Occupancy((long) initial - LatchDescriptor.count(memory), initial, "counts");
    }

    private static Match match(Blocks blocks) {
        Block block = blocks.find("");
        return block != null && LatchDescriptor.fits(block.memory()) ? Match.POSSIBLE : Match.NO;
    }

    private static Description describe(Blocks blocks) {
        MemorySegment memory = blocks.require("").memory();
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("count", LatchDescriptor.count(memory));
        details.put("initialCount", LatchDescriptor.initialCount(memory));
        return new Description(0, occupancy(memory), details);
    }
}
