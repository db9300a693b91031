package io.zeroipc.sync;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.zeroipc.format.RwLockDescriptor;
import io.zeroipc.format.SemaphoreDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.ClosingContract;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

class SyncClosingTest extends ClosingContract {

    private static final Duration LONG = Duration.ofDays(1);

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    /** Everything that can be locked. */
    enum Lock {
        MUTEX, READ, WRITE, MONITOR;

        GuardedLock open(Segment segment) {
            return switch (this) {
                case MUTEX -> SharedMutex.openOrCreate(segment, "lock");
                case READ -> SharedRwLock.openOrCreate(segment, "lock").readLock();
                case WRITE -> SharedRwLock.openOrCreate(segment, "lock").writeLock();
                case MONITOR -> SharedMonitor.openOrCreate(segment, "lock");
            };
        }

        /** The lock that excludes this one: another reader would not. */
        GuardedLock rival(Segment segment) {
            return this == READ ? WRITE.open(segment) : open(segment);
        }
    }

    @Override
    protected Stream<Scenario> scenarios() {
        return Stream.concat(Stream.of(Lock.values()).map(SyncClosingTest::locking), Stream.of(
                working("readers and writers", keep -> SharedRwLock.create(keep, "lock"), (closing, thread) -> {
                    SharedRwLock lock = SharedRwLock.open(closing, "lock");
                    return thread == 0
                            ? () -> locked(lock.readLock())
                            : () -> locked(lock.writeLock());
                }, lock -> {
                    assertThat(lock.occupancy().used()).isZero();
                    locked(lock.writeLock());
                }), working("monitor's condition", keep -> {
                    SharedCounter.create(keep, "counter");
                    return SharedMonitor.create(keep, "lock");
                }, (closing, thread) -> {
                    SharedMonitor monitor = SharedMonitor.open(closing, "lock");
                    SharedCounter counter = SharedCounter.open(closing, "counter");
                    return () -> {
                        try (Guard _ = monitor.guard()) {
                            monitor.awaitUntil(() -> counter.get() % 2 == thread);
                            counter.incrementAndGet();
                            monitor.signalAll();
                        }
                    };
                }, monitor -> {
                    assertThat(monitor.waiting()).isZero();
                    locked(monitor);
                }), working("semaphore", keep -> SharedSemaphore.create(keep, "semaphore", 1), (closing, _) -> {
                    SharedSemaphore semaphore = SharedSemaphore.open(closing, "semaphore");
                    return () -> {
                        semaphore.acquire();
                        semaphore.release();
                    };
                }, semaphore -> {
                    // Permits belong to nobody: one that was taken and not given back before the close is gone.
                    assertThat(semaphore.waiting()).isZero();
                    assertThat(semaphore.drainPermits()).isLessThanOrEqualTo(1);
                    semaphore.release();
                }), meeting("barrier", 2), meeting("barrier that lacks one", 3),
                working("latch", keep -> SharedLatch.create(keep, "latch", 2), (closing, thread) -> {
                    SharedLatch latch = SharedLatch.open(closing, "latch");
                    return thread == 0 ? () -> {
                        latch.countDown();
                        latch.reset();
                    } : () -> latch.await(Duration.ofNanos(1));
                }, latch -> {
                    latch.reset();
                    latch.countDown(2);
                    latch.await();
                }), working("once", keep -> SharedOnce.create(keep, "once"), (closing, thread) -> {
                    SharedOnce once = SharedOnce.open(closing, "once");
                    return thread == 0 ? () -> {
                        once.run(() -> {});
                        once.reset();
                    } : () -> once.run(() -> {});
                }, once -> {
                    assertThat(once.isRunning()).isFalse();
                    once.reset();
                    assertThat(once.run(() -> {})).isTrue();
                }), signalling(SharedEvent.Mode.AUTO), signalling(SharedEvent.Mode.MANUAL),
                working("counter", keep -> SharedCounter.create(keep, "counter"), (closing, _) -> {
                    SharedCounter counter = SharedCounter.open(closing, "counter");
                    return () -> {
                        counter.incrementAndGet();
                        counter.set(counter.get());
                        counter.compareAndSet(0, 1);
                        counter.maxAndGet(3);
                    };
                }, SharedCounter::incrementAndGet)));
    }

    private static Scenario locking(Lock kind) {
        return working(kind.name().toLowerCase(Locale.ROOT), kind::open, (closing, thread) -> {
            GuardedLock lock = kind.open(closing);
            return thread == 0 ? () -> locked(lock) : () -> {
                try (Guard _ = lock.tryGuard(LONG)) {
                    Thread.onSpinWait();
                }
                try (Guard _ = lock.tryGuard()) {
                    Thread.onSpinWait();
                }
            };
        }, lock -> {
            locked(lock);
            assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(lock::unlock);
        });
    }

    private static void locked(GuardedLock lock) throws InterruptedException {
        try (Guard _ = lock.guard()) {
            Thread.onSpinWait();
        }
    }

    private static Scenario meeting(String name, int parties) {
        return working(name, keep -> SharedBarrier.create(keep, "barrier", parties),
                (closing, _) -> SharedBarrier.open(closing, "barrier")::await, barrier -> {
                    assertThat(barrier.arrived()).isZero();
                    assertThat(barrier.await(Duration.ZERO)).isFalse();
                });
    }

    private static Scenario signalling(SharedEvent.Mode mode) {
        return working("event " + mode, keep -> SharedEvent.create(keep, "event", mode), (closing, thread) -> {
            SharedEvent event = SharedEvent.open(closing, "event");
            return thread == 0 ? event::await : () -> {
                event.signal();
                event.reset();
                event.pulse(Duration.ofNanos(1));
            };
        }, event -> {
            assertThat(event.waiting()).isZero();
            event.reset();
            assertThat(event.isSignaled()).isFalse();
            assertThat(event.pulse(Duration.ZERO)).isTrue();
        });
    }

    @ParameterizedTest
    @EnumSource
    void shouldUnlockWhenTheSegmentWasClosedMeanwhile(Lock kind) throws Exception {
        Segment keep = segments.create(1 << 14);
        kind.open(keep);
        Segment closing = segments.open(keep);
        GuardedLock there = kind.open(closing);
        Guard guard = there.guard();
        closing.close();

        assertThat(mappings(keep.path())).isEqualTo(2);
        assertThatIllegalStateException().isThrownBy(there::tryLock).withMessageStartingWith("segment is closed");
        assertThat(kind.rival(keep).tryLock()).isFalse();
        guard.close();
        guard.close();
        assertThat(mappings(keep.path())).isEqualTo(1);
        assertThatIllegalStateException().isThrownBy(there::unlock).withMessageStartingWith("segment is closed");
        locked(kind.rival(keep));
    }

    @ParameterizedTest
    @EnumSource
    void shouldUnlockWhenAnotherThreadDoesSoAfterTheClose(Lock kind) throws Exception {
        Segment keep = segments.create(1 << 14);
        kind.open(keep);
        Segment closing = segments.open(keep);
        GuardedLock there = kind.open(closing);
        // Also if it is another object for the same lock, and a virtual thread.
        GuardedLock other = kind.open(closing);
        Thread.ofVirtual().start(() -> {
            try {
                there.lock();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }).join();
        closing.close();

        assertThat(mappings(keep.path())).isEqualTo(2);
        Thread.ofPlatform().start(other::unlock).join();
        assertThat(mappings(keep.path())).isEqualTo(1);
        locked(kind.rival(keep));
    }

    @ParameterizedTest
    @EnumSource
    void shouldFreeTheMappingWhenItsLockIsUnlockedThroughAnotherSegmentAfterTheClose(Lock kind) throws Exception {
        Segment keep = segments.create(1 << 14);
        GuardedLock here = kind.open(keep);
        Segment closing = segments.open(keep);
        kind.open(closing).lock();
        closing.close();

        assertThat(mappings(keep.path())).isEqualTo(2);
        here.unlock();
        assertThat(mappings(keep.path())).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void shouldFreeTheMappingAtOnceWhenItsLockWasUnlockedThroughAnotherSegment(Lock kind) throws Exception {
        Segment keep = segments.create(1 << 14);
        GuardedLock here = kind.open(keep);
        Segment closing = segments.open(keep);
        kind.open(closing).lock();
        here.unlock();
        if (kind != Lock.READ) {
            // Held again, through the other. Of readers nobody can tell who is who: see the next test.
            here.lock();
        }
        closing.close();

        assertThat(mappings(keep.path())).isEqualTo(1);
        if (kind != Lock.READ) {
            here.unlock();
        }
        locked(kind.rival(keep));
    }

    /** Whose read lock another segment has unlocked cannot be told: rather keep a mapping too long than free it too early. */
    @Test
    void shouldFreeTheMappingWhenNoReaderIsLeftAtTheLatest() throws Exception {
        Segment keep = segments.create(1 << 14);
        SharedRwLock here = SharedRwLock.create(keep, "lock");
        Segment closing = segments.open(keep);
        SharedRwLock there = SharedRwLock.open(closing, "lock");
        there.readLock().lock();
        here.readLock().lock();
        here.readLock().unlock();
        there.readLock().lock();
        there.readLock().unlock();
        here.readLock().lock();
        closing.close();
        assertThat(mappings(keep.path())).isEqualTo(2);
        there.readLock().unlock();
        assertThat(mappings(keep.path())).isEqualTo(1);
        assertThat(here.readers()).isEqualTo(1);

        Segment second = segments.open(keep);
        SharedRwLock.open(second, "lock").readLock().lock();
        here.readLock().unlock();
        here.readLock().lock();
        second.close();
        here.readLock().unlock();
        assertThat(here.readers()).isEqualTo(1);
        assertThat(mappings(keep.path())).isEqualTo(2);
        here.readLock().unlock();
        assertThat(mappings(keep.path())).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void shouldFreeTheMappingAtOnceWhenAnotherProcessHasUnlocked(Lock kind) throws Exception {
        Segment keep = segments.create(1 << 14);
        kind.open(keep);
        Segment closing = segments.open(keep);
        kind.open(closing).lock();
        unlockFromOutside(kind, keep);
        closing.close();

        assertThat(mappings(keep.path())).isEqualTo(1);
        locked(kind.rival(keep));
    }

    @Test
    void shouldFreeTheMappingWhenAnotherProcessHasUnlockedAndLockedAndThisOneDoesSoToo() throws Exception {
        Segment keep = segments.create(1 << 14);
        SharedMutex here = SharedMutex.create(keep, "lock");
        Segment closing = segments.open(keep);
        SharedMutex.open(closing, "lock").lock();
        // To us it looks as if we had it: nothing in the bytes is different.
        closing.close();
        assertThat(mappings(keep.path())).isEqualTo(2);
        unlockFromOutside(Lock.MUTEX, keep);

        here.lock();
        here.unlock();
        assertThat(mappings(keep.path())).isEqualTo(1);
    }

    private static void unlockFromOutside(Lock kind, Segment keep) {
        switch (kind) {
            case MUTEX -> putPermit(keep, "lock");
            case MONITOR -> putPermit(keep, "lock_mtx");
            case READ -> Atomics.putInt(keep.blocks("lock_state").require("").memory(),
                    RwLockDescriptor.READERS_OFFSET, 0);
            case WRITE -> {
                Atomics.putInt(keep.blocks("lock_state").require("").memory(), RwLockDescriptor.WRITER_ACTIVE_OFFSET,
                        0);
                putPermit(keep, "lock_wmtx");
            }
        }
    }

    private static void putPermit(Segment segment, String entry) {
        Atomics.putInt(segment.blocks(entry).require("").memory(), SemaphoreDescriptor.COUNT_OFFSET, 1);
    }

    @Test
    void shouldKeepTheMappingWhenOneOfTwoLocksIsStillHeld() throws Exception {
        Segment keep = segments.create(1 << 14);
        SharedMutex.create(keep, "first");
        SharedMutex.create(keep, "second");
        Segment closing = segments.open(keep);
        SharedMutex first = SharedMutex.open(closing, "first");
        SharedMutex second = SharedMutex.open(closing, "second");
        first.lock();
        second.lock();
        closing.close();

        first.unlock();
        assertThat(mappings(keep.path())).isEqualTo(2);
        assertThat(SharedMutex.open(keep, "first").isLocked()).isFalse();
        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(first::unlock);
        second.unlock();
        assertThat(mappings(keep.path())).isEqualTo(1);
    }

    /** What is held by others is not ours: it must not keep our mapping. */
    @ParameterizedTest
    @EnumSource
    void shouldFreeTheMappingAtOnceWhenSomebodyElseHoldsTheLock(Lock kind) throws Exception {
        Segment keep = segments.create(1 << 14);
        GuardedLock here = kind.open(keep);
        Segment closing = segments.open(keep);
        locked(kind.open(closing));
        here.lock();
        closing.close();

        assertThat(mappings(keep.path())).isEqualTo(1);
        assertThat(kind.rival(keep).tryLock()).isFalse();
        here.unlock();
    }

    @Test
    void shouldLeaveNothingWhenAWriterWaitsForReadersAtTheClose() throws Exception {
        Segment keep = segments.create(1 << 14);
        SharedRwLock here = SharedRwLock.create(keep, "lock");
        Segment closing = segments.open(keep);
        SharedRwLock there = SharedRwLock.open(closing, "lock");
        here.readLock().lock();
        try (Waiter<Boolean> writer = Waiter.running(there.writeLock()::lock)) {
            await().until(here::isWriteLocked);
            closing.close();
            assertThat(here.isWriteLocked()).isFalse();
            assertThat(writer.failure()).isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("segment is closed");
        }
        assertThat(mappings(keep.path())).isEqualTo(1);
        assertThat(here.readLock().tryLock()).isTrue();
    }

    /** The lock that a wait has given back is not taken again at close; the unlock that follows is not somebody else's. */
    @Test
    void shouldUnlockNobodyElseWhenTheSegmentIsClosedDuringAWait() throws Exception {
        Segment keep = segments.create(1 << 14);
        SharedMonitor here = SharedMonitor.create(keep, "lock");
        SharedMutex.create(keep, "held");
        Segment closing = segments.open(keep);
        SharedMonitor there = SharedMonitor.open(closing, "lock");
        // So that the memory is there when the waiting thread unlocks.
        SharedMutex held = SharedMutex.open(closing, "held");
        held.lock();
        CountDownLatch locked = new CountDownLatch(1);
        try (Waiter<Boolean> waiter = Waiter.running(() -> {
            try (Guard _ = there.guard()) {
                try {
                    there.awaitUntil(() -> false);
                } finally {
                    locked.await();
                }
            }
        })) {
            await().until(() -> here.waiting() == 1);
            here.lock();
            closing.close();
            locked.countDown();
            assertThat(waiter.failure()).isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("segment is closed")
                    .hasNoSuppressedExceptions();
        }
        assertThat(here.isLocked()).isTrue();
        assertThat(here.waiting()).isZero();
        here.unlock();
        held.unlock();
        assertThat(mappings(keep.path())).isEqualTo(1);
    }

    @Test
    void shouldEndTheTaskWhenTheSegmentIsClosedWhileItRuns() throws Exception {
        Segment keep = segments.create(1 << 14);
        SharedOnce here = SharedOnce.create(keep, "once");
        Segment closing = segments.open(keep);
        SharedOnce there = SharedOnce.open(closing, "once");
        CountDownLatch finish = new CountDownLatch(1);
        try (Waiter<Boolean> runner = Waiter.of(() -> there.run(() -> awaitQuietly(finish)))) {
            await().until(here::isRunning);
            closing.close();
            assertThat(here.isRunning()).isTrue();
            assertThat(here.tryRun(() -> {})).isFalse();
            assertThat(mappings(keep.path())).isEqualTo(2);
            finish.countDown();
            assertThat(runner.get()).isTrue();
        }
        assertThat(here.isDone()).isTrue();
        await().untilAsserted(() -> assertThat(mappings(keep.path())).isEqualTo(1));
    }

    @Test
    void shouldLetTheNextOneRunWhenATaskFailsAfterTheClose() throws Exception {
        Segment keep = segments.create(1 << 14);
        SharedOnce here = SharedOnce.create(keep, "once");
        Segment closing = segments.open(keep);
        SharedOnce there = SharedOnce.open(closing, "once");
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> there.tryRun(() -> {
            closing.close();
            throw new UnsupportedOperationException();
        }));
        assertThat(mappings(keep.path())).isEqualTo(1);
        assertThat(here.tryRun(() -> {})).isTrue();
    }

    @Test
    void shouldEndAllWaitsAndTakeTheirTracesBackWhenTheSegmentIsClosed() throws Exception {
        Segment keep = segments.create(1 << 16);
        SharedMutex mutex = SharedMutex.create(keep, "mutex");
        SharedSemaphore semaphore = SharedSemaphore.create(keep, "semaphore", 0);
        SharedEvent manual = SharedEvent.create(keep, "manual", SharedEvent.Mode.MANUAL);
        SharedEvent auto = SharedEvent.create(keep, "auto", SharedEvent.Mode.AUTO);
        SharedBarrier barrier = SharedBarrier.create(keep, "barrier", 2);
        SharedMonitor monitor = SharedMonitor.create(keep, "monitor");
        mutex.lock();
        Segment closing = segments.open(keep);
        SharedMonitor there = SharedMonitor.open(closing, "monitor");
        List<Waiter<Boolean>> waiters = new ArrayList<>();
        try {
            waiters.add(Waiter.running(SharedMutex.open(closing, "mutex")::lock));
            waiters.add(Waiter.running(SharedSemaphore.open(closing, "semaphore")::acquire));
            waiters.add(Waiter.running(SharedEvent.open(closing, "manual")::await));
            waiters.add(Waiter.running(SharedEvent.open(closing, "auto")::await));
            waiters.add(Waiter.running(SharedBarrier.open(closing, "barrier")::await));
            waiters.add(Waiter.running(() -> {
                there.lock();
                there.await();
            }));
            await().until(() -> mutex.waiting() == 1 && semaphore.waiting() == 1 && manual.waiting() == 1
                    && auto.waiting() == 1 && barrier.arrived() == 1 && monitor.waiting() == 1);
            closing.close();
            assertThat(Stream.of(mutex.waiting(), semaphore.waiting(), manual.waiting(), auto.waiting(),
                    barrier.arrived(), monitor.waiting())).containsOnly(0);
            for (Waiter<Boolean> waiter : waiters) {
                assertThat(waiter.failure()).isInstanceOf(IllegalStateException.class)
                        .hasMessageStartingWith("segment is closed");
            }
        } finally {
            waiters.forEach(Waiter::close);
        }
        assertThat(mappings(keep.path())).isEqualTo(1);
        assertThat(monitor.isLocked()).isFalse();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
