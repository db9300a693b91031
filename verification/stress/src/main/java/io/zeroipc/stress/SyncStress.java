package io.zeroipc.stress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

import io.zeroipc.sync.SharedCounter;
import io.zeroipc.sync.SharedLatch;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.sync.SharedSemaphore;

/**
 * Locks exclude, counters count, and what was done before a meeting is seen after it. Nothing here waits for the other actor:
 * jcstress begins with a trial of each test in one thread, so there is no barrier.
 */
public final class SyncStress {

    private static final Pool<SharedMutex> MUTEXES = Pool.of(SharedMutex.spec());
    private static final Pool<SharedSemaphore> SEMAPHORES = Pool.of(SharedSemaphore.spec(1));
    private static final Pool<SharedCounter> COUNTERS = Pool.of(SharedCounter.spec());
    private static final Pool<SharedLatch> LATCHES = Pool.of(SharedLatch.spec(2));

    private SyncStress() {
    }

    private static IllegalStateException unexpected(InterruptedException e) {
        return new IllegalStateException("nobody interrupts", e);
    }

    @JCStressTest
    @State
    @Outcome(id = {"1, 2", "2, 1"}, expect = Expect.ACCEPTABLE,
            desc = "One after the other, and the later sees the earlier.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Both were inside at the same time.")
    public static class LockAndLock {

        private final Pool.Lease<SharedMutex> shared = MUTEXES.take();
        private int count;

        @Actor
        public void one(II_Result r) {
            r.r1 = enter();
        }

        @Actor
        public void other(II_Result r) {
            r.r2 = enter();
        }

        @Arbiter
        public void end() {
            shared.giveBack();
        }

        private int enter() {
            try {
                shared.get().lock();
            } catch (InterruptedException e) {
                throw unexpected(e);
            }
            try {
                return ++count;
            } finally {
                shared.get().unlock();
            }
        }
    }

    @JCStressTest
    @State
    @Outcome(id = {"1, 0, 0", "0, 1, 0"}, expect = Expect.ACCEPTABLE, desc = "One of the two has the only permit.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Both have it, or neither.")
    public static class AcquireAndAcquire {

        private final Pool.Lease<SharedSemaphore> shared = SEMAPHORES.take();

        @Actor
        public void one(III_Result r) {
            r.r1 = shared.get().tryAcquire() ? 1 : 0;
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = shared.get().tryAcquire() ? 1 : 0;
        }

        @Arbiter
        public void end(III_Result r) {
            r.r3 = shared.get().availablePermits();
            shared.giveBack();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = {"1, 2, 2", "2, 1, 2"}, expect = Expect.ACCEPTABLE, desc = "Both count.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "One of the two was lost.")
    public static class IncrementAndIncrement {

        private final Pool.Lease<SharedCounter> shared = COUNTERS.take();

        @Actor
        public void one(III_Result r) {
            r.r1 = (int) shared.get().incrementAndGet();
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = (int) shared.get().incrementAndGet();
        }

        @Arbiter
        public void end(III_Result r) {
            r.r3 = (int) shared.get().get();
            shared.giveBack();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = {"0, 0, 0", "1, 1, 0"}, expect = Expect.ACCEPTABLE,
            desc = "Not open yet; or open, and we see what was done before.")
    @Outcome(expect = Expect.FORBIDDEN,
            desc = "Open too early, or not at the end, or what was done before is not seen.")
    public static class CountDownAndCountDown {

        private final Pool.Lease<SharedLatch> shared = LATCHES.take();
        private int done;

        @Actor
        public void one() {
            done = 1;
            shared.get().countDown();
        }

        @Actor
        public void other(III_Result r) {
            shared.get().countDown();
            r.r1 = shared.get().isOpen() ? 1 : 0;
            r.r2 = r.r1 == 1 ? done : 0;
        }

        @Arbiter
        public void end(III_Result r) {
            r.r3 = shared.get().getCount();
            shared.giveBack();
        }
    }
}
