package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.format.StackDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.testing.ClosingContract;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

class StackClosingTest extends ClosingContract {

    private static final int CAPACITY = 4;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    record Point(long x, long y, int colour) {}

    @Override
    protected Stream<Scenario> scenarios() {
        Point point = new Point(1, 2, 3);
        return Stream.of(
                stack("push and pop", (stack, _) -> () -> {
                    stack.push(point);
                    stack.pop();
                }),
                stack("waiting", (stack, thread) -> thread == 0
                        ? () -> stack.push(point, Duration.ofMinutes(1))
                        : () -> stack.pop(Duration.ofMinutes(1))),
                stack("looking, in place, and many", (stack, _) -> () -> {
                    stack.push(point);
                    stack.push(point);
                    stack.peek();
                    stack.pop((_, _) -> {});
                    stack.drainTo(_ -> {}, 2);
                }),
                stack("as source and sink", (stack, _) -> () -> {
                    stack.outlet().offer(point);
                    stack.intake(Start.EARLIEST).poll();
                }));
    }

    /** What a thread repeats. */
    private interface Turns {
        Waiter.Action of(SharedStack<Point> stack, int thread);
    }

    private static Scenario stack(String name, Turns turns) {
        Codec<Point> points = Codecs.record(Point.class);
        return working(name, keep -> SharedStack.create(keep, "stack", points, CAPACITY),
                (closing, thread) -> turns.of(SharedStack.open(closing, "stack", points), thread),
                StackClosingTest::goesOn);
    }

    private static void goesOn(SharedStack<Point> stack) {
        while (stack.pop() != null) {
            // What was in it.
        }
        for (int i = 0; i < CAPACITY; i++) {
            assertThat(stack.push(new Point(i, 0, 0))).isTrue();
        }
        for (int i = CAPACITY - 1; i >= 0; i--) {
            assertThat(stack.pop()).isEqualTo(new Point(i, 0, 0));
        }
        assertThat(stack.size()).isZero();
        assertThat(StackDescriptor.isAtRest(stack.segment().blocks("stack").require("").memory())).isTrue();
    }

    @Test
    void shouldKeepTheMappingWhenASlotConsumerRunsUntilItIsDone() throws Exception {
        Segment keep = segments.create(1 << 16);
        SharedStack<Long> here = SharedStack.create(keep, "stack", Codecs.int64(), 4);
        here.push(1L);
        here.push(2L);
        Segment closing = segments.open(keep);
        SharedStack<Long> there = SharedStack.open(closing, "stack", Codecs.int64());
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (Waiter<Boolean> consumer = Waiter.of(() -> there.pop((memory, offset) -> {
            inside.countDown();
            awaitQuietly(goOn);
            assertThat(memory.get(ValueLayout.JAVA_LONG, offset)).isEqualTo(2);
        }))) {
            inside.await();
            closing.close();
            assertThatIllegalStateException().isThrownBy(there::pop).withMessageStartingWith("segment is closed");
            assertThat(mappings(keep.path())).isEqualTo(2);
            goOn.countDown();
            assertThat(consumer.get()).isTrue();
        }
        assertThat(mappings(keep.path())).isEqualTo(1);
        assertThat(here.pop()).isEqualTo(1);
        assertThat(here.push(3L)).isTrue();
        assertThat(here.pop()).isEqualTo(3);
    }

    @Test
    void shouldEndWithTheNextElementWhenItsOwnConsumerClosesTheSegment() throws Exception {
        Segment keep = segments.create(1 << 16);
        SharedStack<Long> here = SharedStack.create(keep, "stack", Codecs.int64(), 4);
        here.push(1L);
        here.push(2L);
        Segment closing = segments.open(keep);
        SharedStack<Long> there = SharedStack.open(closing, "stack", Codecs.int64());
        assertThat(there.drainTo(_ -> closing.close(), 2)).isEqualTo(1);
        assertThat(mappings(keep.path())).isEqualTo(1);
        assertThat(here.pop()).isEqualTo(1);
    }

    @Test
    void shouldGiveUpWaitingForASlotWhenTheSegmentIsClosed() throws Exception {
        Segment keep = segments.create(1 << 16);
        SharedStack<Long> here = SharedStack.create(keep, "stack", Codecs.int64(), 4);
        here.push(1L);
        Segment closing = segments.open(keep);
        SharedStack<Long> there = SharedStack.open(closing, "stack", Codecs.int64());
        // As if somebody had owned the slot of the top and stopped.
        MemorySegment block = keep.blocks("stack").require("").memory();
        long state = StackDescriptor.statesOffset(4, Long.BYTES);
        Atomics.putInt(block, state, StackDescriptor.READING);
        try (Waiter<Long> popping = Waiter.of(there::pop)) {
            await().until(popping::isSleeping);
            closing.close();
            assertThat(popping.failure()).isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("segment is closed");
        }
        Atomics.putInt(block, state, StackDescriptor.READY);
        assertThat(here.pop()).isEqualTo(1);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
