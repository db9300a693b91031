package io.zeroipc.stress;

import java.util.concurrent.atomic.AtomicInteger;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedMap;

/** A map has one entry for a key, and its value is always one that somebody stored. */
public final class MapStress {

    private static final int KEY = 7;
    /** For maps of four entries. */
    private static final int SAME_CHAIN = KEY + 4;
    private static final Pool<SharedMap<Integer, Twin>> MAPS = Pool
            .of(SharedMap.spec(Codecs.int32(), Codecs.record(Twin.class), 4));
    private static final Pool<SharedMap<Integer, Twin>> SINGLES = Pool
            .of(SharedMap.spec(Codecs.int32(), Codecs.record(Twin.class), 1));

    private static int count(SharedMap<Integer, Twin> map) {
        AtomicInteger count = new AtomicInteger();
        map.forEach((_, _) -> count.incrementAndGet());
        return count.get();
    }

    private MapStress() {
    }

    @JCStressTest
    @State
    @Outcome(id = {"1, 1", "1, 2"}, expect = Expect.ACCEPTABLE, desc = "One entry, with the value of one of the two.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Two entries, none, or a value made of both.")
    public static class PutAndPut {

        private final Pool.Lease<SharedMap<Integer, Twin>> shared = MAPS.take();

        @Actor
        public void one() {
            shared.get().put(KEY, Twin.of(1));
        }

        @Actor
        public void other() {
            shared.get().put(KEY, Twin.of(2));
        }

        @Arbiter
        public void end(II_Result r) {
            r.r1 = count(shared.get());
            r.r2 = Twin.number(shared.get().get(KEY));
            shared.giveBack();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "1, 0, 1", expect = Expect.ACCEPTABLE, desc = "The first was faster, and its value is there.")
    @Outcome(id = "0, 1, 2", expect = Expect.ACCEPTABLE, desc = "The second was faster, and its value is there.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Both have stored, or neither, or the value is the loser's.")
    public static class PutIfAbsentTwice {

        private final Pool.Lease<SharedMap<Integer, Twin>> shared = MAPS.take();

        @Actor
        public void one(III_Result r) {
            r.r1 = shared.get().putIfAbsent(KEY, Twin.of(1)) ? 1 : 0;
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = shared.get().putIfAbsent(KEY, Twin.of(2)) ? 1 : 0;
        }

        @Arbiter
        public void end(III_Result r) {
            r.r3 = Twin.number(shared.get().get(KEY));
            shared.giveBack();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "Removed before it was there; then it was stored.")
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "Stored, then removed.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Lost, or removed and still there, or a value that nobody stored.")
    public static class PutAndRemove {

        private final Pool.Lease<SharedMap<Integer, Twin>> shared = MAPS.take();

        @Actor
        public void put() {
            shared.get().put(KEY, Twin.of(1));
        }

        @Actor
        public void remove(II_Result r) {
            r.r1 = Twin.number(shared.get().remove(KEY));
        }

        @Arbiter
        public void end(II_Result r) {
            r.r2 = Twin.number(shared.get().get(KEY));
            shared.giveBack();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "1, 2", expect = Expect.ACCEPTABLE, desc = "The old value as a whole.")
    @Outcome(id = "2, 2", expect = Expect.ACCEPTABLE, desc = "The new value as a whole.")
    @Outcome(expect = Expect.FORBIDDEN,
            desc = "A value made of both, none though the key was there all the time, or the old one afterwards.")
    public static class ReplaceAndGet {

        private final Pool.Lease<SharedMap<Integer, Twin>> shared = MAPS.take();

        public ReplaceAndGet() {
            shared.get().put(KEY, Twin.of(1));
        }

        @Actor
        public void replace() {
            shared.get().put(KEY, Twin.of(2));
        }

        @Actor
        public void get(II_Result r) {
            r.r1 = Twin.number(shared.get().get(KEY));
        }

        @Arbiter
        public void end(II_Result r) {
            r.r2 = Twin.number(shared.get().get(KEY));
            shared.giveBack();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "1, 2", expect = Expect.ACCEPTABLE, desc = "Removed with the old value; then it was stored anew.")
    @Outcome(id = "2, 0", expect = Expect.ACCEPTABLE, desc = "Replaced, then removed with the new value.")
    @Outcome(expect = Expect.FORBIDDEN,
            desc = "Not found though it was there, removed and still there, or a value that nobody stored.")
    public static class ReplaceAndRemove {

        private final Pool.Lease<SharedMap<Integer, Twin>> shared = MAPS.take();

        public ReplaceAndRemove() {
            shared.get().put(KEY, Twin.of(1));
        }

        @Actor
        public void replace() {
            shared.get().put(KEY, Twin.of(2));
        }

        @Actor
        public void remove(II_Result r) {
            r.r1 = Twin.number(shared.get().remove(KEY));
        }

        @Arbiter
        public void end(II_Result r) {
            r.r2 = Twin.number(shared.get().get(KEY));
            shared.giveBack();
        }
    }

    /** The second actor may have passed the entry that the first one frees, and uses the one at the end of the chain. */
    @JCStressTest
    @State
    @Outcome(id = "1, 0, 11", expect = Expect.ACCEPTABLE, desc = "The first has stored its value, in one entry.")
    @Outcome(id = "0, 1, 12", expect = Expect.ACCEPTABLE, desc = "The second has stored its value, in one entry.")
    @Outcome(expect = Expect.FORBIDDEN,
            desc = "Two entries, both have stored, or neither, or the value is the loser's.")
    public static class PutIfAbsentIntoTwoEntries {

        private final Pool.Lease<SharedMap<Integer, Twin>> shared = MAPS.take();

        public PutIfAbsentIntoTwoEntries() {
            shared.get().put(SAME_CHAIN, Twin.of(3));
        }

        @Actor
        public void one(III_Result r) {
            shared.get().remove(SAME_CHAIN);
            r.r1 = shared.get().putIfAbsent(KEY, Twin.of(1)) ? 1 : 0;
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = shared.get().putIfAbsent(KEY, Twin.of(2)) ? 1 : 0;
        }

        @Arbiter
        public void end(III_Result r) {
            r.r3 = 10 * count(shared.get()) + Twin.number(shared.get().get(KEY));
            shared.giveBack();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = {"1, 1, 11", "1, 1, 12"}, expect = Expect.ACCEPTABLE,
            desc = "Both were stored, in the only entry; one value has replaced the other.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "No room for one, though the key has its entry.")
    public static class PutAndPutIntoTheLastEntry {

        private final Pool.Lease<SharedMap<Integer, Twin>> shared = SINGLES.take();

        @Actor
        public void one(III_Result r) {
            r.r1 = shared.get().put(KEY, Twin.of(1)) ? 1 : 0;
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = shared.get().put(KEY, Twin.of(2)) ? 1 : 0;
        }

        @Arbiter
        public void end(III_Result r) {
            r.r3 = 10 * count(shared.get()) + Twin.number(shared.get().get(KEY));
            shared.giveBack();
        }
    }

    /** What a lookup copies may be given to another key before it has looked again. */
    @JCStressTest
    @State
    @Outcome(id = {"0, 2", "1, 2"}, expect = Expect.ACCEPTABLE, desc = "Removed, or its own value as a whole.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "The value of the other key, or half of it.")
    public static class ReuseAndGet {

        private final Pool.Lease<SharedMap<Integer, Twin>> shared = MAPS.take();

        public ReuseAndGet() {
            shared.get().put(KEY, Twin.of(1));
        }

        @Actor
        public void reuse() {
            shared.get().remove(KEY);
            shared.get().put(SAME_CHAIN, Twin.of(2));
        }

        @Actor
        public void get(II_Result r) {
            r.r1 = Twin.number(shared.get().get(KEY));
        }

        @Arbiter
        public void end(II_Result r) {
            r.r2 = Twin.number(shared.get().get(SAME_CHAIN));
            shared.giveBack();
        }
    }

    /** The only entry goes to another key and back, over and over: a lookup that finds its key twice may have missed a turn. */
    @JCStressTest
    @State
    @Outcome(id = {"0, 1", "1, 1"}, expect = Expect.ACCEPTABLE, desc = "Its own value, whenever it was there.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "The value of the other key, or half of it.")
    public static class ReuseOverAndOverAndGet {

        private static final int TURNS = 100;

        private final Pool.Lease<SharedMap<Integer, Twin>> shared = SINGLES.take();

        public ReuseOverAndOverAndGet() {
            shared.get().put(KEY, Twin.of(1));
        }

        @Actor
        public void reuse() {
            for (int turn = 0; turn < TURNS; turn++) {
                shared.get().remove(KEY);
                shared.get().put(SAME_CHAIN, Twin.of(2));
                shared.get().remove(SAME_CHAIN);
                shared.get().put(KEY, Twin.of(1));
            }
        }

        @Actor
        public void get(II_Result r) {
            for (int turn = 0; turn < 4 * TURNS; turn++) {
                r.r1 |= Twin.number(shared.get().get(KEY));
            }
        }

        @Arbiter
        public void end(II_Result r) {
            r.r2 = Twin.number(shared.get().get(KEY));
            shared.giveBack();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = {"1, 0, 0", "0, 1, 0"}, expect = Expect.ACCEPTABLE,
            desc = "One has stored, its value was removed.")
    @Outcome(id = {"1, 0, 1", "0, 1, 1"}, expect = Expect.ACCEPTABLE,
            desc = "One has stored; it was removed too early, or the other one stored before and was removed.")
    @Outcome(id = "1, 1, 1", expect = Expect.ACCEPTABLE, desc = "One has stored, it was removed, the other has stored.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Two entries, or the callers were told what does not fit.")
    public static class PutIfAbsentTwiceAndRemove {

        private final Pool.Lease<SharedMap<Integer, Twin>> shared = MAPS.take();

        @Actor
        public void one(III_Result r) {
            r.r1 = shared.get().putIfAbsent(KEY, Twin.of(1)) ? 1 : 0;
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = shared.get().putIfAbsent(KEY, Twin.of(2)) ? 1 : 0;
        }

        @Actor
        public void remove() {
            shared.get().remove(KEY);
        }

        @Arbiter
        public void end(III_Result r) {
            r.r3 = count(shared.get());
            shared.giveBack();
        }
    }
}
