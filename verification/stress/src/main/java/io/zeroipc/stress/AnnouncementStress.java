package io.zeroipc.stress;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

import io.zeroipc.memory.Atomics;
import io.zeroipc.os.MemoryBarrier;
import io.zeroipc.os.Words;

/**
 * The pairs of ordered accesses by which participants find each other: who announces and who recovers, who lets something arrive
 * and who is about to sleep. The steps are those of {@code docs/design/recovery.md} and {@code docs/design/waiting.md}, each on a
 * line of its own, accessed as the engine does.
 */
public final class AnnouncementStress {

    private static final int LINE = 64;
    private static final int LINES_PER_STATE = 3;
    /** More than are alive at a time, so that none is used twice. */
    private static final int STATES = 2 * Main.STATES_ALIVE;
    private static final MemorySegment MEMORY = Arena.global().allocate((long) STATES * LINES_PER_STATE * LINE, LINE);
    private static final AtomicInteger TAKEN = new AtomicInteger();

    private AnnouncementStress() {
    }

    /** Three lines of zeros. */
    private static Words lines() {
        long size = (long) LINES_PER_STATE * LINE;
        MemorySegment lines = MEMORY.asSlice(Math.floorMod(TAKEN.getAndIncrement(), STATES) * size, size);
        lines.fill((byte) 0);
        return new Words(lines);
    }

    @JCStressTest
    @State
    @Outcome(id = {"0, 0", "0, 1", "0, 2", "1, 1", "1, 2"}, expect = Expect.ACCEPTABLE,
            desc = "Who sees the position claimed finds who has claimed it.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "A live claimant is not seen: it would be robbed.")
    public static class ClaimAndLook {

        private static final long TAIL = 0;
        private static final long CELL = LINE;

        private final Words words = lines();

        /** P2 to P4. */
        @Actor
        public void claimant() {
            words.setLongRelease(CELL, 1);
            if (words.compareAndSetInt(TAIL, 0, 1)) {
                words.setLongRelease(CELL, 2);
            }
        }

        /** R4: tail before the cells. */
        @Actor
        public void recoverer(II_Result r) {
            r.r1 = words.getIntAcquire(TAIL);
            r.r2 = (int) words.getLongAcquire(CELL);
        }
    }

    @JCStressTest
    @State
    @Outcome(id = {"1, 1, 0", "1, 1, 1"}, expect = Expect.ACCEPTABLE,
            desc = "The claim is seen, ended meanwhile or not.")
    @Outcome(id = {"1, 2, 1", "0, 1, 1", "0, 2, 1", "2, 2, 1"}, expect = Expect.ACCEPTABLE,
            desc = "The claim is passed over, and its end is seen.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "A claim has another one's block, or is passed over and has not ended.")
    public static class CellUsedAgain {

        private static final long SEQUENCE = 0;
        private static final long CELL = LINE;
        private static final long BLOCK = CELL + Long.BYTES;

        private final Words words = lines();

        public CellUsedAgain() {
            words.putLong(CELL, 1);
            words.putLong(BLOCK, 1);
        }

        /** P6 and P7 in one structure, P2 in the next. */
        @Actor
        public void claimant() {
            words.setLongRelease(SEQUENCE, 1);
            words.setLongRelease(CELL, 0);
            words.setLongRelease(BLOCK, 2);
            words.setLongRelease(CELL, 2);
        }

        /** R4: the cells, and then the sequence again. */
        @Actor
        public void recoverer(III_Result r) {
            r.r1 = (int) words.getLongAcquire(CELL);
            r.r2 = (int) words.getLongAcquire(BLOCK);
            r.r3 = (int) words.getLongAcquire(SEQUENCE);
        }
    }

    @JCStressTest
    @State
    @Outcome(id = {"false, false", "false, true", "true, false"}, expect = Expect.ACCEPTABLE,
            desc = "Locked, and the holder is seen, or his announcement is; or not locked.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Locked by a live one, and nobody is seen who has it.")
    public static class LockAndProve {

        private static final long LOCK = 0;
        private static final long CELL = LINE;
        private static final long BITS = 2 * LINE;

        private final Words words = lines();

        /** L2 and L3. */
        @Actor
        public void holder() {
            words.setLongRelease(CELL, 1);
            words.setLongRelease(BITS, words.getLong(BITS) | 1);
            boolean _ = words.compareAndSetInt(LOCK, 0, 1);
        }

        /** The proof that no live one had the lock in one moment, and whether it was locked then. */
        @Actor
        public void recoverer(ZZ_Result r) {
            words.setLongRelease(BITS, 0);
            Atomics.fullFence();
            boolean none = words.getLongAcquire(CELL) == 0;
            r.r1 = words.getIntAcquire(LOCK) == 1;
            r.r2 = none && words.getLongAcquire(CELL) == 0 && words.getLongAcquire(BITS) == 0;
        }
    }

    @JCStressTest
    @State
    @Outcome(id = {"0, 1", "1, 0", "1, 1"}, expect = Expect.ACCEPTABLE,
            desc = "Who stores sees that somebody waits, or who waits sees what was stored.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "The wake is lost.")
    public static class ArriveAndSleep {

        private static final long ARRIVED = 0;
        private static final long WAITING = LINE;
        private static final long FIRST_SLEEP_NANOS = 1_000_000;

        static {
            if (!MemoryBarrier.isRegistered()) {
                throw new IllegalStateException("membarrier is not there: Linux 4.16 or newer, and native access");
            }
        }

        private final Words words = lines();

        /** Steps 1 and 2 of who lets something arrive: no fence. */
        @Actor
        public void producer(II_Result r) {
            words.setLongRelease(ARRIVED, 1);
            r.r1 = words.getIntAcquire(WAITING);
        }

        /** Steps 2 to 6 of who waits; 5 takes a twentieth of its time. */
        @Actor
        public void waiter(II_Result r) {
            boolean _ = words.compareAndSetInt(WAITING, 0, 1);
            MemoryBarrier.everywhere();
            r.r2 = (int) words.getLongAcquire(ARRIVED);
            if (r.r2 == 0) {
                long begin = System.nanoTime();
                while (System.nanoTime() - begin < FIRST_SLEEP_NANOS / 20) {
                    Thread.onSpinWait();
                }
                r.r2 = (int) words.getLongAcquire(ARRIVED);
            }
        }
    }
}
