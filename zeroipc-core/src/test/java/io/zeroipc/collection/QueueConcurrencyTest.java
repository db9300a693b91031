package io.zeroipc.collection;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.zeroipc.codec.Codecs;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.QueueSeeds;
import io.zeroipc.testing.Seeds;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;

/** Threads that mix all ways to produce and to consume: each element arrives once, and in the order of its producer. */
class QueueConcurrencyTest {

    private static final int ELEMENTS = 60_000;
    private static final long END = -1;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @ParameterizedTest(name = "{0} producers, {1} consumers, capacity {2}, from position {3}")
    @CsvSource({"1, 1, 2, 0", "1, 1, 64, -30000", "3, 1, 4, 2147400000", "1, 3, 4, -30000", "3, 3, 2, -1",
            "3, 3, 16, 2147483647", "2, 2, 1024, -2"})
    void shouldDeliverEachElementOnceWhenThreadsMixAllOperations(int producers, int consumers, int capacity,
            int position)
            throws Exception {
        long seed = Seeds.next();
        Segment segment = segments.create(1 << 16);
        SharedQueue.create(segment, "queue", Codecs.int64(), capacity);
        QueueSeeds.seed(segment.blocks("queue").require("").memory(), position);
        AtomicInteger producing = new AtomicInteger(producers);
        List<Future<long[]>> received = new ArrayList<>();
        List<Future<?>> sent = new ArrayList<>();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            for (int i = 0; i < producers; i++) {
                // Every other one through a mapping of its own, as another process would.
                Producer producer = new Producer(open(segment, i), i, Seeds.of(seed, i), producing, consumers);
                sent.add(threads.submit(producer));
            }
            for (int i = 0; i < consumers; i++) {
                received.add(threads.submit(new Consumer(open(segment, i), Seeds.of(seed, 100 + i), producers)));
            }
            for (Future<?> each : sent) {
                each.get(5, TimeUnit.MINUTES);
            }
            long[] counts = new long[producers];
            long[] sums = new long[producers];
            for (Future<long[]> each : received) {
                long[] result = each.get(5, TimeUnit.MINUTES);
                for (int i = 0; i < producers; i++) {
                    counts[i] += result[2 * i];
                    sums[i] += result[2 * i + 1];
                }
            }
            long[] expectedCounts = new long[producers];
            Arrays.fill(expectedCounts, ELEMENTS);
            long[] expectedSums = new long[producers];
            Arrays.fill(expectedSums, (long) ELEMENTS * (ELEMENTS - 1) / 2);
            assertThat(counts).isEqualTo(expectedCounts);
            assertThat(sums).isEqualTo(expectedSums);
        }
        SharedQueue<Long> queue = SharedQueue.open(segment, "queue", Codecs.int64());
        assertThat(queue.poll()).isNull();
        assertThat(queue.size()).isZero();
        assertThat(queue.asLongs().offerAll(new long[2 * capacity], 0, 2 * capacity)).isEqualTo(capacity);
    }

    private SharedQueue<Long> open(Segment segment, int thread) {
        Segment mapping = thread % 2 == 0 ? segment : segments.open(segment);
        return SharedQueue.open(mapping, "queue", Codecs.int64());
    }

    /** Sends its number and 0, 1, 2, ...; the last producer sends the end to each consumer. */
    private record Producer(SharedQueue<Long> queue, int number, Random random, AtomicInteger producing, int consumers)
            implements
            Callable<Void> {

        @Override
        public Void call() throws Exception {
            LongQueueView view = queue.asLongs();
            int next = 0;
            while (next < ELEMENTS) {
                next += switch (random.nextInt(6)) {
                    case 0 -> view.offer(element(next)) ? 1 : 0;
                    case 1 -> {
                        queue.put(element(next));
                        yield 1;
                    }
                    case 2 -> {
                        long[] batch = new long[Math.min(ELEMENTS - next, 1 + random.nextInt(20))];
                        for (int i = 0; i < batch.length; i++) {
                            batch[i] = element(next + i);
                        }
                        yield view.offerAll(batch, 0, batch.length);
                    }
                    case 3 -> {
                        List<Long> batch = new ArrayList<>();
                        for (int i = 0; i < Math.min(ELEMENTS - next, 5); i++) {
                            batch.add(element(next + i));
                        }
                        yield queue.offerAll(batch);
                    }
                    case 4 -> claim(next, false);
                    default -> claim(next, random.nextBoolean());
                };
            }
            while (queue.settle() != 0) {
                Thread.onSpinWait();
            }
            if (producing.decrementAndGet() == 0) {
                for (int i = 0; i < consumers; i++) {
                    queue.put(END);
                }
            }
            return null;
        }

        private int claim(int next, boolean abort) {
            long claim = queue.tryClaim();
            if (claim == SharedQueue.NO_CLAIM) {
                return 0;
            }
            Atomics.putLong(queue.slots(), queue.slotOffset(claim), element(next));
            if (abort) {
                queue.abort(claim);
                return 0;
            }
            queue.publish(claim);
            return 1;
        }

        private long element(int index) {
            return (long) number << 32 | index;
        }
    }

    /** Receives until the end: count and sum by producer. */
    private static final class Consumer implements Callable<long[]> {

        private final SharedQueue<Long> queue;
        private final Random random;
        private final int[] last;
        private final long[] result;
        private boolean ended;

        Consumer(SharedQueue<Long> queue, Random random, int producers) {
            this.queue = queue;
            this.random = random;
            this.last = new int[producers];
            Arrays.fill(last, -1);
            this.result = new long[2 * producers];
        }

        @Override
        public long[] call() throws Exception {
            LongQueueView view = queue.asLongs();
            while (!ended) {
                switch (random.nextInt(6)) {
                    case 0 -> {
                        Long element = queue.poll();
                        if (element != null) {
                            accept(element);
                        }
                    }
                    case 1 -> accept(view.take());
                    case 2 -> queue.poll((memory, offset) -> accept(Atomics.getLong(memory, offset)));
                    case 3 -> {
                        long claim = queue.tryClaimNext();
                        if (claim != SharedQueue.NO_CLAIM) {
                            accept(Atomics.getLong(queue.slots(), queue.slotOffset(claim)));
                            queue.release(claim);
                        }
                    }
                    case 4 -> {
                        long[] batch = new long[1 + random.nextInt(8)];
                        int count = view.drainTo(batch, 0, batch.length);
                        for (int i = 0; i < count; i++) {
                            accept(batch[i]);
                        }
                    }
                    default -> queue.drainTo(this::accept, 1 + random.nextInt(8));
                }
            }
            return result;
        }

        private void accept(long element) {
            if (element == END) {
                if (ended) {
                    // A batch may hold the end of another consumer as well.
                    assertThat(queue.offer(END)).isTrue();
                }
                ended = true;
                return;
            }
            int producer = (int) (element >>> 32);
            int index = (int) element;
            assertThat(index).isGreaterThan(last[producer]);
            last[producer] = index;
            result[2 * producer]++;
            result[2 * producer + 1] += index;
        }
    }
}
