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

/** One caller only has added or removed an element. That a set holds each once is what a map has in common with it: {@link MapStress}. */
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
