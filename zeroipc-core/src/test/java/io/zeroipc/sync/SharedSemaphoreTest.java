package io.zeroipc.sync;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.format.SemaphoreDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

class SharedSemaphoreTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private Segment segment;

    @BeforeEach
    void create() {
        segment = segments.create(1 << 14);
    }

    @Test
    void shouldHandOutEachPermitOnceWhenTheyAreTried() {
        SharedSemaphore semaphore = SharedSemaphore.create(segment, "s", 2);

        assertThat(semaphore.tryAcquire()).isTrue();
        assertThat(semaphore.tryAcquire()).isTrue();
        assertThat(semaphore.tryAcquire()).isFalse();
        semaphore.release();
        assertThat(semaphore.availablePermits()).isEqualTo(1);
        assertThat(semaphore.tryAcquire()).isTrue();
    }

    @Test
    void shouldRefuseMoreThanThereCanBeWhenReleased() {
        SharedSemaphore semaphore = segment.create("s", SharedSemaphore.spec(2, 3));

        assertThatIllegalStateException().isThrownBy(() -> semaphore.release(2))
                .withMessageContaining("name=s")
                .withMessageContaining("released=2, available=2, most=3");
        assertThat(semaphore.availablePermits()).isEqualTo(2);
        semaphore.release();
        assertThatIllegalStateException().isThrownBy(semaphore::release);
        assertThat(semaphore.occupancy()).isEqualTo(new Occupancy(0, 3, "permits"));
        assertThat(semaphore.drainPermits()).isEqualTo(3);
        assertThat(semaphore.occupancy()).isEqualTo(new Occupancy(3, 3, "permits"));
        assertThatIllegalArgumentException().isThrownBy(() -> semaphore.release(-1));
    }

    @Test
    void shouldRefuseToOverflowWhenThereIsNoLimit() {
        SharedSemaphore semaphore = SharedSemaphore.create(segment, "s", Integer.MAX_VALUE - 1);

        semaphore.release();
        assertThatIllegalStateException().isThrownBy(semaphore::release).withMessageContaining("most=2147483647");
        assertThat(semaphore.availablePermits()).isEqualTo(Integer.MAX_VALUE);
        assertThat(semaphore.permitsMax()).isZero();
    }

    @Test
    void shouldRefuseImpossibleNumbersWhenAsked() {
        assertThatIllegalArgumentException().isThrownBy(() -> SharedSemaphore.spec(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> SharedSemaphore.spec(0, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> SharedSemaphore.spec(4, 3))
                .withMessageContaining("permits=4, permitsMax=3");
    }

    @Test
    void shouldCompareTheLimitWhenOpenedWithOne() {
        segment.create("s", SharedSemaphore.spec(0, 5));

        assertThat(segment.open("s", SharedSemaphore.spec(0, 5)).permitsMax()).isEqualTo(5);
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> segment.open("s", SharedSemaphore.spec(0, 6)))
                .withMessageContaining("stored=5, asked for=6");
    }

    @Test
    void shouldBeRefusedWhenTheBytesAreNoSemaphore() {
        SharedSemaphore.create(segment, "s", 1);
        Atomics.putInt(segment.blocks("s").require("").memory(), SemaphoreDescriptor.MAX_COUNT_OFFSET, -7);

        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> SharedSemaphore.open(segment, "s"))
                .withMessageContaining("max_count=-7");
    }

    @Test
    void shouldGetThePermitWhenItComesWhileWaiting() throws Exception {
        SharedSemaphore semaphore = SharedSemaphore.create(segment, "s", 0);
        SharedSemaphore other = SharedSemaphore.open(segments.open(segment), "s");
        try (Waiter<Boolean> untimed = Waiter.running(semaphore::acquire);
                Waiter<Boolean> timed = Waiter.of(() -> semaphore.tryAcquire(Duration.ofDays(1)))) {
            await().until(() -> other.waiting() == 2);
            assertThat(untimed.isDone() || timed.isDone()).isFalse();
            other.release(2);
            assertThat(untimed.get()).isTrue();
            assertThat(timed.get()).isTrue();
        }
        assertThat(other.availablePermits()).isZero();
        assertThat(other.waiting()).isZero();
    }

    @Test
    void shouldNotBeCountedAnyMoreWhenTheTimeIsUp() throws Exception {
        SharedSemaphore semaphore = SharedSemaphore.create(segment, "s", 0);

        assertThat(semaphore.tryAcquire(Duration.ofMillis(5))).isFalse();
        assertThat(semaphore.tryAcquire(Duration.ofSeconds(-1))).isFalse();
        assertThat(semaphore.waiting()).isZero();
    }

    @Test
    void shouldNotBeCountedAnyMoreWhenInterrupted() throws Exception {
        SharedSemaphore semaphore = SharedSemaphore.create(segment, "s", 0);
        try (Waiter<Boolean> waiter = Waiter.running(semaphore::acquire)) {
            await().until(() -> semaphore.waiting() == 1);
            waiter.interrupt();
            assertThat(waiter.failure()).isInstanceOf(InterruptedException.class);
        }
        assertThat(semaphore.waiting()).isZero();
    }

    @Test
    void shouldNotBeCountedAnyMoreWhenTheSegmentIsClosedWhileWaiting() throws Exception {
        SharedSemaphore semaphore = SharedSemaphore.create(segment, "s", 0);
        Segment closing = segments.open(segment);
        SharedSemaphore waited = SharedSemaphore.open(closing, "s");
        List<Waiter<Boolean>> waiters = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                waiters.add(Waiter.running(waited::acquire));
            }
            await().until(() -> semaphore.waiting() == 3);
            closing.close();
            assertThat(semaphore.waiting()).isZero();
            for (Waiter<Boolean> waiter : waiters) {
                assertThat(waiter.failure()).isInstanceOf(IllegalStateException.class);
            }
        } finally {
            for (Waiter<Boolean> waiter : waiters) {
                waiter.close();
            }
        }
        assertThat(semaphore.waiting()).isZero();
    }

    @Test
    void shouldNeverExceedThePermitsWhenManyThreadsCompete() throws Exception {
        int permits = 3;
        SharedSemaphore semaphore = segment.create("s", SharedSemaphore.spec(permits, permits));
        SharedSemaphore other = SharedSemaphore.open(segments.open(segment), "s");
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Waiter<Boolean>> workers = new ArrayList<>();
        try {
            for (int i = 0; i < 6; i++) {
                SharedSemaphore mine = i % 2 == 0 ? semaphore : other;
                workers.add(Waiter.running(() -> {
                    for (int round = 0; round < 2000; round++) {
                        mine.acquire();
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        inside.decrementAndGet();
                        mine.release();
                    }
                }));
            }
            for (Waiter<Boolean> worker : workers) {
                assertThat(worker.get()).isTrue();
            }
        } finally {
            for (Waiter<Boolean> worker : workers) {
                worker.close();
            }
        }
        assertThat(most.get()).isBetween(1, permits);
        assertThat(semaphore.availablePermits()).isEqualTo(permits);
        assertThat(semaphore.waiting()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MAX_VALUE})
    void shouldWakeAWaitingThreadWhenTheCountOfThemWraps(int seed) throws Exception {
        SharedSemaphore semaphore = SharedSemaphore.create(segment, "s", 0);
        MemorySegment memory = segment.blocks("s").require("").memory();
        Atomics.putInt(memory, SemaphoreDescriptor.WAITING_OFFSET, seed);
        try (Waiter<Boolean> waiter = Waiter.running(semaphore::acquire)) {
            await().until(() -> Atomics.getIntAcquire(memory, SemaphoreDescriptor.WAITING_OFFSET) == seed + 1);
            semaphore.release();
            assertThat(waiter.get()).isTrue();
        }
        assertThat(Atomics.getIntAcquire(memory, SemaphoreDescriptor.WAITING_OFFSET)).isEqualTo(seed);
    }

    @Test
    void shouldCountFromNothingWhenAnotherProgramLeftLessThanNothing() {
        SharedSemaphore semaphore = SharedSemaphore.create(segment, "s", 0);
        Atomics.putInt(segment.blocks("s").require("").memory(), SemaphoreDescriptor.COUNT_OFFSET, -1);
        semaphore.release(2);
        assertThat(semaphore.availablePermits()).isEqualTo(1);
    }
}
