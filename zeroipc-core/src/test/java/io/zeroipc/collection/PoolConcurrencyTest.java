package io.zeroipc.collection;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.zeroipc.codec.Codecs;
import io.zeroipc.format.PoolDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.Seeds;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;

/** Threads that allocate, write, check and free, while the generation wraps: a node has one owner at a time. */
class PoolConcurrencyTest {

    private static final int ROUNDS = 40_000;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @ParameterizedTest(name = "{0} threads, {1} nodes, from generation {2}")
    @CsvSource({"2, 1, 0", "4, 3, -1000", "4, 64, 2147480000"})
    void shouldHaveOneOwnerAtATimeWhenThreadsAllocateAndFree(int threads, int capacity, int generation)
            throws Exception {
        long seed = Seeds.next();
        Segment segment = segments.create(1 << 14);
        SharedPool<Long> pool = SharedPool.create(segment, "pool", Codecs.int64(), capacity);
        Atomics.putLong(segment.blocks("pool").require("").memory(), PoolDescriptor.FREE_HEAD_OFFSET,
                (long) generation << 32);
        List<Future<Void>> results = new ArrayList<>();
        try (ExecutorService executor = Executors.newCachedThreadPool()) {
            for (int i = 0; i < threads; i++) {
                // Every other one through a mapping of its own, as another process would.
                Segment mapping = i % 2 == 0 ? segment : segments.open(segment);
                SharedPool<Long> mine = SharedPool.open(mapping, "pool", Codecs.int64());
                results.add(executor.submit(worker(mine, i, Seeds.of(seed, i))));
            }
            for (Future<Void> each : results) {
                each.get(5, TimeUnit.MINUTES);
            }
        }
        assertThat(pool.allocated()).isZero();
        Set<Integer> handles = new HashSet<>();
        for (int i = 0; i < capacity; i++) {
            handles.add(pool.allocate());
        }
        assertThat(handles).hasSize(capacity).doesNotContain(SharedPool.NO_HANDLE);
        assertThat(pool.allocate()).isEqualTo(SharedPool.NO_HANDLE);
    }

    private static Callable<Void> worker(SharedPool<Long> pool, long number, Random random) {
        return () -> {
            Deque<Integer> owned = new ArrayDeque<>();
            for (int round = 0; round < ROUNDS; round++) {
                if (random.nextBoolean()) {
                    int handle = pool.allocate();
                    if (handle != SharedPool.NO_HANDLE) {
                        pool.set(handle, number << 32 | handle);
                        owned.addLast(handle);
                    }
                } else if (!owned.isEmpty()) {
                    free(pool, number, owned.removeFirst());
                }
            }
            for (int handle : owned) {
                free(pool, number, handle);
            }
            return null;
        };
    }

    private static void free(SharedPool<Long> pool, long number, int handle) {
        assertThat(pool.get(handle)).isEqualTo(number << 32 | handle);
        pool.free(handle);
    }
}
