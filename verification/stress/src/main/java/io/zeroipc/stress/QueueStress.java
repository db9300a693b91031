package io.zeroipc.stress;

import java.util.function.Function;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;

/** Each element of a queue is delivered once, and no slot is filled twice. */
public final class QueueStress {

    /** Not made new: a queue guesses its position from what it saw before. Every test leaves it empty. */
    private static final Pool<SharedQueue<Integer>> QUEUES = Pool
            .ofUsed(SharedQueue.spec(Codecs.int32(), 2), Function.identity());

    private static int poll(SharedQueue<Integer> queue) {
        Integer element = queue.poll();
        return element == null ? 0 : element;
    }

    private QueueStress() {
    }

    @JCStressTest
    @State
    @Outcome(id = {"1, 0, 31", "0, 1, 32"}, expect = Expect.ACCEPTABLE,
            desc = "One of the two has the last slot; the older element is in front of it.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Both have it, or neither, or the order is wrong.")
    public static class OfferAndOffer {

        private final Pool.Lease<SharedQueue<Integer>> shared = QUEUES.take();

        public OfferAndOffer() {
            shared.get().offer(3);
        }

        @Actor
        public void one(III_Result r) {
            r.r1 = shared.get().offer(1) ? 1 : 0;
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = shared.get().offer(2) ? 1 : 0;
        }

        @Arbiter
        public void end(III_Result r) {
            r.r3 = 10 * poll(shared.get()) + poll(shared.get());
            shared.giveBack();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = {"1, 0", "0, 1"}, expect = Expect.ACCEPTABLE, desc = "One of the two has the only element.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Both have it, or neither, or it is another one.")
    public static class PollAndPoll {

        private final Pool.Lease<SharedQueue<Integer>> shared = QUEUES.take();

        public PollAndPoll() {
            shared.get().offer(1);
        }

        @Actor
        public void one(II_Result r) {
            r.r1 = poll(shared.get());
        }

        @Actor
        public void other(II_Result r) {
            r.r2 = poll(shared.get());
        }

        @Arbiter
        public void end() {
            shared.giveBack();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "1, 2", expect = Expect.ACCEPTABLE, desc = "The other element came first; ours is left.")
    @Outcome(id = "2, 1", expect = Expect.ACCEPTABLE, desc = "Our element came first; the other one is left.")
    @Outcome(id = "0, 12", expect = Expect.ACCEPTABLE,
            desc = "The other one has its slot, and is not in it yet; both are left, in order.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "An element was lost, seen twice or made up.")
    public static class OfferAndOfferPoll {

        private final Pool.Lease<SharedQueue<Integer>> shared = QUEUES.take();

        @Actor
        public void offer() {
            shared.get().offer(1);
        }

        @Actor
        public void offerAndPoll(II_Result r) {
            shared.get().offer(2);
            r.r1 = poll(shared.get());
        }

        @Arbiter
        public void end(II_Result r) {
            int first = poll(shared.get());
            int second = poll(shared.get());
            r.r2 = second == 0 ? first : 10 * first + second;
            shared.giveBack();
        }
    }
}
