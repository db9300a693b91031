package io.zeroipc.stress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedStack;

/** Each element of a stack is popped once. */
public final class StackStress {

    private static final Pool<SharedStack<Integer>> STACKS = Pool.of(SharedStack.spec(Codecs.int32(), 4));

    private StackStress() {
    }

    private static int pop(SharedStack<Integer> stack) {
        Integer element = stack.pop();
        return element == null ? 0 : element;
    }

    @JCStressTest
    @State
    @Outcome(id = "1, 2", expect = Expect.ACCEPTABLE, desc = "The other element was on top; ours is left.")
    @Outcome(id = "2, 1", expect = Expect.ACCEPTABLE, desc = "Our element was on top; the other one is left.")
    @Outcome(id = {"-1, 1", "2, 100"}, expect = Expect.ACCEPTABLE_INTERESTING,
            desc = "No room for milliseconds: the other thread was stopped with the next slot in hand.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "An element was lost, seen twice or made up.")
    public static class PushAndPushPop {

        private final Pool.Lease<SharedStack<Integer>> stack = STACKS.take();
        private int refused;

        @Actor
        public void push() {
            refused = stack.get().push(1) ? 0 : 100;
        }

        @Actor
        public void pushAndPop(II_Result r) {
            r.r1 = stack.get().push(2) ? pop(stack.get()) : -1;
        }

        @Arbiter
        public void remaining(II_Result r) {
            r.r2 = refused + pop(stack.get()) + 10 * pop(stack.get());
            stack.giveBack();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = {"1, 0", "0, 1"}, expect = Expect.ACCEPTABLE, desc = "One of the two has the only element.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Both have it, or neither, or it is another one.")
    public static class PopAndPop {

        private final Pool.Lease<SharedStack<Integer>> stack = STACKS.take();

        public PopAndPop() {
            stack.get().push(1);
        }

        @Actor
        public void one(II_Result r) {
            r.r1 = pop(stack.get());
        }

        @Actor
        public void other(II_Result r) {
            r.r2 = pop(stack.get());
        }

        @Arbiter
        public void end() {
            stack.giveBack();
        }
    }
}
