package io.zeroipc.sync;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.LockLostException;
import io.zeroipc.format.MonitorDescriptor;
import io.zeroipc.format.SemaphoreDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.ClosingContract;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

class SharedMonitorTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private Segment segment;
    private Segment second;
    private SharedMonitor here;
    private SharedMonitor there;
    private MemorySegment condition;

    @BeforeEach
    void create() {
        segment = segments.create(1 << 14);
        second = segments.open(segment);
        here = SharedMonitor.create(segment, "m");
        there = SharedMonitor.open(second, "m");
        condition = segment.blocks("m").require("_cond").memory();
    }

    @Test
    void shouldExcludeOthersWhenLocked() throws Exception {
        here.lock();
        assertThat(there.tryLock()).isFalse();
        assertThat(there.tryLock(Duration.ofMillis(2))).isFalse();
        assertThat(there.isLocked()).isTrue();
        here.unlock();
        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(here::unlock)
                .withMessageContaining("name=m");
        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(here::await);
        try (Guard _ = there.guard()) {
            assertThat(here.isLocked()).isTrue();
        }
        assertThat(here.isLocked()).isFalse();
    }

    @Test
    void shouldWakeOneForASignalAndAllForAll() throws Exception {
        List<Waiter<Boolean>> waiters = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                waiters.add(Waiter.running(() -> awaitOnce(there)));
            }
            await().until(() -> here.waiting() == 3);
            assertThat(here.tryLock(Duration.ofDays(1))).isTrue();
            here.signal();
            here.unlock();
            await().until(() -> here.waiting() == 2);
            here.signalAll();
            here.signalAll();
            for (Waiter<Boolean> waiter : waiters) {
                assertThat(waiter.get()).isTrue();
            }
        } finally {
            waiters.forEach(Waiter::close);
        }
        assertThat(here.waiting()).isZero();
        assertThat(here.isLocked()).isFalse();
    }

    private static void awaitOnce(SharedMonitor monitor) throws InterruptedException {
        try (Guard _ = monitor.guard()) {
            monitor.await();
        }
    }

    /** The flaw of the original: permits that nobody needed woke later threads. */
    @Test
    void shouldWakeNobodyLaterWhenSignalsFindNobody() throws Exception {
        here.signal();
        here.signalAll();
        assertThat(SemaphoreDescriptor.permits(condition)).isZero();
        // As a C++ peer leaves them.
        SemaphoreDescriptor.format(condition, 5, 0);
        here.lock();
        assertThat(here.await(Duration.ofMillis(2))).isFalse();
        assertThat(here.isLocked()).isTrue();
        assertThat(here.waiting()).isZero();
        here.unlock();
    }

    /** The flaw of the original: whoever waits again at once takes the permits of the others. */
    @Test
    void shouldLookAgainWhenItsSignalWasTakenByAnother() throws Exception {
        SharedCounter counter = SharedCounter.create(segment, "counter");
        try (Waiter<Boolean> waiter = Waiter.running(() -> {
            try (Guard _ = there.guard()) {
                there.awaitUntil(() -> counter.get() == 1);
            }
        })) {
            await().until(() -> here.waiting() == 1);
            // No signal: as if another had taken it.
            counter.set(1);
            assertThat(waiter.get()).isTrue();
        }
        assertThat(here.waiting()).isZero();
        assertThat(here.isLocked()).isFalse();
    }

    /** Permits for everybody, and counted ones inside: as another program may have written them. */
    @Test
    void shouldEndAtAnInterruptWhenThereAreSignalsAllTheTime() throws Exception {
        Atomics.putInt(condition, SemaphoreDescriptor.COUNT_OFFSET, Integer.MAX_VALUE);
        Atomics.putInt(segment.blocks("m").require("_count").memory(), MonitorDescriptor.WAITING_OFFSET, 1);
        try (Waiter<Boolean> waiter = Waiter.of(() -> {
            there.lock();
            try {
                there.awaitUntil(() -> false);
                return false;
            } catch (InterruptedException e) {
                return there.isLocked();
            } finally {
                there.unlock();
            }
        })) {
            await().until(() -> SemaphoreDescriptor.permits(condition) < Integer.MAX_VALUE);
            waiter.interrupt();
            assertThat(waiter.get()).isTrue();
        }
    }

    @Test
    void shouldNotAddPermitsUpWhenSignalledAgainAndAgain() throws Exception {
        try (Waiter<Boolean> waiter = Waiter.running(() -> awaitOnce(there))) {
            await().until(() -> here.waiting() == 1);
            here.lock();
            for (int i = 0; i < 20; i++) {
                here.signal();
                here.signalAll();
            }
            // One that woke it, taken or not, and at most one more while it comes back.
            assertThat(SemaphoreDescriptor.permits(condition)).isBetween(0, 1);
            here.unlock();
            assertThat(waiter.get()).isTrue();
        }
    }

    @Test
    void shouldHoldTheLockWhenInterruptedAndNotWhenClosed() throws Exception {
        try (Waiter<Boolean> interrupted = Waiter.of(() -> {
            here.lock();
            try {
                here.await();
                return false;
            } catch (InterruptedException e) {
                return here.isLocked();
            } finally {
                here.unlock();
            }
        })) {
            await().until(() -> here.waiting() == 1);
            interrupted.interrupt();
            assertThat(interrupted.get()).isTrue();
        }
        assertThat(here.waiting()).isZero();
        assertThat(here.isLocked()).isFalse();

        try (Waiter<Boolean> closed = Waiter.running(() -> {
            there.lock();
            there.await();
        })) {
            await().until(() -> here.waiting() == 1 && !here.isLocked());
            second.close();
            assertThat(here.waiting()).isZero();
            assertThat(closed.failure()).isInstanceOf(IllegalStateException.class);
        }
        assertThat(here.isLocked()).isFalse();
        assertThat(SemaphoreDescriptor.waiting(condition)).isZero();
    }

    /** As after kill -9 of a process that took the lock while another waited for its condition. */
    @Test
    void shouldSayThatTheLockIsLostWhenItIsNotToBeHadAgainInTime() throws Exception {
        try (Waiter<LockLostException> waiter = Waiter.of(() -> {
            there.lock();
            try {
                throw new AssertionError("lock is not lost: " + there.awaitUntil(() -> false, Duration.ofSeconds(1)));
            } catch (LockLostException e) {
                // Not ours to give back for a wait, nor to unlock.
                assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(there::await);
                return e;
            } finally {
                there.unlock();
            }
        })) {
            takeWhileItWaits(here);
            assertThat(waiter.get()).hasMessageContaining("name=m")
                    .hasMessageContaining("segment=" + second.name());
        }
        assertThat(here.isLocked()).isTrue();
        assertThat(here.waiting()).isZero();
        // Nothing is held through the second segment.
        second.close();
        assertThat(ClosingContract.mappings(segment.path())).isEqualTo(1);
        here.unlock();
    }

    @Test
    void shouldSayThatTheLockIsLostWhenInterruptedAndItIsNotToBeHadAgain() throws Exception {
        // Interrupted while it waits for a signal, and while it waits for the lock behind one.
        for (boolean signalled : new boolean[] {false, true}) {
            try (Waiter<Boolean> waiter = Waiter.of(() -> {
                try (Guard _ = there.guard()) {
                    there.await();
                    return false;
                } catch (LockLostException e) {
                    return Thread.interrupted();
                } finally {
                    assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(() -> {
                        here.unlock();
                        there.unlock();
                    });
                }
            })) {
                takeWhileItWaits(here);
                if (signalled) {
                    here.signal();
                    await().until(() -> SemaphoreDescriptor.waiting(condition) == 0);
                }
                waiter.interrupt();
                assertThat(waiter.get()).isTrue();
            }
            assertThat(here.waiting()).isZero();
        }
        assertThat(here.isLocked()).isFalse();
    }

    @Test
    void shouldUnlockAgainWhenAThreadLocksAfterItHasLostTheLock() throws Exception {
        try (Waiter<Boolean> waiter = Waiter.running(() -> {
            there.lock();
            assertThatExceptionOfType(LockLostException.class).isThrownBy(() -> there.await(Duration.ofSeconds(1)));
            here.unlock();
            // In each form: what was lost before does not count any more.
            there.lock();
            there.unlock();
            assertThat(here.isLocked()).isFalse();
        })) {
            takeWhileItWaits(here);
            assertThat(waiter.get()).isTrue();
        }
        assertThat(here.isLocked()).isFalse();
    }

    @Test
    void shouldHaveTheLockAgainWhenItsTimeIsUpAndTheHolderLives() throws Exception {
        try (Waiter<Boolean> waiter = Waiter.of(() -> {
            there.lock();
            boolean signalled = there.await(Duration.ofSeconds(1));
            there.unlock();
            return signalled || Thread.interrupted();
        })) {
            takeWhileItWaits(here);
            await().until(() -> SemaphoreDescriptor.waiting(condition) == 0);
            here.unlock();
            assertThat(waiter.get()).isFalse();
        }
        assertThat(here.isLocked()).isFalse();

        // Interrupted on the way back: it stays so, and has the lock.
        try (Waiter<Boolean> waiter = Waiter.of(() -> {
            there.lock();
            there.await();
            boolean interrupted = Thread.interrupted();
            there.unlock();
            return interrupted;
        })) {
            takeWhileItWaits(here);
            here.signal();
            await().until(() -> SemaphoreDescriptor.waiting(condition) == 0);
            waiter.interrupt();
            here.unlock();
            assertThat(waiter.get()).isTrue();
        }
        assertThat(here.isLocked()).isFalse();
        assertThat(here.waiting()).isZero();
    }

    private static void takeWhileItWaits(SharedMonitor monitor) throws InterruptedException {
        await().pollInterval(Duration.ofMillis(1)).until(() -> monitor.waiting() == 1 && !monitor.isLocked());
        monitor.lock();
        assertThat(monitor.waiting()).isEqualTo(1);
    }

    @Test
    void shouldHandOverEverythingWhenProducersAndConsumersWaitForConditions() throws Exception {
        SharedCounter size = SharedCounter.create(segment, "size");
        SharedCounter taken = SharedCounter.create(segment, "taken");
        int each = 150;
        List<Waiter<Boolean>> threads = new ArrayList<>();
        try {
            for (int i = 0; i < 2; i++) {
                SharedMonitor mine = i == 0 ? here : there;
                threads.add(Waiter.running(() -> {
                    for (int round = 0; round < each; round++) {
                        try (Guard _ = mine.guard()) {
                            mine.awaitUntil(() -> size.get() < 2);
                            size.incrementAndGet();
                            mine.signalAll();
                        }
                    }
                }));
                threads.add(Waiter.running(() -> {
                    for (int round = 0; round < each; round++) {
                        try (Guard _ = mine.guard()) {
                            assertThat(mine.awaitUntil(() -> size.get() > 0, Duration.ofDays(1))).isTrue();
                            assertThat(size.getAndAdd(-1)).isBetween(1L, 2L);
                            taken.incrementAndGet();
                            mine.signalAll();
                        }
                    }
                }));
            }
            for (Waiter<Boolean> thread : threads) {
                assertThat(thread.get()).isTrue();
            }
        } finally {
            threads.forEach(Waiter::close);
        }
        assertThat(taken.get()).isEqualTo(2L * each);
        assertThat(size.get()).isZero();
        assertThat(here.waiting()).isZero();
        try (Guard _ = here.guard()) {
            assertThat(here.awaitUntil(() -> size.get() > 0, Duration.ofMillis(2))).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MAX_VALUE})
    void shouldWakeAWaitingThreadWhenTheCountOfThemWraps(int seed) throws Exception {
        MemorySegment count = segment.blocks("m").require("_count").memory();
        Atomics.putInt(count, MonitorDescriptor.WAITING_OFFSET, seed);
        try (Waiter<Boolean> waiter = Waiter.running(() -> {
            here.lock();
            here.await();
            here.unlock();
        })) {
            await().until(() -> SemaphoreDescriptor.waiting(condition) == 1);
            assertThat(Atomics.getIntAcquire(count, MonitorDescriptor.WAITING_OFFSET)).isEqualTo(seed + 1);
            there.signalAll();
            assertThat(waiter.get()).isTrue();
        }
        assertThat(Atomics.getIntAcquire(count, MonitorDescriptor.WAITING_OFFSET)).isEqualTo(seed);
    }
}
