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

    private static final Pool<SharedFuture<Wide>> FUTURES = Pool.of(SharedFuture.spec(Codecs.record(Wide.class)));

    private static int number(SharedFuture<Wide> future) {
        try {
            return Wide.number(future.getNow());
        } catch (ExecutionException e) {
            throw new IllegalStateException("nobody failed: future=" + future.name(), e);
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
}
