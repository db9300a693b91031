package io.zeroipc.stress;

import java.util.concurrent.ExecutionException;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

import io.zeroipc.codec.Codecs;
import io.zeroipc.flow.SharedFuture;

/** A future is completed once, and nobody sees another value than the winner's. */
public final class FutureStress {

    private static final String ERROR = "an error whose text has more bytes than any instruction stores at once";

    private static final Pool<SharedFuture<Wide>> FUTURES = Pool.of(SharedFuture.spec(Codecs.record(Wide.class)));

    private static int number(SharedFuture<Wide> future) {
        try {
            return Wide.number(future.getNow());
        } catch (ExecutionException e) {
            throw new IllegalStateException("nobody failed: future=" + future.name(), e);
        }
    }

    /** As {@link #number}; 2 for our error, -1 for another text. */
    private static int outcome(SharedFuture<Wide> future) {
        try {
            return Wide.number(future.getNow());
        } catch (ExecutionException e) {
            return String.valueOf(e.getMessage()).contains(ERROR) ? 2 : -1;
        }
    }

    private FutureStress() {
    }

    @JCStressTest
    @State
    @Outcome(id = "1, 0, 1", expect = Expect.ACCEPTABLE, desc = "The first was faster, and its value is there.")
    @Outcome(id = "0, 1, 2", expect = Expect.ACCEPTABLE, desc = "The second was faster, and its value is there.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Both have won, or neither, or the value is the loser's.")
    public static class CompleteAndComplete {

        private final Pool.Lease<SharedFuture<Wide>> shared = FUTURES.take();

        @Actor
        public void one(III_Result r) {
            r.r1 = shared.get().complete(Wide.of(1)) ? 1 : 0;
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = shared.get().complete(Wide.of(2)) ? 1 : 0;
        }

        @Arbiter
        public void end(III_Result r) {
            r.r3 = number(shared.get());
            shared.giveBack();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "Not there yet.")
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "There, as a whole.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "A value that nobody provided, or none afterwards.")
    public static class CompleteAndGetNow {

        private final Pool.Lease<SharedFuture<Wide>> shared = FUTURES.take();

        @Actor
        public void complete() {
            shared.get().complete(Wide.of(1));
        }

        @Actor
        public void getNow(II_Result r) {
            r.r1 = number(shared.get());
        }

        @Arbiter
        public void end(II_Result r) {
            r.r2 = number(shared.get());
            shared.giveBack();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = {"1, 0, 1", "1, 0, 0"}, expect = Expect.ACCEPTABLE, desc = "The value was faster; seen, or not yet.")
    @Outcome(id = {"0, 1, 2", "0, 1, 0"}, expect = Expect.ACCEPTABLE,
            desc = "The error was faster; seen with its whole message, or not yet.")
    @Outcome(expect = Expect.FORBIDDEN,
            desc = "Both have won, or neither, or what is seen is the loser's, or half of it.")
    public static class CompleteAndFailGetNow {

        private final Pool.Lease<SharedFuture<Wide>> shared = FUTURES.take();

        @Actor
        public void complete(III_Result r) {
            r.r1 = shared.get().complete(Wide.of(1)) ? 1 : 0;
        }

        @Actor
        public void failAndGetNow(III_Result r) {
            r.r2 = shared.get().completeExceptionally(ERROR) ? 1 : 0;
            r.r3 = outcome(shared.get());
        }

        @Arbiter
        public void end() {
            shared.giveBack();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = {"1, 0, 0", "1, 0, 1"}, expect = Expect.ACCEPTABLE, desc = "The first has won; seen, or not yet.")
    @Outcome(id = {"0, 1, 0", "0, 1, 2"}, expect = Expect.ACCEPTABLE, desc = "The second has won; seen, or not yet.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Both have won, or neither, or the value seen is the loser's.")
    public static class CompleteTwiceAndGetNow {

        private final Pool.Lease<SharedFuture<Wide>> shared = FUTURES.take();

        @Actor
        public void one(III_Result r) {
            r.r1 = shared.get().complete(Wide.of(1)) ? 1 : 0;
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = shared.get().complete(Wide.of(2)) ? 1 : 0;
        }

        @Actor
        public void getNow(III_Result r) {
            r.r3 = outcome(shared.get());
        }

        @Arbiter
        public void end() {
            shared.giveBack();
        }
    }
}
