package io.zeroipc.sync;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureBusyException;
import io.zeroipc.StructureKind;
import io.zeroipc.format.BarrierDescriptor;
import io.zeroipc.format.ClaimWord;
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

import static io.zeroipc.format.BarrierDescriptor.PHASE_OFFSET;

/*
 * Overview
 *   A count of those who have arrived, and the number of the meeting (generation). The last to arrive sets the count to 0
 *   and begins the next generation, which lets the others go. Changed from the original: both words are changed together,
 *   by a compare-and-set of the eight bytes they share, so that a thread can take its arrival back for certain, or learn for
 *   certain that it is too late.
 *
 * Invariants
 *   I1  0 <= arrived < parties, if only Java takes part. A C++ peer that is the last shows arrived = parties for a moment,
 *       then 0, before it moves the generation; one that gives up too late can leave -1, which the next arrival here
 *       takes for 0.
 *   I2  generation only grows, modulo 2^32, by one per meeting.
 *   I3  an arrival is counted in one generation: it is taken back only while that generation is not complete.
 *
 * Ordering
 *   S1  the compare-and-set of an arrival pairs with that of the last one, and the last one's with the acquire-load of the
 *       generation in Arrival.isMet(): what each did before it arrived is visible to all after the meeting.
 *
 * Progress
 *   Blocking by nature. Changing the words is lock-free, but for a C++ peer that stops between its two steps (I1).
 *
 * If a process dies here
 *   Before it arrives, or between a C++ peer's two steps: the others wait for ever. After it arrived: CountRecoverer takes the
 *   arrival of a participant back (R1); another's counts, and the meeting takes place without it.
 *
 * Recovery
 *   R1  announced as "about to lock" with the generation before S1, "locked" while it waits, "unlocking" before the arrival is
 *       taken back. What is said of an earlier generation is over.
 */

/**
 * A meeting point in shared memory: so many threads, of any processes, wait until all of them have arrived, again and again.
 * Thread-safe, and byte-compatible with the barrier of the C++, Python, Go and C implementations:
 * {@code docs/format/barrier.md}.
 *
 * <p>
 * What a thread did before it arrived happens before what every other thread does after that meeting. A thread that gives
 * up, because its time is over or it is interrupted, takes its arrival back; the barrier goes on to be usable and the others
 * wait on, as nobody breaks a barrier here.
 */
public final class SharedBarrier implements Structure {

    public static final StructureKind KIND = StructureKind.of("barrier");
    public static final Probe PROBE = new SyncProbe(KIND, SharedBarrier::match, SharedBarrier::describe);

    private final Binding binding;
    private final Attachment attachment;
    private final MemorySegment memory;
    private final EventCount arrivals;
    private final int parties;
    private final Claims claims;
    private final long blockOffset;

    private SharedBarrier(Blocks blocks, Block block, int parties) {
        this.binding = blocks.binding(KIND);
        this.attachment = blocks.attachment();
        this.memory = block.memory();
        this.arrivals = attachment.arrivals(block, () -> Atomics.getLongAcquire(memory, PHASE_OFFSET));
        this.parties = parties;
        this.claims = attachment.claims();
        this.blockOffset = block.offset();
        attachment.recoverer(CountRecoverer.class, block, () -> new CountRecoverer(new Arrivals(memory, parties)));
    }

    /**
     * A barrier to create or open.
     *
     * @param parties how many meet; to open, 0 accepts what is stored, and anything else must match it
     * @throws IllegalArgumentException when the number is negative
     */
    public static Spec<SharedBarrier> spec(int parties) {
        if (parties < 0) {
            throw new IllegalArgumentException("barrier has a negative number of parties: parties=" + parties);
        }
        return new SyncSpec<>(KIND, () -> parts(parties), blocks -> bind(blocks, parties));
    }

    /** Creates a barrier; see {@link Segment#create}. */
    public static SharedBarrier create(Segment segment, String name, int parties) {
        return segment.create(name, spec(parties));
    }

    /** Opens a barrier of however many parties; see {@link Segment#open}. */
    public static SharedBarrier open(Segment segment, String name) {
        return segment.open(name, spec(0));
    }

    /** Opens a barrier, or creates it; see {@link Segment#openOrCreate}. */
    public static SharedBarrier openOrCreate(Segment segment, String name, int parties) {
        return segment.openOrCreate(name, spec(parties));
    }

    private static List<Part> parts(int parties) {
        if (parties == 0) {
            throw new IllegalArgumentException(
                    "barrier cannot be created without parties: parties=0 (expected: 1 or more; 0 is for opening)");
        }
        return List
                .of(new Part("", BarrierDescriptor.SIZE, block -> BarrierDescriptor.format(block.memory(), parties)));
    }

    private static SharedBarrier bind(Blocks blocks, int parties) {
        Block block = blocks.require("");
        MemorySegment memory = block.memory();
        if (BarrierDescriptor.isUnfinished(memory)) {
            throw blocks.notReady("barrier is not formatted");
        }
        blocks.requireSound(BarrierDescriptor.check(memory));
        // What is used is looked at once more: the bytes may be overwritten between the check and this read.
        int stored = BarrierDescriptor.parties(memory);
        blocks.requireSound(stored < 1 ? "parties=" + stored : null);
        blocks.requireStored("parties differ", stored, parties);
        return new SharedBarrier(blocks, block, stored);
    }

    /**
     * Arrives, and waits for the others.
     *
     * @throws InterruptedException when interrupted before all have arrived; the arrival is taken back. If the meeting
     *         takes place at that moment, this returns normally and the thread stays interrupted
     * @throws StructureBusyException when all have arrived, and the last of them, in another language, has not said so within a
     *         second after this thread was interrupted: it is stopped, or was killed. The arrival counts, and the thread stays
     *         interrupted
     */
    public void await() throws InterruptedException {
        await(Deadline.never());
    }

    /**
     * Arrives, and waits for the others at most so long; false when they did not come and the arrival was taken back. If all
     * have arrived when the time is up, this is true, after the moment that a peer may need to say so.
     *
     * @throws InterruptedException as in {@link #await()}
     * @throws StructureBusyException as in {@link #await()}, also a second after the time is up
     */
    public boolean await(Duration timeout) throws InterruptedException {
        return await(Deadline.after(timeout));
    }

    private boolean await(Deadline deadline) throws InterruptedException {
        try (Lane lane = attachment.enterToWrite()) {
            Arrival arrival = new Arrival(lane);
            try {
                // If not: everybody is here already, and the last of them is about to say so. We belong to the next meeting.
                return arrivals.await(arrival::arrive, deadline) && awaitOthers(arrival, deadline);
            } finally {
                arrival.over();
            }
        }
    }

    private boolean awaitOthers(Arrival arrival, Deadline deadline) throws InterruptedException {
        boolean interrupted = false;
        try {
            if (arrivals.await(arrival::isMet, deadline)) {
                return true;
            }
            return arrival.end();
        } catch (InterruptedException e) {
            interrupted = true;
            if (arrival.end()) {
                return true;
            }
            interrupted = false;
            throw e;
        } catch (IllegalStateException e) {
            // Closed: our arrival is our debt.
            if (arrival.end()) {
                return true;
            }
            throw e;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** How many meet. */
    public int parties() {
        return parties;
    }

    /** How many have arrived and wait: an estimate. */
    public int arrived() {
        return attachment.reading(() -> Math.clamp(arrivedNow(memory), 0, parties));
    }

    /** How many meetings there have been, modulo 2^32. */
    public long generation() {
        return attachment.reading(() -> Integer.toUnsignedLong(generationNow(memory)));
    }

    @Override
    public Binding binding() {
        return binding;
    }

    /** Those who have arrived, of all. */
    @Override
    public Occupancy occupancy() {
        return attachment.reading(() -> occupancy(memory));
    }

    private static int arrivedNow(MemorySegment memory) {
        return Atomics.getIntAcquire(memory, BarrierDescriptor.ARRIVED_OFFSET);
    }

    private static int generationNow(MemorySegment memory) {
        return Atomics.getIntAcquire(memory, BarrierDescriptor.GENERATION_OFFSET);
    }

    private static Occupancy occupancy(MemorySegment memory) {
        return new Occupancy(arrivedNow(memory), Math.max(0, BarrierDescriptor.parties(memory)), "parties");
    }

    private static Match match(Blocks blocks) {
        Block block = blocks.find("");
        return block != null && BarrierDescriptor.fits(block.memory()) ? Match.POSSIBLE : Match.NO;
    }

    private static Description describe(Blocks blocks) {
        MemorySegment memory = blocks.require("").memory();
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("arrived", arrivedNow(memory));
        details.put("parties", BarrierDescriptor.parties(memory));
        details.put("generation", Integer.toUnsignedLong(generationNow(memory)));
        return new Description(0, occupancy(memory), details);
    }

    /** One thread at one meeting. */
    private final class Arrival {

        private final Lane lane;
        private int generation;
        private int cell = Claims.NO_CELL;

        Arrival(Lane lane) {
            this.lane = lane;
        }

        /** Counts itself, and ends the meeting if it is the last; false, not counted, when the meeting is just ending. */
        boolean arrive() {
            while (true) {
                long phase = Atomics.getLongAcquire(memory, PHASE_OFFSET);
                // A number below 0 is what a late withdrawal of a peer left: nobody has arrived.
                int arrived = Math.max(0, BarrierDescriptor.arrived(phase)) + 1;
                generation = BarrierDescriptor.generation(phase);
                if (arrived > parties) {
                    return false;
                }
                announce();
                StopPoint.BARRIER_ANNOUNCED.reach();
                long next = arrived == parties
                        ? BarrierDescriptor.phase(0, generation + 1)
                        : BarrierDescriptor.phase(arrived, generation);
                // S1: collects what those before us did, and hands it to those who see the next generation.
                if (Atomics.compareAndSetLong(memory, PHASE_OFFSET, phase, next)) {
                    StopPoint.BARRIER_ARRIVED.reach();
                    if (arrived == parties) {
                        arrivals.advance();
                    } else {
                        claims.set(cell, ClaimWord.of(ClaimWord.LOCKED, generation));
                        StopPoint.BARRIER_CONFIRMED.reach();
                    }
                    return true;
                }
                over();
            }
        }

        /** R1. */
        private void announce() {
            cell = claims.announceLock(lane, blockOffset, ClaimWord.of(ClaimWord.LOCK_INTENT, generation));
        }

        /** Nothing more is to be said of it. */
        void over() {
            claims.clear(cell);
            cell = Claims.NO_CELL;
        }

        /** Whether all were there. */
        boolean isMet() {
            // S1, pairs with the last one's compare-and-set, or a peer's release-store: what all did is visible.
            return generationNow(memory) != generation;
        }

        /** Ends it before the meeting was seen: taken back, which is false, or met after all. */
        boolean end() {
            if (takeBack()) {
                return false;
            }
            if (Waits.toEnd(attachment, this::isMet)) {
                return true;
            }
            throw new StructureBusyException(
                    "all have arrived, and the last of them has not ended the meeting: " + binding.describe()
                            + ", parties=" + parties + ", meeting="
                            + Integer.toUnsignedLong(generation)
                            + " (a stopped thread goes on some time; if its process has died, this "
                            + "meeting does not end: use another barrier)",
                    segment().name(), name());
        }

        /** Takes the arrival back; false when that is too late, because all were there (I3). */
        private boolean takeBack() {
            claims.set(cell, ClaimWord.of(ClaimWord.UNLOCKING, generation));
            StopPoint.BARRIER_LEAVING.reach();
            boolean taken = Arrivals.takeBack(memory, parties, generation, 1) > 0;
            StopPoint.BARRIER_LEFT.reach();
            return taken;
        }
    }

    /**
     * Those who have arrived at the present meeting.
     *
     * @param memory the barrier
     * @param parties how many meet
     */
    private record Arrivals(MemorySegment memory, int parties) implements CountRecoverer.Counted {

        @Override
        public long word() {
            return Atomics.getLongAcquire(memory, PHASE_OFFSET);
        }

        @Override
        public int count(long word) {
            return Math.max(0, BarrierDescriptor.arrived(word));
        }

        @Override
        public boolean isCounted(long claim, long word) {
            return ClaimWord.position(claim) == BarrierDescriptor.generation(word);
        }

        @Override
        public int countOut(long word, int most) {
            return takeBack(memory, parties, BarrierDescriptor.generation(word), most);
        }

        /** So many arrivals less, or as many as there are; 0 when that is too late, because all were there (I3). */
        static int takeBack(MemorySegment memory, int parties, int generation, int most) {
            while (true) {
                long phase = Atomics.getLongAcquire(memory, PHASE_OFFSET);
                int arrived = BarrierDescriptor.arrived(phase);
                int out = Math.min(arrived, most);
                // 0 or all of them, in this generation: a peer was the last and is between its two steps.
                if (BarrierDescriptor.generation(phase) != generation || out <= 0 || arrived >= parties) {
                    return 0;
                }
                if (Atomics.compareAndSetLong(memory, PHASE_OFFSET, phase,
                        BarrierDescriptor.phase(arrived - out, generation))) {
                    return out;
                }
            }
        }
    }
}
