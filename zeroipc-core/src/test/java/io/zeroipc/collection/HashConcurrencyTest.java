package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.codec.Codecs;
import io.zeroipc.format.MapDescriptor;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.Seeds;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;

/** Threads that add and remove the same few keys, so that deleted entries and lost races are everywhere. */
class HashConcurrencyTest {

    private static final int KEYS = 5;
    private static final int CAPACITY = 8;
    private static final int ROUNDS = 10_000;
    private static final int FOUND_IN_TURNS = 50_000;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @ParameterizedTest(name = "{0} threads, {1} keys")
    @CsvSource({"2, 1", "2, 5", "4, 1", "4, 2", "4, 5"})
    void shouldHoldEachElementOnceWhenThreadsAddAndRemove(int threads, int keys) throws Exception {
        long seed = Seeds.next();
        Segment segment = segments.create(1 << 14);
        SharedSet<Integer> set = SharedSet.create(segment, "set", Codecs.int32(), CAPACITY);
        int[] balance = new int[keys];
        for (int[] each : run(threads, i -> {
            Segment mapping = i % 2 == 0 ? segment : segments.open(segment);
            return worker(SharedSet.open(mapping, "set", Codecs.int32()), keys, Seeds.of(seed, i));
        })) {
            for (int key = 0; key < keys; key++) {
                balance[key] += each[key];
            }
        }
        int[] present = new int[keys];
        set.forEach(element -> present[element / CAPACITY]++);
        int size = 0;
        for (int key = 0; key < keys; key++) {
            assertThat(present[key]).as("copies of %s", key).isBetween(0, 1);
            assertThat(set.contains(element(key))).isEqualTo(present[key] == 1);
            size += present[key];
        }
        assertThat(set.size()).isEqualTo(size);
        // Of all that add one element at the same time, exactly one is told that it did.
        assertThat(balance).isEqualTo(present);
    }

    @ParameterizedTest(name = "{0} threads")
    @ValueSource(ints = {2, 4})
    void shouldNeverShowTheValueOfAnotherKeyWhenThreadsPutAndRemove(int threads) throws Exception {
        long seed = Seeds.next();
        Segment segment = segments.create(1 << 14);
        SharedMap<Integer, Long> map = SharedMap.create(segment, "map", Codecs.int32(), Codecs.int64(), CAPACITY);
        run(threads, i -> {
            Segment mapping = i % 2 == 0 ? segment : segments.open(segment);
            return worker(SharedMap.open(mapping, "map", Codecs.int32(), Codecs.int64()), Seeds.of(seed, i));
        });
        int[] copies = new int[KEYS];
        map.forEach((key, value) -> {
            assertThat(value >> 32).isEqualTo((long) key);
            copies[key / CAPACITY]++;
        });
        int size = 0;
        for (int key = 0; key < KEYS; key++) {
            assertThat(copies[key]).as("copies of %s", key).isBetween(0, 1);
            size += copies[key];
        }
        assertThat(map.size()).isEqualTo(size);
    }

    /**
     * The only entry goes from one key to the other and back, over and over. A reader that finds its key before it copies the
     * value, and after that, may have copied the other key's value in between.
     */
    @Test
    void shouldNeverShowTheValueOfAnotherKeyWhenTheEntryIsGivenToItAndBack() throws Exception {
        Segment segment = segments.create(1 << 14);
        SharedMap<Long, Long> map = SharedMap.create(segment, "map", Codecs.int64(), Codecs.int64(), 1);
        SharedMap<Long, Long> there = SharedMap
                .open(segments.open(segment), "map", Codecs.int64(), Codecs.int64());
        try (Waiter<Long> writer = Waiter.repeating(() -> {
            for (long key = 1; key <= 2; key++) {
                map.put(key, key);
                map.remove(key);
            }
        })) {
            long found = 0;
            for (int round = 0; found < FOUND_IN_TURNS; round++) {
                long key = 1L + round % 2;
                Long value = there.get(key);
                if (value != null) {
                    assertThat(value).isEqualTo(key);
                    found++;
                }
                if (round % 16 == 0) {
                    there.forEach((each, its) -> assertThat(its).isEqualTo(each));
                }
            }
            assertThat(writer.stop()).isPositive();
        }
    }

    /** As above, with the turns where they deceive most: as often as they are met, after each look and before the next. */
    @ParameterizedTest(name = "read-only={0}, turns={1}")
    @CsvSource({"false, 2", "false, 8", "true, 2", "true, 8"})
    void shouldNotShowTheValueOfAnotherKeyWhenNobodyHasSeenAKeyLeaveYet(boolean readOnly, int turns) {
        Segment segment = segments.create(1 << 14);
        SharedMap<Long, Long> map = SharedMap.create(segment, "map", Codecs.int64(), Codecs.int64(), 1);
        map.put(1L, 1L);
        Segment reading = readOnly ? segments.openReadOnly(segment) : segment;
        TurningRules rules = new TurningRules(map, turns);
        HashEntries entries = new HashEntries(reading.blocks("map"), reading.blocks("map").require(""), 1,
                new HashEntries.Layout(MapDescriptor.ENTRIES_OFFSET, 24, 8, Long.BYTES, 16, Long.BYTES), rules);
        MemorySegment scratch = MemorySegment.ofArray(new long[4]);
        scratch.set(ValueLayout.JAVA_LONG, 0, 1);

        assertThat(entries.find(scratch)).isTrue();
        assertThat(scratch.get(ValueLayout.JAVA_LONG, entries.oldValueOffset())).isEqualTo(1);
        assertThat(rules.turns).isZero();
    }

    /** Gives the only entry to key 2 after each look at its key, and back to key 1 before the next one. */
    private static final class TurningRules extends KeyRules {

        private final SharedMap<Long, Long> map;
        private int turns;

        TurningRules(SharedMap<Long, Long> map, int turns) {
            super(Codecs.int64());
            this.map = map;
            this.turns = turns;
        }

        @Override
        boolean equal(MemorySegment one, long oneOffset, MemorySegment other, long otherOffset) {
            if (turns == 0) {
                return super.equal(one, oneOffset, other, otherOffset);
            }
            turn(2, 1);
            boolean equal = super.equal(one, oneOffset, other, otherOffset);
            if (--turns > 0) {
                turn(1, 2);
            }
            return equal;
        }

        private void turn(long from, long to) {
            if (map.remove(from) != null) {
                assertThat(map.put(to, to)).isTrue();
            }
        }
    }

    /** All in one chain. */
    private static int element(int key) {
        return key * CAPACITY;
    }

    private static Callable<int[]> worker(SharedSet<Integer> set, int keys, Random random) {
        return () -> {
            int[] balance = new int[keys];
            for (int round = 0; round < ROUNDS; round++) {
                int key = random.nextInt(keys);
                switch (random.nextInt(5)) {
                    case 0, 1 -> balance[key] += set.add(element(key)) ? 1 : 0;
                    case 2, 3 -> balance[key] -= set.remove(element(key)) ? 1 : 0;
                    default -> set.contains(element(key));
                }
            }
            return balance;
        };
    }

    private static Callable<int[]> worker(SharedMap<Integer, Long> map, Random random) {
        return () -> {
            for (int round = 0; round < ROUNDS; round++) {
                int key = element(random.nextInt(KEYS));
                long value = (long) key << 32 | random.nextInt(1 << 30);
                Long found = switch (random.nextInt(5)) {
                    case 0 -> {
                        assertThat(map.put(key, value)).isTrue();
                        yield null;
                    }
                    case 1 -> {
                        map.putIfAbsent(key, value);
                        yield null;
                    }
                    case 2 -> map.remove(key);
                    default -> map.get(key);
                };
                if (found != null) {
                    assertThat(found >> 32).isEqualTo((long) key);
                }
            }
            return new int[0];
        };
    }

    private interface Workers {
        Callable<int[]> worker(int number);
    }

    private static List<int[]> run(int threads, Workers workers) throws Exception {
        List<Callable<int[]>> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            all.add(workers.worker(i));
        }
        List<int[]> results = new ArrayList<>();
        try (ExecutorService executor = Executors.newCachedThreadPool()) {
            List<Future<int[]>> running = new ArrayList<>();
            for (Callable<int[]> each : all) {
                running.add(executor.submit(each));
            }
            for (Future<int[]> each : running) {
                results.add(each.get(5, TimeUnit.MINUTES));
            }
        }
        return results;
    }
}
