package io.zeroipc.sync;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.segment.Segment;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

class SharedOnceTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private final AtomicInteger runs = new AtomicInteger();
    private Segment segment;
    private Segment closing;
    private SharedOnce once;
    private SharedOnce other;

    @BeforeEach
    void create() {
        segment = segments.create(1 << 14);
        closing = segments.open(segment);
        once = SharedOnce.create(segment, "o");
        other = SharedOnce.open(closing, "o");
    }

    @Test
    void shouldRunOneTaskWhenManyThreadsBringOne() throws Exception {
        List<Waiter<Boolean>> threads = new ArrayList<>();
        int ran = 0;
        try {
            for (int i = 0; i < 6; i++) {
                SharedOnce mine = i % 2 == 0 ? once : other;
                threads.add(Waiter.of(() -> {
                    boolean mineRan = mine.run(runs::incrementAndGet);
                    assertThat(runs.get()).isEqualTo(1);
                    return mineRan;
                }));
            }
            for (Waiter<Boolean> thread : threads) {
                ran += thread.get() ? 1 : 0;
            }
        } finally {
            threads.forEach(Waiter::close);
        }
        assertThat(ran).isEqualTo(1);
        assertThat(once.isDone()).isTrue();
        assertThat(once.tryRun(runs::incrementAndGet)).isFalse();
        once.reset();
        assertThat(other.isDone()).isFalse();
        assertThat(other.tryRun(runs::incrementAndGet)).isTrue();
        assertThat(runs.get()).isEqualTo(2);
    }

    /** The flaw of the original: a task that failed counted as done. */
    @Test
    void shouldRunTheNextTaskWhenOneFails() throws Exception {
        assertThatIllegalStateException().isThrownBy(() -> once.run(() -> {
            throw new IllegalStateException("no luck");
        })).withMessage("no luck");

        assertThat(once.isDone()).isFalse();
        assertThat(once.isRunning()).isFalse();
        assertThat(other.run(runs::incrementAndGet)).isTrue();
        assertThat(once.isDone()).isTrue();
        assertThat(runs.get()).isEqualTo(1);
    }

    @Test
    void shouldWaitForTheTaskOfAnotherWhenItRuns() throws Exception {
        CountDownLatch finish = new CountDownLatch(1);
        try (Waiter<Boolean> runner = Waiter.of(() -> once.run(() -> hold(finish)))) {
            await().until(other::isRunning);
            assertThat(other.tryRun(runs::incrementAndGet)).isFalse();
            assertThat(other.await(Duration.ofMillis(2))).isFalse();
            assertThatExceptionOfType(TimeoutException.class)
                    .isThrownBy(() -> other.run(runs::incrementAndGet, Duration.ofMillis(2)))
                    .withMessageContaining("name=o");
            try (Waiter<Boolean> interrupted = Waiter.of(() -> other.run(runs::incrementAndGet));
                    Waiter<Boolean> late = Waiter.of(() -> other.run(runs::incrementAndGet));
                    Waiter<Boolean> looking = Waiter.running(other::await)) {
                interrupted.interrupt();
                assertThat(interrupted.failure()).isInstanceOf(InterruptedException.class);
                finish.countDown();
                assertThat(runner.get()).isTrue();
                assertThat(late.get()).isFalse();
                assertThat(looking.get()).isTrue();
            }
        }
        assertThat(runs.get()).isZero();
        assertThat(other.run(runs::incrementAndGet, Duration.ZERO)).isFalse();
    }

    @Test
    void shouldRefuseToWaitForItselfWhenATaskRunsItself() throws Exception {
        assertThatIllegalStateException().isThrownBy(() -> once.run(() -> once.tryRun(runs::incrementAndGet)))
                .withMessageContaining("task runs itself")
                .withMessageContaining("name=o");
        assertThat(once.run(runs::incrementAndGet)).isTrue();
    }

    private static void hold(CountDownLatch until) {
        try {
            until.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldStayDoneWhenATaskFailsThatAResetHasLeftBehind() {
        assertThatIllegalArgumentException().isThrownBy(() -> once.tryRun(() -> {
            once.reset();
            assertThat(other.tryRun(runs::incrementAndGet)).isTrue();
            throw new IllegalArgumentException("fails late");
        }));
        assertThat(once.isDone()).isTrue();
        assertThat(runs).hasValue(1);
    }
}
