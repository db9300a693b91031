package io.zeroipc.stress;

import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

import io.zeroipc.codec.Codecs;
import io.zeroipc.flow.SharedState;
import io.zeroipc.flow.StateWriter;

/** A sample of a state is one that was written, as a whole and with its version. */
public final class StateStress {

    private static final Pool<Published> STATES = Pool.ofUsed(SharedState.spec(Codecs.record(Wide.class)),
            Published::new);

    private StateStress() {
    }

    /** The value of a sample is the number of its version, here. */
    private record Published(SharedState<Wide> state, StateWriter<Wide> writer) {

        Published(SharedState<Wide> state) {
            this(state, state.writer());
        }

        void set(int times) {
            for (int i = 0; i < times; i++) {
                writer.set(Wide.of(writer.version() + 1));
            }
        }

        /** How many samples after {@code version}; -1 when it is torn, or has the version of another one. */
        static int age(SharedState.@Nullable Snapshot<Wide> snapshot, long version) {
            if (snapshot == null || !snapshot.value().equals(Wide.of(snapshot.version()))) {
                return -1;
            }
            return (int) (snapshot.version() - version);
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "The old sample, with its version.")
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "The new sample, with its version.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "A sample made of both, or with the version of the other, or lost.")
    public static class SetAndSnapshot {

        private final Pool.Lease<Published> shared = STATES.take();
        private final long before;

        public SetAndSnapshot() {
            shared.get().set(1);
            before = shared.get().writer().version();
        }

        @Actor
        public void set() {
            shared.get().set(1);
        }

        @Actor
        public void snapshot(II_Result r) {
            r.r1 = Published.age(shared.get().state().snapshot(), before);
        }

        @Arbiter
        public void end(II_Result r) {
            r.r2 = Published.age(shared.get().state().snapshot(), before);
            shared.giveBack();
        }
    }

    /** As many samples as it takes to write the slot again that is being read. */
    @JCStressTest
    @State
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "Whole samples, and the later one is not older.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "A torn sample, or an older one after a newer one.")
    public static class SetManyAndSnapshots {

        private final Pool.Lease<Published> shared = STATES.take();
        private final long before;

        public SetManyAndSnapshots() {
            shared.get().set(1);
            before = shared.get().writer().version();
        }

        @Actor
        public void set() {
            shared.get().set(6);
        }

        @Actor
        public void snapshots(II_Result r) {
            int previous = 0;
            for (int i = 0; i < 4; i++) {
                int age = Published.age(shared.get().state().snapshot(), before);
                r.r1 += age < 0 ? 1 : 0;
                r.r2 += age < previous ? 1 : 0;
                previous = age;
            }
        }

        @Arbiter
        public void end() {
            shared.giveBack();
        }
    }
}
