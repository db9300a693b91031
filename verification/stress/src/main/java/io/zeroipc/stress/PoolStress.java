package io.zeroipc.stress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedPool;

/** A node of a pool has one owner at a time. */
public final class PoolStress {

    private static final Pool<SharedPool<Integer>> POOLS = Pool.of(SharedPool.spec(Codecs.int32(), 2));
    private static final Pool<SharedPool<Integer>> SINGLES = Pool.of(SharedPool.spec(Codecs.int32(), 1));

    private PoolStress() {
    }

    @JCStressTest
    @State
    @Outcome(id = {"0, 1", "1, 0"}, expect = Expect.ACCEPTABLE, desc = "Each has a node of its own.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Both have the same node, or there were not enough.")
    public static class AllocateAndAllocate {

        private final Pool.Lease<SharedPool<Integer>> shared = POOLS.take();

        @Actor
        public void one(II_Result r) {
            r.r1 = shared.get().allocate();
        }

        @Actor
        public void other(II_Result r) {
            r.r2 = shared.get().allocate();
        }

        @Arbiter
        public void end() {
            shared.giveBack();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = {"0, 1", "1, 0"}, expect = Expect.ACCEPTABLE,
            desc = "Each has a node of its own, also when one had another before.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Both have the same node, or there were not enough.")
    public static class ReallocateAndAllocate {

        private final Pool.Lease<SharedPool<Integer>> shared = POOLS.take();

        @Actor
        public void one(II_Result r) {
            shared.get().free(shared.get().allocate());
            r.r1 = shared.get().allocate();
        }

        @Actor
        public void other(II_Result r) {
            r.r2 = shared.get().allocate();
        }

        @Arbiter
        public void end() {
            shared.giveBack();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "0, -1", expect = Expect.ACCEPTABLE, desc = "The node was freed first, and is handed out.")
    @Outcome(id = "-1, 0", expect = Expect.ACCEPTABLE,
            desc = "It was freed after we asked, and is handed out to the next.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "The node was lost, or was handed out twice.")
    public static class FreeAndAllocate {

        private final Pool.Lease<SharedPool<Integer>> shared = SINGLES.take();

        public FreeAndAllocate() {
            shared.get().allocate();
        }

        @Actor
        public void free() {
            shared.get().free(0);
        }

        @Actor
        public void allocate(II_Result r) {
            r.r1 = shared.get().allocate();
        }

        @Arbiter
        public void end(II_Result r) {
            r.r2 = shared.get().allocate();
            shared.giveBack();
        }
    }
}
