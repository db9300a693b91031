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

    @JCStressTest
    @State
    @Outcome(id = "1, 3, 0", expect = Expect.ACCEPTABLE, desc = "Each has one of the two elements, the first its own.")
    @Outcome(id = "3, 1, 0", expect = Expect.ACCEPTABLE,
            desc = "Each has one of the two elements, the first the older one.")
    @Outcome(id = "-1, 3, 0", expect = Expect.ACCEPTABLE_INTERESTING,
            desc = "No room for milliseconds: the other thread was stopped with the slot in hand that it had popped.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "An element was lost, seen twice or made up.")
    public static class PushPopAndPop {

        private final Pool.Lease<SharedStack<Integer>> stack = STACKS.take();

        public PushPopAndPop() {
            stack.get().push(3);
        }

        @Actor
        public void pushAndPop(III_Result r) {
            r.r1 = stack.get().push(1) ? StackStress.pop(stack.get()) : -1;
        }

        @Actor
        public void pop(III_Result r) {
            r.r2 = StackStress.pop(stack.get());
        }

        @Arbiter
        public void end(III_Result r) {
            r.r3 = StackStress.pop(stack.get());
            stack.giveBack();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = {"1, 3, 0", "3, 1, 0"}, expect = Expect.ACCEPTABLE, desc = "Each pop has one of the two elements.")
    @Outcome(id = {"3, 0, 1", "0, 3, 1"}, expect = Expect.ACCEPTABLE,
            desc = "Both popped before the push; there was one element.")
    @Outcome(id = {"3, 0, -1", "0, 3, -1"}, expect = Expect.ACCEPTABLE_INTERESTING,
            desc = "No room for milliseconds: a thread that popped was stopped with the next slot in hand.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "An element was lost, seen twice or made up.")
    public static class PushAndPopAndPop {

        private final Pool.Lease<SharedStack<Integer>> stack = STACKS.take();
        private boolean refused;

        public PushAndPopAndPop() {
            stack.get().push(3);
        }

        @Actor
        public void push() {
            refused = !stack.get().push(1);
        }

        @Actor
        public void one(III_Result r) {
            r.r1 = pop(stack.get());
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = pop(stack.get());
        }

        @Arbiter
        public void end(III_Result r) {
            r.r3 = refused ? -1 : pop(stack.get());
            stack.giveBack();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = {"0, 1", "1, 1"}, expect = Expect.ACCEPTABLE,
            desc = "Looked at before it was popped, or found gone; popped in any case.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "The look has taken the element, or hidden it.")
    public static class PeekAndPop {

        private final Pool.Lease<SharedStack<Integer>> stack = STACKS.take();

        public PeekAndPop() {
            stack.get().push(1);
        }

        @Actor
        public void peek(II_Result r) {
            Integer element = stack.get().peek();
            r.r1 = element == null ? 0 : element;
        }

        @Actor
        public void pop(II_Result r) {
            r.r2 = StackStress.pop(stack.get());
        }

        @Arbiter
        public void end() {
            stack.giveBack();
        }
    }
}
