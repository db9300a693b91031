package io.zeroipc.stress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.RingCursor;
import io.zeroipc.collection.RingWriter;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.segment.Source;

/** What a cursor reads from an overwriting ring was written, is whole, and comes in order; what it misses it counts. */
public final class RingStress {

    private static final int CAPACITY = 4;
    private static final Pool<Written> RINGS = Pool
            .ofUsed(SharedRing.spec(Codecs.record(Wide.class), CAPACITY, true), Written::new);

    private RingStress() {
    }

    private record Written(SharedRing<Wide> ring, RingWriter<Wide> writer) {

        Written(SharedRing<Wide> ring) {
            this(ring, ring.writer());
        }

        /** Each element is the number of its position. */
        void write(int times) {
            for (int i = 0; i < times; i++) {
                writer.offer(Wide.of(ring.totalWritten()));
            }
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "0, 0, 6", expect = Expect.ACCEPTABLE, desc = "Read or counted as lost, whole and in order.")
    @Outcome(expect = Expect.FORBIDDEN,
            desc = "A torn element, a wrong order, or one neither read nor counted as lost.")
    public static class WriteAndFollow {

        private final Pool.Lease<Written> shared = RINGS.take();
        private final RingCursor<Wide> cursor;
        private int read;
        private int torn;
        private int misplaced;

        public WriteAndFollow() {
            cursor = shared.get().ring().cursor(Source.Start.LATEST);
        }

        @Actor
        public void write() {
            shared.get().write(6);
        }

        @Actor
        public void follow() {
            poll();
            poll();
            poll();
        }

        @Arbiter
        public void end(III_Result r) {
            while (poll()) {
                // What is left.
            }
            r.r1 = torn;
            r.r2 = misplaced;
            r.r3 = read + (int) cursor.lost();
            cursor.close();
            shared.giveBack();
        }

        private boolean poll() {
            Wide element = cursor.poll();
            if (element == null) {
                return false;
            }
            read++;
            if (!element.equals(Wide.of(element.first()))) {
                torn++;
            }
            if (element.first() != cursor.position()) {
                misplaced++;
            }
            return true;
        }
    }
}
