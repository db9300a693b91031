package io.zeroipc.segment;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedStack;
import io.zeroipc.flow.SourceSelector;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;
import io.zeroipc.wait.WaitStrategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The one thread that looks for those whom nobody wakes. Looks are counted in the time that has passed, however long that was. */
class IdlePollerTest {

    private static final Duration LONG = Duration.ofDays(1);

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private SharedQueue<Long> queue(WaitStrategy strategy) {
        return SharedQueue.create(
                segments.track(Segment.at(segments.path()).size(1 << 14).waitStrategy(strategy).create()),
                "queue", Codecs.int64(), 4);
    }

    private static long looksInASecond() {
        long begun = System.nanoTime();
        long before = IdlePoller.looks();
        await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
        return (IdlePoller.looks() - before) * 1_000_000_000L / (System.nanoTime() - begun);
    }

    /** A virtual thread is woken by nobody else, whatever the JVM may do. */
    @Test
    void shouldLookAsOftenAsItIsToldTo() throws Exception {
        SharedQueue<Long> seldom = queue(WaitStrategy.block(Duration.ofMillis(100), Duration.ofMillis(100)));
        Thread waiting = Thread.ofVirtual().start(() -> take(seldom));
        await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
        assertThat(looksInASecond()).as("of 10").isLessThan(20);
        seldom.put(1L);
        waiting.join();

        SharedQueue<Long> often = queue(WaitStrategy.block(Duration.ofNanos(200_000), Duration.ofMillis(1)));
        Thread another = Thread.ofVirtual().start(() -> take(often));
        long before = IdlePoller.looks();
        await().until(() -> IdlePoller.looks() > before + 100);
        often.put(1L);
        another.join();
    }

    @Test
    void shouldLookLessOftenAsLongAsNothingComes() throws Exception {
        SharedQueue<Long> queue = queue(WaitStrategy.block(Duration.ofMillis(1), Duration.ofMillis(200)));
        Thread waiting = Thread.ofVirtual().start(() -> take(queue));
        long before = IdlePoller.looks();
        // From 1 to 200 ms by a sixteenth each: 88 looks.
        await().atMost(Duration.ofMinutes(2)).until(() -> IdlePoller.looks() > before + 90);
        assertThat(looksInASecond()).as("of 5, also when it has begun to wait anew after a second").isLessThan(20);
        queue.put(1L);
        waiting.join();
    }

    @Test
    void shouldServeManyThreads() throws Exception {
        SharedQueue<Long> queue = queue(WaitStrategy.block());
        List<Thread> waiting = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            waiting.add(Thread.ofVirtual().start(() -> take(queue)));
        }
        await().until(() -> waiting.stream().allMatch(each -> each.getState() == Thread.State.TIMED_WAITING));
        for (int i = 0; i < 1_000; i++) {
            queue.put(1L);
        }
        for (Thread each : waiting) {
            each.join();
        }
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void shouldServeWhoSelectsFromSeveral() throws Exception {
        SharedQueue<Long> one = queue(WaitStrategy.block());
        SharedQueue<Long> other = queue(WaitStrategy.block());
        List<Long> seen = new ArrayList<>();
        try (SourceSelector selector = new SourceSelector().on(one, seen::add).on(other, seen::add)) {
            for (long i = 0; i < 10; i++) {
                SharedQueue<Long> next = i % 2 == 0 ? one : other;
                Thread selecting = Thread.ofVirtual().start(() -> {
                    try {
                        selector.select();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
                await().until(() -> selecting.getState() == Thread.State.TIMED_WAITING);
                next.put(i);
                selecting.join();
            }
            assertThat(seen).hasSize(10);
            try (Waiter<?> selecting = Waiter.of(selector::select)) {
                await().until(selecting::isSleeping);
                selecting.interrupt();
                assertThat(selecting.failure()).isInstanceOf(InterruptedException.class);
            }
        }
    }

    /** The top alone may be what it was: a number of its own says that there is something. */
    @Test
    void shouldServeBothSidesOfAStack() throws Exception {
        Segment segment = segments.track(Segment.at(segments.path()).size(1 << 14).create());
        SharedStack<Long> stack = SharedStack.create(segment, "stack", Codecs.int64(), 2);
        for (long i = 0; i < 3; i++) {
            long element = i;
            requireServed(() -> assertThat(stack.pop(LONG)).isEqualTo(element), () -> stack.push(element));
            assertThat(stack.push(10 + i)).isTrue();
            assertThat(stack.push(20 + i)).isTrue();
            requireServed(() -> assertThat(stack.push(element, LONG)).isTrue(), stack::pop);
            assertThat(stack.pop()).isEqualTo(element);
            assertThat(stack.pop()).isEqualTo(10 + i);
        }
    }

    private static void requireServed(Waiter.Action wait, Runnable end) throws Exception {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread waiting = Thread.ofVirtual().start(() -> {
            try {
                wait.run();
            } catch (Exception | Error e) {
                failure.set(e);
            }
        });
        long before = IdlePoller.looks();
        await().atMost(Duration.ofMinutes(1)).until(() -> IdlePoller.looks() > before);
        end.run();
        waiting.join();
        assertThat(failure.get()).isNull();
    }

    /** Nobody can take part where the file of participants cannot be. */
    @Test
    void shouldServeWhoTakesNoPartBecauseHeCannot() throws Exception {
        Path path = segments.path();
        Path participants = Files.createDirectory(LiveFile.pathOf(path));
        try {
            SharedQueue<
                    Long> queue = SharedQueue.create(segments.track(Segment.at(path).size(1 << 14).create()), "queue",
                            Codecs.int64(), 4);
            try (Waiter<Long> taking = Waiter.of(queue::take)) {
                await().until(taking::isSleeping);
                queue.put(5L);
                assertThat(taking.get()).isEqualTo(5);
            }
        } finally {
            Files.deleteIfExists(participants);
        }
    }

    private static void take(SharedQueue<Long> queue) {
        try {
            queue.take();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
