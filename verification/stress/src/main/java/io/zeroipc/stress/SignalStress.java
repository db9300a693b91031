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
import io.zeroipc.flow.SharedSignal;

/** Value and version of a signal belong together, and every change counts once. */
public final class SignalStress {

    private static final Pool<SharedSignal<Wide>> SIGNALS = Pool
            .of(SharedSignal.spec(Codecs.record(Wide.class), Wide.of(0)));

    private static void increment(SharedSignal<Wide> signal) {
        try {
            signal.update(value -> Wide.of(value.first() + 1));
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts: signal=" + signal.name(), e);
        }
    }

    private SignalStress() {
    }

    @JCStressTest
    @State
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "The first value, with its version.")
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "The second value, with its version.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "A value made of both, or with the version of the other.")
    public static class SetAndSnapshot {

        private final Pool.Lease<SharedSignal<Wide>> shared = SIGNALS.take();

        @Actor
        public void set() {
            shared.get().trySet(Wide.of(1));
        }

        @Actor
        public void snapshot(II_Result r) {
            SharedSignal.Snapshot<Wide> snapshot = shared.get().snapshot();
            r.r1 = Wide.number(snapshot.value());
            r.r2 = (int) snapshot.version();
        }

        @Arbiter
        public void end() {
            shared.giveBack();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = {"1, 0, 11", "0, 1, 12"}, expect = Expect.ACCEPTABLE,
            desc = "One was refused while the other was at it; version 1, with the value of that one.")
    @Outcome(id = {"1, 1, 21", "1, 1, 22"}, expect = Expect.ACCEPTABLE,
            desc = "One after the other; version 2, with the value of one of the two.")
    @Outcome(expect = Expect.FORBIDDEN,
            desc = "A change that does not count, a value made of both, or of the one refused.")
    public static class SetAndSet {

        private final Pool.Lease<SharedSignal<Wide>> shared = SIGNALS.take();

        @Actor
        public void one(III_Result r) {
            r.r1 = shared.get().trySet(Wide.of(1)) ? 1 : 0;
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = shared.get().trySet(Wide.of(2)) ? 1 : 0;
        }

        @Arbiter
        public void end(III_Result r) {
            SharedSignal.Snapshot<Wide> snapshot = shared.get().snapshot();
            r.r3 = 10 * (int) snapshot.version() + Wide.number(snapshot.value());
            shared.giveBack();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = {"1, 1, 22", "2, 2, 22"}, expect = Expect.ACCEPTABLE,
            desc = "Both changes count, and the pair that was seen belongs together.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "A change was lost, or a value has the version of another.")
    public static class UpdateAndUpdateSnapshot {

        private final Pool.Lease<SharedSignal<Wide>> shared = SIGNALS.take();

        @Actor
        public void one() {
            increment(shared.get());
        }

        @Actor
        public void updateAndLook(III_Result r) {
            increment(shared.get());
            SharedSignal.Snapshot<Wide> snapshot = shared.get().snapshot();
            r.r1 = Wide.number(snapshot.value());
            r.r2 = (int) snapshot.version();
        }

        @Arbiter
        public void end(III_Result r) {
            SharedSignal.Snapshot<Wide> snapshot = shared.get().snapshot();
            r.r3 = 10 * (int) snapshot.version() + Wide.number(snapshot.value());
            shared.giveBack();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = {"0, 0, 22", "1, 1, 22", "2, 2, 22"}, expect = Expect.ACCEPTABLE,
            desc = "Both changes count, and the pair that was seen belongs together.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "A change was lost, or a value has the version of another.")
    public static class UpdateAndUpdateAndSnapshot {

        private final Pool.Lease<SharedSignal<Wide>> shared = SIGNALS.take();

        @Actor
        public void one() {
            increment(shared.get());
        }

        @Actor
        public void other() {
            increment(shared.get());
        }

        @Actor
        public void look(III_Result r) {
            SharedSignal.Snapshot<Wide> snapshot = shared.get().snapshot();
            r.r1 = Wide.number(snapshot.value());
            r.r2 = (int) snapshot.version();
        }

        @Arbiter
        public void end(III_Result r) {
            SharedSignal.Snapshot<Wide> snapshot = shared.get().snapshot();
            r.r3 = 10 * (int) snapshot.version() + Wide.number(snapshot.value());
            shared.giveBack();
        }
    }
}
