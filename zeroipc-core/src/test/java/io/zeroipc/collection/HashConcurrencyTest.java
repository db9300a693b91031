package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.codec.Codecs;
import io.zeroipc.format.EntryState;
import io.zeroipc.format.MapDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.Seeds;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;

/** Threads that add and remove the same few keys, so that deleted entries and lost races are everywhere. */
class HashConcurrencyTest {

    private static final int KEYS = 5;
    private static final int CAPACITY = 8;
    private static final int ROUNDS = 10_000;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @ParameterizedTest(name = "{0} threads, {1} keys")
    @CsvSource({"2, 1", "2, 5", "4, 2", "4, 5"})
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
        if (threads == 2) {
            // Of two that add one element, exactly one is told that it did.
            assertThat(balance).isEqualTo(present);
        }
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
     * A thread that adds a key has passed the first entry of its chain and waits at the second one, when somebody else
     * puts the same key into the first. It then uses the third, and must notice.
     */
    @Test
    void shouldKeepOneCopyWhenAKeyIsAddedBehindTheBackOfAThreadThatAddsIt() throws Exception {
        Random random = Seeds.of(Seeds.next(), 0);
        Segment segment = segments.create(1 << 14);
        SharedMap<Integer, Integer> map = SharedMap.create(segment, "map", Codecs.int32(), Codecs.int32(), CAPACITY);
        MemorySegment block = segment.blocks("map").require("").memory();
        int noticed = 0;
        try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
            for (int round = 0; round < 50_000 && noticed < 20; round++) {
                boolean replace = round % 2 == 0;
                entry(block, 0, element(1), 10, EntryState.OCCUPIED);
                entry(block, 1, element(2), 20, EntryState.INSERTING);
                entry(block, 2, 0, 0, EntryState.EMPTY);
                Atomics.putInt(block, MapDescriptor.SIZE_OFFSET, 2);
                Atomics.fullFence();
                AtomicBoolean started = new AtomicBoolean();
                Future<Boolean> added = executor.submit(() -> {
                    started.set(true);
                    return replace ? map.put(element(3), 31) : map.putIfAbsent(element(3), 31);
                });
                while (!started.get()) {
                    Thread.onSpinWait();
                }
                for (int i = random.nextInt(2000); i > 0; i--) {
                    Thread.onSpinWait();
                }
                entry(block, 0, element(3), 30, EntryState.OCCUPIED);
                Atomics.fullFence();
                boolean tooLate = state(block, 2) != EntryState.EMPTY;
                entry(block, 1, element(2), 20, EntryState.OCCUPIED);
                boolean stored = added.get(1, TimeUnit.MINUTES);
                if (!tooLate) {
                    assertThat(stored).isEqualTo(replace);
                    assertThat(state(block, 2)).isIn(EntryState.EMPTY, EntryState.DELETED);
                    assertThat(map.get(element(3))).isEqualTo(replace ? 31 : 30);
                    assertThat(map.size()).isEqualTo(2);
                    noticed += state(block, 2) == EntryState.DELETED ? 1 : 0;
                }
            }
        }
        assertThat(noticed).as("rounds in which the thread was behind the first entry").isPositive();
    }

    private static void entry(MemorySegment block, int index, int key, int value, int state) {
        long offset = MapDescriptor.ENTRIES_OFFSET + 12L * index;
        Atomics.setIntRelease(block, offset, EntryState.INSERTING);
        Atomics.fullFence();
        Atomics.putInt(block, offset + 4, key);
        Atomics.putInt(block, offset + 8, value);
        Atomics.setIntRelease(block, offset, state);
    }

    private static int state(MemorySegment block, int index) {
        return Atomics.getIntAcquire(block, MapDescriptor.ENTRIES_OFFSET + 12L * index);
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
