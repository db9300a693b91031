package io.zeroipc.stress;

import java.time.Duration;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

import io.zeroipc.sync.SharedEvent;

/** A signal of an automatic event lets one thread go, which then sees what was done before the signal. */
public final class EventStress {

    private static final Pool<SharedEvent> EVENTS = Pool.of(SharedEvent.spec(SharedEvent.Mode.AUTO));

    private static final Pool<SharedEvent> MANUALS = Pool.of(SharedEvent.spec(SharedEvent.Mode.MANUAL));

    private static int take(SharedEvent event) {
        try {
            return event.await(Duration.ZERO) ? 1 : 0;
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts: event=" + event.name(), e);
        }
    }

    private EventStress() {
    }

    @JCStressTest
    @State
    @Outcome(id = {"1, 0", "0, 1"}, expect = Expect.ACCEPTABLE, desc = "The signal has let one of the two go.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "It has let both go, or neither.")
    public static class AwaitAndAwait {

        private final Pool.Lease<SharedEvent> shared = EVENTS.take();

        public AwaitAndAwait() {
            shared.get().signal();
        }

        @Actor
        public void one(II_Result r) {
            r.r1 = take(shared.get());
        }

        @Actor
        public void other(II_Result r) {
            r.r2 = take(shared.get());
        }

        @Arbiter
        public void end() {
            shared.giveBack();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "1, 1, 0", expect = Expect.ACCEPTABLE,
            desc = "It came in time, and what was done before it is to be seen.")
    @Outcome(id = {"0, 0, 1", "0, 1, 1"}, expect = Expect.ACCEPTABLE,
            desc = "It came too late, and is kept for the next.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "It was lost, has let two go, or does not show what was done before.")
    public static class SignalAndAwait {

        private final Pool.Lease<SharedEvent> shared = EVENTS.take();
        private int done;

        @Actor
        public void signal() {
            done = 1;
            shared.get().signal();
        }

        @Actor
        public void await(III_Result r) {
            r.r1 = take(shared.get());
            r.r2 = done;
        }

        @Arbiter
        public void end(III_Result r) {
            r.r3 = take(shared.get());
            shared.giveBack();
        }
    }

    /** A manual event. */
    @JCStressTest
    @State
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "Reset first, signalled after the look.")
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "Reset first, signalled before the look.")
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "Signalled first, then reset.")
    @Outcome(expect = Expect.FORBIDDEN,
            desc = "It has let a thread go and is not signalled, though nobody reset it then.")
    public static class SignalAndResetAwait {

        private final Pool.Lease<SharedEvent> shared = MANUALS.take();

        @Actor
        public void signal() {
            shared.get().signal();
        }

        @Actor
        public void resetAndAwait(II_Result r) {
            shared.get().reset();
            r.r1 = take(shared.get());
        }

        @Arbiter
        public void end(II_Result r) {
            r.r2 = take(shared.get());
            shared.giveBack();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = {"1, 0, 0", "0, 1, 0", "0, 0, 1"}, expect = Expect.ACCEPTABLE,
            desc = "The signal has let one of the two go, or is kept for the next.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "It was lost, or has let two go.")
    public static class SignalAndAwaitAndAwait {

        private final Pool.Lease<SharedEvent> shared = EVENTS.take();

        @Actor
        public void signal() {
            shared.get().signal();
        }

        @Actor
        public void one(III_Result r) {
            r.r1 = take(shared.get());
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = take(shared.get());
        }

        @Arbiter
        public void end(III_Result r) {
            r.r3 = take(shared.get());
            shared.giveBack();
        }
    }
}
