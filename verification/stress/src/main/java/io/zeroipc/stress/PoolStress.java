package io.zeroipc.stress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedPool;

/** A node of a pool has one owner at a time. */
public final class PoolStress {

    private static final Pool<SharedPool<Integer>> POOLS = Pool.of(SharedPool.spec(Codecs.int32(), 2));
    private static final Pool<SharedPool<Integer>> SINGLES = Pool.of(SharedPool.spec(Codecs.int32(), 1));

    private static final Pool<SharedPool<Integer>> TRIPLES = Pool.of(SharedPool.spec(Codecs.int32(), 3));

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

    /** Head of the free list is the same node again, and its successor another one: only the generation tells. */
    @JCStressTest
    @State
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "Three nodes, three owners, and no fourth node.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "A node has two owners, or was lost.")
    public static class HeadComesBackAndAllocate {

        private final Pool.Lease<SharedPool<Integer>> shared = TRIPLES.take();
        private int second;
        private int other;

        @Actor
        public void comeBack() {
            int first = shared.get().allocate();
            second = shared.get().allocate();
            shared.get().free(first);
        }

        @Actor
        public void allocate() {
            other = shared.get().allocate();
        }

        @Arbiter
        public void end(II_Result r) {
            int last = shared.get().allocate();
            r.r1 = (1 << second | 1 << other | 1 << last) == 0b111 ? 1 : 0;
            r.r2 = shared.get().allocate() == SharedPool.NO_HANDLE ? 1 : 0;
            shared.giveBack();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "1, 0, 1", expect = Expect.ACCEPTABLE, desc = "The first has freed the node, the second was refused.")
    @Outcome(id = "0, 1, 1", expect = Expect.ACCEPTABLE, desc = "The second has freed the node, the first was refused.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "It was freed twice, or not at all, or is handed out twice.")
    public static class FreeAndFree {

        private final Pool.Lease<SharedPool<Integer>> shared = SINGLES.take();

        public FreeAndFree() {
            shared.get().allocate();
        }

        @Actor
        public void one(III_Result r) {
            r.r1 = free(shared.get());
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = free(shared.get());
        }

        @Arbiter
        public void end(III_Result r) {
            boolean once = shared.get().allocate() == 0 && shared.get().allocate() == SharedPool.NO_HANDLE;
            r.r3 = once ? 1 : 0;
            shared.giveBack();
        }

        private static int free(SharedPool<Integer> pool) {
            try {
                pool.free(0);
                return 1;
            } catch (IllegalStateException e) {
                return 0;
            }
        }
    }

    @JCStressTest
    @State
    @Outcome(id = {"0, 1", "1, 0", "1, -1", "-1, 1"}, expect = Expect.ACCEPTABLE,
            desc = "Nobody has the node of another; one of the two may have come before the node was freed.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Both have the same node.")
    public static class FreeAndAllocateTwice {

        private final Pool.Lease<SharedPool<Integer>> shared = POOLS.take();

        public FreeAndAllocateTwice() {
            shared.get().allocate();
            shared.get().allocate();
            shared.get().free(1);
        }

        @Actor
        public void free() {
            shared.get().free(0);
        }

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
}
