package io.zeroipc.stress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

import io.zeroipc.sync.SharedOnce;

/** A task is run once, and who finds it done sees what it did. */
public final class OnceStress {

    private static final Pool<SharedOnce> ONCES = Pool.of(SharedOnce.spec());

    private OnceStress() {
    }

    @JCStressTest
    @State
    @Outcome(id = {"1, 0, 1", "0, 1, 1"}, expect = Expect.ACCEPTABLE, desc = "One of the two has run the task, once.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "It was run twice, or not at all.")
    public static class RunAndRun {

        private final Pool.Lease<SharedOnce> shared = ONCES.take();
        private int runs;

        @Actor
        public void one(III_Result r) {
            r.r1 = shared.get().tryRun(() -> runs++) ? 1 : 0;
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = shared.get().tryRun(() -> runs++) ? 1 : 0;
        }

        @Arbiter
        public void end(III_Result r) {
            r.r3 = runs;
            shared.giveBack();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "Not done yet.")
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "Not done yet when we asked, done a moment later.")
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "Done, and we see what it did.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Done, but what it did is not to be seen.")
    public static class RunAndIsDone {

        private final Pool.Lease<SharedOnce> shared = ONCES.take();
        private int done;

        @Actor
        public void run() {
            shared.get().tryRun(() -> done = 1);
        }

        @Actor
        public void isDone(II_Result r) {
            r.r1 = shared.get().isDone() ? 1 : 0;
            r.r2 = done;
        }

        @Arbiter
        public void end() {
            shared.giveBack();
        }
    }

    /** A task that fails has not been run: the next may. */
    @JCStressTest
    @State
    @Outcome(id = {"-1, 1, 1", "0, 1, 1"}, expect = Expect.ACCEPTABLE,
            desc = "The failing task came before, or too late; the other one was run.")
    @Outcome(id = "-1, 0, 0", expect = Expect.ACCEPTABLE,
            desc = "The other one came while the failing task was at it, and was not run.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Done, but nothing was done; or not done, but something was.")
    public static class FailAndRun {

        private final Pool.Lease<SharedOnce> shared = ONCES.take();

        @Actor
        public void fail(III_Result r) {
            try {
                r.r1 = shared.get().tryRun(() -> {
                    throw new ArithmeticException();
                }) ? 1 : 0;
            } catch (ArithmeticException e) {
                r.r1 = -1;
            }
        }

        @Actor
        public void run(III_Result r) {
            r.r2 = shared.get().tryRun(() -> {}) ? 1 : 0;
        }

        @Arbiter
        public void end(III_Result r) {
            r.r3 = shared.get().isDone() ? 1 : 0;
            shared.giveBack();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "0, 0, 0", expect = Expect.ACCEPTABLE, desc = "Not done yet.")
    @Outcome(id = "0, 1, 1", expect = Expect.ACCEPTABLE, desc = "Done, by one of the two, and we see what it did.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Done, but what it did is not to be seen, or was done twice.")
    public static class RunAndRunAndIsDone {

        private final Pool.Lease<SharedOnce> shared = ONCES.take();
        private int runs;

        @Actor
        public void one() {
            shared.get().tryRun(() -> runs++);
        }

        @Actor
        public void other() {
            shared.get().tryRun(() -> runs++);
        }

        @Actor
        public void isDone(III_Result r) {
            r.r2 = shared.get().isDone() ? 1 : 0;
            r.r3 = r.r2 == 1 ? runs : 0;
        }

        @Arbiter
        public void end(III_Result r) {
            r.r1 = runs - 1;
            shared.giveBack();
        }
    }
}
