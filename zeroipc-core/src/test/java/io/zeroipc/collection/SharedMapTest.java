package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.StructureBusyException;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.format.EntryState;
import io.zeroipc.format.KeyHash;
import io.zeroipc.format.MapDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Probe.Match;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.Seeds;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;
import io.zeroipc.wait.Deadline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

class SharedMapTest {

    private static final int CAPACITY = 7;
    private static final int IN_THE_CHAIN_OF_1 = 1 + CAPACITY;
    /** So long that comparing one takes a moment. */
    private static final Codec<String> LONG_KEYS = Codecs.string(16_384);
    private static final String LONG_KEY = "k".repeat(16_384);

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private Segment segment;
    private SharedMap<Integer, Double> map;
    private MemorySegment block;

    @BeforeEach
    void createMap() {
        segment = segments.create(1 << 14);
        map = SharedMap.create(segment, "map", Codecs.int32(), Codecs.float64(), CAPACITY);
        block = segment.blocks("map").require("").memory();
    }

    @Test
    void shouldHoldTheLastValueOfAKeyWhenPut() {
        assertThat(map.put(1, 1.5)).isTrue();
        assertThat(map.put(1, 2.5)).isTrue();
        assertThat(map.putIfAbsent(1, 3.5)).isFalse();
        assertThat(map.putIfAbsent(-1, 4.5)).isTrue();

        assertThat(map.get(1)).isEqualTo(2.5);
        assertThat(map.get(-1)).isEqualTo(4.5);
        assertThat(map.get(2)).isNull();
        assertThat(map.getOrDefault(2, 9.0)).isEqualTo(9.0);
        assertThat(map.containsKey(1) && !map.containsKey(2)).isTrue();
        assertThat(map.size()).isEqualTo(2);
        assertThat(map.remove(1)).isEqualTo(2.5);
        assertThat(map.remove(1)).isNull();
        assertThat(contents()).isEqualTo(Map.of(-1, 4.5));
    }

    @Test
    void shouldReplaceButNotAddWhenNoEntryIsLeft() {
        for (int i = 0; i < CAPACITY; i++) {
            assertThat(map.put(i, (double) i)).isTrue();
        }
        assertThat(map.put(99, 99.0)).isFalse();
        assertThat(map.putIfAbsent(99, 99.0)).isFalse();
        assertThat(map.put(3, 33.0)).isTrue();
        assertThat(map.get(3)).isEqualTo(33.0);
        assertThat(map.get(99)).isNull();
        assertThat(map.size()).isEqualTo(CAPACITY);
    }

    @Test
    void shouldAgreeWithAHashMapWhenUsedAtRandom() {
        Random random = Seeds.of(Seeds.next(), 0);
        Map<Integer, Double> expected = new HashMap<>();
        for (int round = 0; round < 20_000; round++) {
            int key = random.nextInt(10) - 5;
            double value = random.nextInt();
            switch (random.nextInt(4)) {
                case 0 -> {
                    boolean room = expected.size() < CAPACITY || expected.containsKey(key);
                    assertThat(map.put(key, value)).isEqualTo(room);
                    if (room) {
                        expected.put(key, value);
                    }
                }
                case 1 -> {
                    boolean added = expected.size() < CAPACITY && !expected.containsKey(key);
                    assertThat(map.putIfAbsent(key, value)).isEqualTo(added);
                    if (added) {
                        expected.put(key, value);
                    }
                }
                case 2 -> assertThat(map.remove(key)).isEqualTo(expected.remove(key));
                default -> assertThat(map.get(key)).isEqualTo(expected.get(key));
            }
            if (random.nextInt(500) == 0) {
                map.compact();
            }
        }
        assertThat(contents()).isEqualTo(expected);
        assertThat(map.size()).isEqualTo(expected.size());
    }

    @Test
    void shouldTakeAnyKeyAndValuesOfUpToEightBytesWhenLaidOutAsCpp() {
        record Key(long a, long b) {}
        SharedMap<Key, Integer> structs = SharedMap
                .create(segment, "structs", Codecs.record(Key.class), Codecs.int32(), 5);
        assertThat(structs.put(new Key(1, 2), 77) && structs.put(new Key(2, 1), 78)).isTrue();
        assertThat(structs.get(new Key(1, 2))).isEqualTo(77);
        assertThat(segment.blocks("structs").require("").byteSize()).isEqualTo(16 + 5 * 32);

        SharedMap<String, String> texts = SharedMap
                .create(segment, "texts", Codecs.string(5), Codecs.string(7), 5);
        assertThat(texts.put("hello", "goodbye") && texts.put("", "")).isTrue();
        assertThat(texts.get("hello")).isEqualTo("goodbye");
        assertThat(texts.remove("")).isEmpty();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> SharedMap.spec(Codecs.int32(), Codecs.string(9), 5))
                .withMessageContaining("string(9)")
                .withMessageContaining("pool");
    }

    @Test
    void shouldChangeNothingWhenACodecRefuses() {
        SharedMap<Float, String> texts = SharedMap.create(segment, "texts", Codecs.float32(), Codecs.string(2), 3);
        texts.put(1f, "ab");
        assertThatIllegalArgumentException().isThrownBy(() -> texts.put(1f, "abc"));
        assertThatIllegalArgumentException().isThrownBy(() -> texts.put(Float.NaN, "a")).withMessageContaining("NaN");
        assertThatIllegalArgumentException().isThrownBy(() -> texts.putIfAbsent(Float.NaN, "a"));
        assertThat(texts.get(1f)).isEqualTo("ab");
        assertThat(texts.get(Float.NaN)).isNull();
        assertThat(texts.size()).isEqualTo(1);
    }

    @Test
    void shouldRemoveAllCopiesAndReturnTheFoundValueWhenCppLeftTwo() {
        entry(1, 0, 10.0);
        entry(1, 1, 11.0);
        Atomics.putInt(block, MapDescriptor.SIZE_OFFSET, 2);

        assertThat(map.get(1)).isEqualTo(10.0);
        assertThat(map.remove(1)).isEqualTo(10.0);
        assertThat(map.get(1)).isNull();
        assertThat(map.size()).isZero();
    }

    // what stopped and killed threads leave behind

    @Test
    void shouldSayThatItCannotTellWhenTheEntryOfTheKeyStaysWithSomebodyElse() {
        map.put(1, 1.5);
        map.put(IN_THE_CHAIN_OF_1, 8.5);
        map.put(2, 2.5);
        state(1, 0, EntryState.INSERTING);

        for (ThrowingCallable each : List.<ThrowingCallable>of(() -> map.get(1), () -> map.containsKey(1),
                () -> map.getOrDefault(1, 0.0), () -> map.remove(1), () -> map.put(1, 9.0),
                () -> map.putIfAbsent(1, 9.0))) {
            assertThatExceptionOfType(StructureBusyException.class).isThrownBy(each)
                    .withMessageContaining("segment=" + segment.name() + ", name=map, entry=" + index(1, 0))
                    .withMessageContaining("compact")
                    .satisfies(e -> assertThat(e.structure()).isEqualTo("map"));
        }
        assertThat(state(1, 0)).isEqualTo(EntryState.INSERTING);
        assertThat(map.size()).isEqualTo(3);
        // No other key has anything to do with it, not even one further down the chain.
        assertThat(map.get(IN_THE_CHAIN_OF_1)).isEqualTo(8.5);
        assertThat(map.put(IN_THE_CHAIN_OF_1, 8.75)).isTrue();
        assertThat(map.remove(IN_THE_CHAIN_OF_1)).isEqualTo(8.75);
        assertThat(map.putIfAbsent(IN_THE_CHAIN_OF_1, 8.5)).isTrue();

        Map<Integer, Double> others = new HashMap<>();
        assertThatExceptionOfType(StructureBusyException.class).isThrownBy(() -> map.forEach(others::put));
        assertThat(others).isEqualTo(Map.of(IN_THE_CHAIN_OF_1, 8.5, 2, 2.5));

        // The owner was only slow.
        state(1, 0, EntryState.OCCUPIED);
        assertThat(map.remove(1)).isEqualTo(1.5);
    }

    @Test
    void shouldWaitForTheOwnerOfTheEntryWhenThatIsAtWork() throws Exception {
        map.put(1, 1.5);
        state(1, 0, EntryState.INSERTING);
        assertThatExceptionOfType(StructureBusyException.class).isThrownBy(() -> map.get(1));

        // That one entry kept us waiting for too long once says nothing about its next owner.
        state(1, 0, EntryState.OCCUPIED);
        assertThat(map.get(1)).isEqualTo(1.5);
        state(1, 0, EntryState.INSERTING);
        try (Waiter<Double> remover = Waiter.of(() -> {
            Thread.currentThread().interrupt();
            Double value = map.remove(1);
            assertThat(Thread.interrupted()).isTrue();
            return value;
        })) {
            await().until(remover::isSleeping);
            entry(1, 0, 2.5);
            assertThat(remover.get()).isEqualTo(2.5);
        }
        assertThat(map.containsKey(1)).isFalse();
    }

    @Test
    void shouldAddOnceWhenTheSameKeyAppearsEarlierInTheChainMeanwhile() throws Exception {
        for (boolean replace : List.of(true, false)) {
            map.compact();
            map.put(IN_THE_CHAIN_OF_1, 8.5);
            map.put(1, 1.5);
            // The key is where a thread that adds it goes second, and is being removed there.
            state(1, 1, EntryState.INSERTING);
            try (Waiter<Boolean> adder = Waiter
                    .of(() -> replace ? map.put(1, 3.5) : map.putIfAbsent(1, 3.5))) {
                await().until(adder::isSleeping);
                // Behind the adder's back it is added where the adder has been.
                entry(1, 0, 2.5);
                state(1, 1, EntryState.DELETED);
                assertThat(adder.get()).isEqualTo(replace);
            }
            assertThat(state(1, 1)).isEqualTo(EntryState.DELETED);
            assertThat(state(1, 2)).isEqualTo(EntryState.EMPTY);
            assertThat(map.remove(1)).isEqualTo(replace ? 3.5 : 2.5);
            assertThat(map.get(1)).isNull();
        }
    }

    @Test
    void shouldLeaveTheKeyToWhoeverAddsItEarlierInTheChainAtTheSameTime() throws Exception {
        map.put(IN_THE_CHAIN_OF_1, 8.5);
        map.put(1, 1.5);
        state(1, 1, EntryState.INSERTING);
        try (Waiter<Boolean> adder = Waiter.of(() -> map.putIfAbsent(1, 3.5))) {
            await().until(adder::isSleeping);
            entry(1, 0, 2.5, EntryState.INSERTING);
            state(1, 1, EntryState.DELETED);
            // It took the free entry, saw the other one, and gave it back.
            await().until(() -> value(1, 1) == 3.5 && state(1, 1) == EntryState.DELETED);
            entry(1, 0, 2.5);
            assertThat(adder.get()).isFalse();
        }
        assertThat(state(1, 1)).isEqualTo(EntryState.DELETED);
        assertThat(map.get(1)).isEqualTo(2.5);
    }

    @Test
    void shouldSayFullWhenAllEntriesAreTakenAndOneStaysWithSomebodyElse() {
        for (int i = 0; i < CAPACITY; i++) {
            map.put(i, (double) i);
        }
        state(3, 0, EntryState.INSERTING);

        assertThat(map.put(99, 99.0)).isFalse();
        assertThat(map.get(99)).isNull();
        state(3, 0, EntryState.DELETED);
        assertThat(map.put(99, 99.0)).isTrue();
    }

    @Test
    void shouldWaitWhenTheOnlyEntryLeftIsJustBeingFilledWithTheKey() throws Exception {
        for (int i = 0; i < CAPACITY; i++) {
            map.put(i, (double) i);
        }
        // Owned, and the new key is not written yet.
        state(3, 0, EntryState.INSERTING);
        try (Waiter<Boolean> adder = Waiter.of(() -> map.put(99, 99.5))) {
            await().until(() -> adder.isSleeping() || adder.isDone());
            Atomics.putInt(block, offset(3, 0) + 4, 99);
            state(3, 0, EntryState.OCCUPIED);
            assertThat(adder.get()).isTrue();
        }
        assertThat(map.get(99)).isEqualTo(99.5);
    }

    @Test
    void shouldRemoveBothCopiesWhenSomebodyLooksAtTheFirstOneMeanwhile() throws Exception {
        try (Waiter<Long> reader = Waiter.repeating(() -> map.get(1))) {
            for (int round = 0; round < 20_000; round++) {
                entry(1, 1, 11.0);
                entry(1, 0, 10.0);
                assertThat(map.remove(1)).isIn(10.0, 11.0);
                assertThat(map.remove(1)).as("round %d", round).isNull();
            }
            assertThat(reader.stop()).isNotNegative();
        }
    }

    // what others wrote past all operations

    @ParameterizedTest
    @ValueSource(ints = {4, 7, -1})
    void shouldSayThatTheEntryIsDamagedWhenItsStateIsNone(int none) {
        map.put(1, 1.5);
        map.put(IN_THE_CHAIN_OF_1, 8.5);
        map.put(2, 2.5);
        state(1, 0, none);

        for (ThrowingCallable each : List.<ThrowingCallable>of(() -> map.get(1), () -> map.containsKey(1),
                () -> map.remove(1), () -> map.put(1, 9.0), () -> map.putIfAbsent(1, 9.0))) {
            assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(each)
                    .withMessageStartingWith("entry is damaged")
                    .withMessageContaining("segment=" + segment.name() + ", name=map, entry=" + index(1, 0)
                            + ", state=" + Integer.toUnsignedString(none))
                    .withMessageContaining("compact");
        }
        assertThat(state(1, 0)).isEqualTo(none);
        assertThat(map.put(IN_THE_CHAIN_OF_1, 8.75)).isTrue();
        assertThat(map.get(IN_THE_CHAIN_OF_1)).isEqualTo(8.75);
        Map<Integer, Double> others = new HashMap<>();
        assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(() -> map.forEach(others::put))
                .withMessageStartingWith("entry is damaged");
        assertThat(others).isEqualTo(Map.of(IN_THE_CHAIN_OF_1, 8.75, 2, 2.5));

        map.compact();
        assertThat(contents()).isEqualTo(others);
        assertThat(map.putIfAbsent(1, 9.0)).isTrue();
        assertThat(map.size()).isEqualTo(3);
    }

    @Test
    void shouldSayFullWhenTheOnlyEntryLeftIsDamaged() {
        for (int i = 0; i < CAPACITY; i++) {
            map.put(i, (double) i);
        }
        state(3, 0, 7);
        assertThat(map.put(99, 99.0)).isFalse();
        assertThat(state(3, 0)).isEqualTo(7);
    }

    @Test
    void shouldComeToAnEndWhenSomebodyScribblesOverTheEntries() throws Exception {
        long seed = Seeds.next();
        Random scribbled = Seeds.of(seed, 1);
        try (Waiter<Long> scribbler = Waiter.repeating(() -> {
            int step = scribbled.nextInt(CAPACITY);
            state(1, step, scribbled.nextInt(-1, 5));
            Atomics.putInt(block, offset(1, step) + 4, scribbled.nextInt(3));
        })) {
            Random random = Seeds.of(seed, 0);
            for (int round = 0; round < 5_000; round++) {
                int key = random.nextInt(3);
                try {
                    switch (random.nextInt(5)) {
                        case 0 -> map.put(key, 1.0);
                        case 1 -> map.putIfAbsent(key, 1.0);
                        case 2 -> map.remove(key);
                        case 3 -> map.forEach((_, _) -> {});
                        default -> map.get(key);
                    }
                } catch (ZeroIpcException e) {
                    assertThat(e).hasMessageContaining("name=map");
                }
            }
            assertThat(scribbler.stop()).isPositive();
        }
    }

    // who owns an entry

    @Test
    void shouldOwnTheEntryOfTheValueThatItCopiesWhenKeysLeaveTheMap() throws Exception {
        Segment large = segments.create(1 << 18);
        SharedMap<String, Integer> texts = SharedMap.create(large, "texts", LONG_KEYS, Codecs.int32(), 2);
        SharedMap<String, Integer> there = SharedMap.open(segments.open(large), "texts", LONG_KEYS, Codecs.int32());
        texts.put(LONG_KEY, 1);
        OwnerSpy spy = new OwnerSpy(large.blocks("texts").require("").memory(), LONG_KEYS.byteSize() + 8);

        // Nobody has reason to.
        assertThat(spy.seesAnOwnerWhile(() -> texts.get(LONG_KEY))).isFalse();
        assertThat(spy.seesAnOwnerWhile(() -> texts.forEach((_, _) -> {}))).isFalse();

        // The key that has left is met in the chain of another one.
        there.put("leaves", 2);
        there.remove("leaves");
        assertThat(texts.get("is not there")).isNull();
        spy.awaitAnOwnerWhile(() -> texts.get(LONG_KEY));
        spy.awaitAnOwnerWhile(() -> texts.containsKey(LONG_KEY));
        spy.awaitAnOwnerWhile(() -> texts.forEach((_, _) -> {}));
        spy.awaitAnOwnerWhile(() -> there.get(LONG_KEY));

        // Where nothing may be written nobody can.
        SharedMap<String, Integer> readOnly = SharedMap
                .open(segments.openReadOnly(large), "texts", LONG_KEYS, Codecs.int32());
        assertThat(readOnly.get("is not there")).isNull();
        assertThat(readOnly.get(LONG_KEY)).isEqualTo(1);
        Map<String, Integer> contents = new HashMap<>();
        readOnly.forEach(contents::put);
        assertThat(contents).isEqualTo(Map.of(LONG_KEY, 1));

        texts.compact();
        assertThat(spy.seesAnOwnerWhile(() -> texts.get(LONG_KEY))).isFalse();
    }

    /** Looks at the state words of two entries, often, also where the processors are busy and the two threads take turns. */
    private record OwnerSpy(MemorySegment block, long entrySize) {

        private static final int LOOKS = 5_000_000;

        /** As often as it takes, where the processors are busy. */
        void awaitAnOwnerWhile(Waiter.Action action) throws Exception {
            long deadline = Deadline.nanosAfter(Duration.ofMinutes(2));
            boolean seen = false;
            while (!seen && !Deadline.isPast(deadline)) {
                seen = seesAnOwnerWhile(action);
            }
            assertThat(seen).isTrue();
        }

        boolean seesAnOwnerWhile(Waiter.Action action) throws Exception {
            AtomicInteger times = new AtomicInteger();
            boolean seen = false;
            try (Waiter<Long> reader = Waiter.repeating(() -> {
                action.run();
                times.incrementAndGet();
            })) {
                for (int looks = 0; !seen && (looks < LOOKS || times.get() < 3_000); looks++) {
                    seen = Atomics.getIntAcquire(block, MapDescriptor.ENTRIES_OFFSET) == EntryState.INSERTING
                            || Atomics.getIntAcquire(block,
                                    MapDescriptor.ENTRIES_OFFSET + entrySize) == EntryState.INSERTING;
                }
                assertThat(reader.stop()).isPositive();
            }
            return seen;
        }
    }

    // code of users

    @Test
    void shouldGoOnWhenTheConsumerUsesTheMap() {
        for (int i = 0; i < CAPACITY; i++) {
            map.put(i, (double) i);
        }
        Map<Integer, Double> seen = new HashMap<>();
        map.forEach((key, value) -> {
            assertThat(map.put(key, value + 10)).isTrue();
            assertThat(map.get(key)).isEqualTo(value + 10);
            map.forEach((_, _) -> assertThat(map.size()).isEqualTo(CAPACITY - seen.size()));
            assertThat(map.remove(key)).isEqualTo(value + 10);
            seen.put(key, value);
        });
        assertThat(seen).containsOnlyKeys(0, 1, 2, 3, 4, 5, 6).containsEntry(3, 3.0);
        assertThat(map.isEmpty()).isTrue();
    }

    @Test
    void shouldBeRefusedWhenItIsOfAnotherShape() {
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> SharedMap.open(segment, "map", Codecs.int64(), Codecs.float64()))
                .withMessageContaining("key size differs: stored=4");
        record Halves(int a, int b) {}
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> SharedMap.open(segment, "map", Codecs.record(Halves.class), Codecs.float64()));
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> segment.open("map", SharedMap.spec(Codecs.int32(), Codecs.float64(), 8)))
                .withMessageContaining("asked for=8");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SharedMap.create(segment, "none", Codecs.int32(), Codecs.int32(), 0));
        assertThat(map.elementType()).isEqualTo("float64");
        assertThat(map.keyType()).isEqualTo("int32");
        assertThat(map.elementSize()).isEqualTo(8);
    }

    @Test
    void shouldBeCertainAtRestAndUnsettledInMotionWhenProbed() {
        map.put(1, 2.0);
        assertThat(SharedMap.PROBE.match(segment.blocks("map"))).isEqualTo(Match.CERTAIN);
        entry(2, 0, 1.0);
        assertThat(SharedMap.PROBE.match(segment.blocks("map"))).isEqualTo(Match.UNSETTLED);
    }

    private Map<Integer, Double> contents() {
        Map<Integer, Double> contents = new HashMap<>();
        map.forEach((key, value) -> assertThat(contents.put(key, value)).isNull());
        return contents;
    }

    private void entry(int key, int step, double value) {
        entry(key, step, value, EntryState.OCCUPIED);
    }

    private static int index(int key, int step) {
        return KeyHash.index(KeyHash.ofIntegral(key), step, CAPACITY);
    }

    private static long offset(int key, int step) {
        return MapDescriptor.ENTRIES_OFFSET + 16L * index(key, step);
    }

    private double value(int key, int step) {
        return Double.longBitsToDouble(Atomics.getLongAcquire(block, offset(key, step) + 8));
    }

    private int state(int key, int step) {
        return Atomics.getIntAcquire(block, offset(key, step));
    }

    private void state(int key, int step, int state) {
        Atomics.setIntRelease(block, offset(key, step), state);
    }

    private void entry(int key, int step, double value, int state) {
        long offset = offset(key, step);
        Atomics.putInt(block, offset + 4, key);
        Atomics.putLong(block, offset + 8, Double.doubleToRawLongBits(value));
        Atomics.setIntRelease(block, offset, state);
    }
}
