package io.zeroipc.stress;

import java.util.concurrent.atomic.AtomicInteger;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedSet;

/** A set holds each element once, and one caller only has added or removed it. */
public final class SetStress {

    private static final Pool<SharedSet<Integer>> SETS = Pool.of(SharedSet.spec(Codecs.int32(), 4));

    private static int count(SharedSet<Integer> set) {
        AtomicInteger count = new AtomicInteger();
        set.forEach(_ -> count.incrementAndGet());
        return count.get();
    }

    private SetStress() {
    }

    @JCStressTest
    @State
    @Outcome(id = {"1, 0, 1", "0, 1, 1"}, expect = Expect.ACCEPTABLE,
            desc = "One of the two has added the element, and it is there once.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Both have added it, or neither, or it is there twice.")
    public static class AddAndAdd {

        private final Pool.Lease<SharedSet<Integer>> shared = SETS.take();

        @Actor
        public void one(III_Result r) {
            r.r1 = shared.get().add(7) ? 1 : 0;
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = shared.get().add(7) ? 1 : 0;
        }

        @Arbiter
        public void end(III_Result r) {
            r.r3 = count(shared.get());
            shared.giveBack();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "0, 1, 0", expect = Expect.ACCEPTABLE,
            desc = "It was still there when we added, then it was removed.")
    @Outcome(id = "1, 1, 1", expect = Expect.ACCEPTABLE, desc = "It was removed first, then added again.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "What the callers were told does not fit what is there.")
    public static class AddAndRemove {

        private final Pool.Lease<SharedSet<Integer>> shared = SETS.take();

        public AddAndRemove() {
            shared.get().add(7);
        }

        @Actor
        public void add(III_Result r) {
            r.r1 = shared.get().add(7) ? 1 : 0;
        }

        @Actor
        public void remove(III_Result r) {
            r.r2 = shared.get().remove(7) ? 1 : 0;
        }

        @Arbiter
        public void end(III_Result r) {
            r.r3 = count(shared.get());
            shared.giveBack();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = {"1, 0, 0", "0, 1, 0"}, expect = Expect.ACCEPTABLE,
            desc = "One of the two has removed the element, and it is gone.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Both have removed it, or neither, or it is still there.")
    public static class RemoveAndRemove {

        private final Pool.Lease<SharedSet<Integer>> shared = SETS.take();

        public RemoveAndRemove() {
            shared.get().add(7);
        }

        @Actor
        public void one(III_Result r) {
            r.r1 = shared.get().remove(7) ? 1 : 0;
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = shared.get().remove(7) ? 1 : 0;
        }

        @Arbiter
        public void end(III_Result r) {
            r.r3 = count(shared.get());
            shared.giveBack();
        }
    }

    /** The second actor may have passed the entry that the first one frees, and uses the one at the end of the chain. */
    @JCStressTest
    @State
    @Outcome(id = {"1, 0, 1", "0, 1, 1"}, expect = Expect.ACCEPTABLE,
            desc = "One of the two has added the element, and it is there once.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Both have added it, or neither, or it is there twice.")
    public static class AddIntoTwoEntries {

        private final Pool.Lease<SharedSet<Integer>> shared = SETS.take();

        public AddIntoTwoEntries() {
            shared.get().add(11);
        }

        @Actor
        public void one(III_Result r) {
            shared.get().remove(11);
            r.r1 = shared.get().add(7) ? 1 : 0;
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = shared.get().add(7) ? 1 : 0;
        }

        @Arbiter
        public void end(III_Result r) {
            r.r3 = count(shared.get());
            shared.giveBack();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = {"0, 0, 1", "0, 1, 1", "1, 1, 1"}, expect = Expect.ACCEPTABLE,
            desc = "Once it is there it stays there.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "It was there and then it was not.")
    public static class AddAndContainsTwice {

        private final Pool.Lease<SharedSet<Integer>> shared = SETS.take();

        @Actor
        public void add() {
            shared.get().add(7);
        }

        @Actor
        public void contains(III_Result r) {
            r.r1 = shared.get().contains(7) ? 1 : 0;
            r.r2 = shared.get().contains(7) ? 1 : 0;
        }

        @Arbiter
        public void end(III_Result r) {
            r.r3 = shared.get().contains(7) ? 1 : 0;
            shared.giveBack();
        }
    }
}
