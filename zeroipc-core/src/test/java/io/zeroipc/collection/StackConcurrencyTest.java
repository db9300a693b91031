package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.zeroipc.codec.Codecs;
import io.zeroipc.format.StackDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.Seeds;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Threads that push, pop and peek, some of them in the order of the C++ implementation: each element arrives once, and
 * what remains is a stack at rest.
 */
class StackConcurrencyTest {

    private static final int ELEMENTS = 8_000;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    record Pair(long number, long check) {

        static Pair of(long number) {
            return new Pair(number, number * 0x9E3779B97F4A7C15L);
        }

        long checked() {
            assertThat(this).isEqualTo(of(number));
            return number;
        }
    }

    @ParameterizedTest(name = "{0} threads of ours, {1} like C++, capacity {2}")
    @CsvSource({"2, 0, 1", "4, 0, 3", "4, 0, 64", "2, 2, 1", "2, 2, 3", "1, 3, 64"})
    void shouldDeliverEachElementOnceWhenThreadsPushAndPop(int ours, int foreign, int capacity) throws Exception {
        long seed = Seeds.next();
        Segment segment = segments.create(1 << 16);
        SharedStack<Pair> stack = SharedStack.create(segment, "stack", Codecs.record(Pair.class), capacity);
        int threads = ours + foreign;
        List<Future<BitSet>> results = new ArrayList<>();
        try (ExecutorService executor = Executors.newCachedThreadPool()) {
            for (int i = 0; i < threads; i++) {
                // Every other one through a mapping of its own, as another process would.
                Segment mapping = i % 2 == 0 ? segment : segments.open(segment);
                long first = (long) i * ELEMENTS;
                Random random = Seeds.of(seed, i);
                results.add(executor.submit(i < ours
                        ? worker(SharedStack.open(mapping, "stack", Codecs.record(Pair.class)), first, random)
                        : new ForeignWorker(mapping.blocks("stack").require("").memory(), first, random)));
            }
            BitSet popped = new BitSet();
            for (Future<BitSet> each : results) {
                add(popped, each.get(5, TimeUnit.MINUTES));
            }
            BitSet left = new BitSet();
            stack.drainTo(pair -> left.set((int) pair.checked()), capacity);
            add(popped, left);
            assertThat(popped.cardinality()).isEqualTo(threads * ELEMENTS);
        }
        assertThat(stack.size()).isZero();
        assertThat(StackDescriptor.isAtRest(segment.blocks("stack").require("").memory())).isTrue();
    }

    private static void add(BitSet all, BitSet some) {
        assertThat(all.intersects(some)).as("an element was popped twice").isFalse();
        all.or(some);
    }

    private static Callable<BitSet> worker(SharedStack<Pair> stack, long first, Random random) {
        return () -> {
            BitSet popped = new BitSet();
            int next = 0;
            while (next < ELEMENTS) {
                if (random.nextInt(8) == 0) {
                    Pair top = stack.peek();
                    if (top != null) {
                        top.checked();
                    }
                }
                if (random.nextBoolean()) {
                    next += stack.push(Pair.of(first + next)) ? 1 : 0;
                }
                Pair pair = random.nextBoolean() ? stack.pop() : null;
                if (pair != null) {
                    long number = pair.checked();
                    assertThat(popped.get((int) number)).isFalse();
                    popped.set((int) number);
                }
            }
            return popped;
        };
    }

    /**
     * Moves the top first and owns the slot then, as the C++ implementation does. It waits without end where that one
     * gives up: giving up may leave a hole, which is not what this test is about.
     */
    private record ForeignWorker(MemorySegment block, long first, Random random) implements Callable<BitSet> {

        @Override
        public BitSet call() {
            BitSet popped = new BitSet();
            int next = 0;
            while (next < ELEMENTS) {
                if (random.nextBoolean() && push(Pair.of(first + next))) {
                    next++;
                }
                if (random.nextBoolean()) {
                    pop(popped);
                }
            }
            return popped;
        }

        private boolean push(Pair pair) {
            int capacity = StackDescriptor.capacity(block);
            while (true) {
                int top = Atomics.getIntAcquire(block, StackDescriptor.TOP_OFFSET);
                if (top >= capacity - 1) {
                    return false;
                }
                if (Atomics.compareAndSetInt(block, StackDescriptor.TOP_OFFSET, top, top + 1)) {
                    own(top + 1, StackDescriptor.EMPTY, StackDescriptor.WRITING);
                    Codecs.record(Pair.class).encode(pair, block, StackDescriptor.SLOTS_OFFSET + 16L * (top + 1));
                    Atomics.setIntRelease(block, state(top + 1), StackDescriptor.READY);
                    return true;
                }
            }
        }

        private void pop(BitSet popped) {
            while (true) {
                int top = Atomics.getIntAcquire(block, StackDescriptor.TOP_OFFSET);
                if (top < 0) {
                    return;
                }
                if (Atomics.compareAndSetInt(block, StackDescriptor.TOP_OFFSET, top, top - 1)) {
                    own(top, StackDescriptor.READY, StackDescriptor.READING);
                    Pair pair = Codecs.record(Pair.class).decode(block, StackDescriptor.SLOTS_OFFSET + 16L * top);
                    Atomics.setIntRelease(block, state(top), StackDescriptor.EMPTY);
                    popped.set((int) pair.checked());
                    return;
                }
            }
        }

        private void own(int index, int from, int to) {
            while (!Atomics.compareAndSetInt(block, state(index), from, to)) {
                SlotWait.pause(SlotWait.LOOKS_MAX - 1);
            }
        }

        private long state(int index) {
            return StackDescriptor.statesOffset(StackDescriptor.capacity(block), 16)
                    + StackDescriptor.STATE_SIZE * index;
        }
    }
}
