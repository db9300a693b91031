package io.zeroipc.interop;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.sync.Guard;
import io.zeroipc.sync.SharedBarrier;
import io.zeroipc.sync.SharedCounter;
import io.zeroipc.sync.SharedEvent;
import io.zeroipc.sync.SharedLatch;
import io.zeroipc.sync.SharedMonitor;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.sync.SharedOnce;
import io.zeroipc.sync.SharedRwLock;
import io.zeroipc.sync.SharedSemaphore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What processes wait for each other with: beside C++, also both at once; beside Python where one side waits for what the other
 * does. {@link PythonSyncInteropTest} has what Python can do only in turn.
 */
@Tag("process")
class SyncInteropTest extends BesidePeer {

    /** That the other side is met at work. */
    private static final int TIMES = 2_000;

    /** As in {@code peer.cpp}: in another cache line, so that two elements do not travel together. */
    private static final int FAR = 16;

    private SharedArray<Long> cells(int count) {
        return SharedArray.create(segment, "cells", Codecs.int64(), count);
    }

    /** Two plain numbers that only a lock protects: both grow by one, and are equal outside of it. */
    private static boolean grow(SharedArray<Long> cells) {
        boolean equal = areEqual(cells);
        cells.setLong(0, cells.getLong(0) + 1);
        cells.setLong(FAR, cells.getLong(FAR) + 1);
        return equal;
    }

    private static boolean areEqual(SharedArray<Long> cells) {
        return cells.getLong(0) == cells.getLong(FAR);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldCountWhatBothSidesAddWhenEitherCreatedTheCounter(boolean javaCreates) throws Exception {
        begin(Language.CPP, javaCreates, "counter-create", "c");
        SharedCounter counter = SharedCounter.openOrCreate(segment, "c");
        counter.set((1L << 32) - 2);
        assertThat(peer.ask("counter-add", "c", 5)).isEqualTo("" + ((1L << 32) + 3));
        assertThat(counter.getAndSet(0)).isEqualTo((1L << 32) + 3);
        Teamwork team = new Teamwork(segment, 1);
        team.begin(peer, "counter-work", "c");
        List<Long> rounds = team.work(TIMES, _ -> {
            counter.decrementAndGet();
            return true;
        });
        assertThat(counter.get()).isEqualTo(3 * rounds.get(1) - rounds.get(0));
    }

    @ParameterizedTest(name = "{0}, Java creates: {1}")
    @MethodSource("io.zeroipc.interop.Language#eachWithEitherSide")
    void shouldPassPermitsWhenEitherCreatedTheSemaphore(Language language, boolean javaCreates) throws Exception {
        begin(language, javaCreates, "semaphore-create", "s", 1, 2);
        SharedSemaphore semaphore = segment.openOrCreate("s", SharedSemaphore.spec(1, 2));
        assertThat(semaphore.permitsMax()).isEqualTo(2);
        semaphore.acquire();
        assertThat(semaphore.tryAcquire()).isFalse();
        assertThat(peer.ask("semaphore-permits", "s")).isEqualTo("0");

        peer.begin("semaphore-acquire", "s");
        Workbench.await(segment, () -> semaphore.waiting() == 1);
        semaphore.release();
        assertThat(peer.answer()).isEmpty();
        FutureTask<Boolean> acquiring = bench.beside(() -> {
            semaphore.acquire();
            return true;
        });
        Workbench.await(segment, () -> semaphore.waiting() == 1);
        peer.ask("semaphore-release", "s");
        assertThat(acquiring.get()).isTrue();

        peer.ask("semaphore-release", "s");
        semaphore.release();
        assertThat(peer.refusal("semaphore-release", "s")).contains("too many permits");
        assertThatIllegalStateException().isThrownBy(semaphore::release);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldLetInAsManyAsThereArePermitsWhenBothSidesGoInAndOut(boolean javaCreates) throws Exception {
        begin(Language.CPP, javaCreates, "semaphore-create", "s", 2, 2);
        SharedSemaphore semaphore = segment.openOrCreate("s", SharedSemaphore.spec(2, 2));
        SharedArray<Long> inside = cells(1);
        Peer second = bench.attach(Language.CPP);
        Teamwork team = new Teamwork(segment, 2);
        team.begin(peer, "semaphore-work", "s", "cells");
        team.begin(second, "semaphore-work", "s", "cells");
        team.work(TIMES, _ -> {
            semaphore.acquire();
            boolean good = inside.getAndAddLong(0, 1) < 2;
            Thread.onSpinWait();
            inside.getAndAddLong(0, -1);
            semaphore.release();
            return good;
        });
        assertThat(inside.getLong(0)).as("inside").isZero();
        assertThat(semaphore.availablePermits()).isEqualTo(2);
        assertThat(semaphore.waiting()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldExcludeTheOtherSideWhenEitherCreatedTheMutex(boolean javaCreates) throws Exception {
        begin(Language.CPP, javaCreates, "mutex-create", "m");
        SharedMutex mutex = SharedMutex.openOrCreate(segment, "m");
        SharedArray<Long> cells = cells(FAR + 1);
        try (Guard _ = mutex.guard()) {
            assertThat(peer.ask("mutex-try-lock", "m")).isEqualTo("0");
        }
        assertThat(peer.ask("mutex-try-lock", "m")).isEqualTo("1");
        assertThat(mutex.tryLock()).isFalse();
        peer.ask("mutex-unlock", "m");

        Teamwork team = new Teamwork(segment, 1);
        team.begin(peer, "mutex-work", "m", "cells");
        List<Long> rounds = team.work(TIMES, _ -> {
            try (Guard _ = mutex.guard()) {
                return grow(cells);
            }
        });
        assertThat(cells.getLong(0)).isEqualTo(rounds.get(0) + rounds.get(1));
    }

    @ParameterizedTest(name = "{0}, Java creates: {1}")
    @MethodSource("io.zeroipc.interop.Language#eachWithEitherSide")
    void shouldOpenForBothSidesWhenBothCountDownTheLatch(Language language, boolean javaCreates) throws Exception {
        begin(language, javaCreates, "latch-create", "l", 3);
        SharedLatch latch = SharedLatch.openOrCreate(segment, "l", 3);
        Peer waiting = bench.attach(language);
        waiting.begin("latch-wait", "l");
        FutureTask<Boolean> here = bench.beside(() -> {
            latch.await();
            return true;
        });
        latch.countDown();
        peer.ask("latch-count-down", "l", 1);
        assertThat(latch.getCount()).isEqualTo(1);
        assertThat(here.isDone()).isFalse();
        peer.ask("latch-count-down", "l", 5);
        assertThat(waiting.answer()).isEmpty();
        assertThat(here.get()).isTrue();
        latch.reset();
        waiting.begin("latch-wait", "l");
        latch.countDown(3);
        assertThat(waiting.answer()).isEmpty();
    }

    @ParameterizedTest(name = "{0}, Java creates: {1}")
    @MethodSource("io.zeroipc.interop.Language#eachWithEitherSide")
    void shouldRunTheTaskOnceWhenBothSidesWantIt(Language language, boolean javaCreates) throws Exception {
        begin(language, javaCreates, "once-create", "o");
        SharedOnce once = SharedOnce.openOrCreate(segment, "o");
        SharedCounter runs = SharedCounter.create(segment, "runs");
        // The peer comes while Java is at it, and waits; the task itself starts it.
        assertThat(once.run(() -> {
            try {
                peer.begin("once-run", "o", "runs");
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            runs.incrementAndGet();
        })).isTrue();
        assertThat(peer.answer()).isEqualTo("waited");
        assertThat(once.run(runs::incrementAndGet)).isFalse();
        assertThat(runs.get()).isEqualTo(1);

        once.reset();
        assertThat(peer.ask("once-run", "o", "runs")).isEqualTo("ran");
        assertThat(once.isDone()).isTrue();
        assertThat(once.run(runs::incrementAndGet)).isFalse();
        assertThat(runs.get()).isEqualTo(2);
    }

    /** In C++ a task that throws counts as run; in Java it has not been run. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldAgreeOnWhatHasBeenRunWhenATaskFails(boolean javaCreates) throws Exception {
        begin(Language.CPP, javaCreates, "once-create", "o");
        SharedOnce once = SharedOnce.openOrCreate(segment, "o");
        SharedCounter runs = SharedCounter.create(segment, "runs");
        assertThatIllegalArgumentException().isThrownBy(() -> once.run(() -> {
            throw new IllegalArgumentException("no");
        }));
        assertThat(peer.refusal("once-run", "o", "runs", "fail")).isEqualTo("the task failed");
        assertThat(runs.get()).isEqualTo(1);
        assertThat(once.isDone()).isTrue();
        assertThat(once.run(runs::incrementAndGet)).isFalse();
        assertThat(peer.ask("once-run", "o", "runs")).isEqualTo("waited");
        assertThat(runs.get()).isEqualTo(1);
    }

    @Test
    void shouldWaitInVainUntilAResetWhenCppDiesInTheTask() throws Exception {
        begin(Language.CPP, true);
        SharedOnce once = SharedOnce.create(segment, "o");
        SharedCounter runs = SharedCounter.create(segment, "runs");
        peer.begin("once-run", "o", "runs", "wait");
        Workbench.await(segment, once::isRunning);
        peer.kill();
        assertThatExceptionOfType(TimeoutException.class)
                .isThrownBy(() -> once.run(runs::incrementAndGet, Duration.ofMillis(30)));
        once.reset();
        assertThat(bench.attach(Language.CPP).ask("once-run", "o", "runs")).isEqualTo("ran");
        assertThat(once.run(runs::incrementAndGet)).isFalse();
        assertThat(runs.get()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void shouldWakeTheOtherSideWhenEitherCreatedTheEvent(SharedEvent.Mode mode) throws Exception {
        for (boolean javaCreates : new boolean[] {true, false}) {
            String name = "e-" + javaCreates;
            if (javaCreates) {
                begin(Language.CPP, true);
            } else {
                peer.ask("event-create", name, mode);
            }
            SharedEvent event = SharedEvent.openOrCreate(segment, name, mode);
            assertThat(event.mode()).isEqualTo(mode);
            peer.begin("event-wait", name);
            Workbench.await(segment, () -> event.waiting() == 1);
            event.signal();
            assertThat(peer.answer()).isEmpty();
            assertThat(event.isSignaled()).isEqualTo(mode == SharedEvent.Mode.MANUAL);
            event.reset();

            FutureTask<Boolean> here = bench.beside(() -> {
                event.await();
                return true;
            });
            Workbench.await(segment, () -> event.waiting() == 1);
            peer.ask("event-signal", name);
            assertThat(here.get()).isTrue();
            peer.ask("event-reset", name);
            assertThat(event.isSignaled()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldMeetAgainAndAgainWhenEitherCreatedTheBarrier(boolean javaCreates) throws Exception {
        begin(Language.CPP, javaCreates, "barrier-create", "b", 3);
        SharedBarrier barrier = SharedBarrier.openOrCreate(segment, "b", 3);
        SharedArray<Long> cells = cells(3);
        Peer second = bench.attach(Language.CPP);
        int meetings = 200;
        peer.begin("barrier-work", "b", "cells", 1, meetings);
        second.begin("barrier-work", "b", "cells", 2, meetings);
        int wrong = 0;
        for (long i = 0; i < meetings; i++) {
            cells.setLong(0, i);
            barrier.await();
            for (int j = 0; j < 3; j++) {
                wrong += cells.getLong(j) == i ? 0 : 1;
            }
            barrier.await();
        }
        assertThat(peer.answer()).isEqualTo("0");
        assertThat(second.answer()).isEqualTo("0");
        assertThat(wrong).isZero();
        assertThat(barrier.generation()).isEqualTo(2L * meetings);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldExcludeWritersWhenEitherCreatedTheReadWriteLock(boolean javaCreates) throws Exception {
        begin(Language.CPP, javaCreates, "rwlock-create", "l");
        SharedRwLock lock = SharedRwLock.openOrCreate(segment, "l");
        SharedArray<Long> cells = cells(FAR + 1);
        peer.ask("rwlock-read", "l");
        assertThat(lock.readers()).isEqualTo(1);
        assertThat(lock.writeLock().tryLock()).isFalse();
        assertThat(lock.readLock().tryLock()).isTrue();
        lock.readLock().unlock();
        peer.ask("rwlock-unread", "l");
        peer.ask("rwlock-write", "l");
        assertThat(lock.readLock().tryLock()).isFalse();
        peer.ask("rwlock-unwrite", "l");

        Teamwork team = new Teamwork(segment, 1);
        team.begin(peer, "rwlock-work", "l", "cells");
        List<Long> rounds = team.work(TIMES, round -> {
            if (round % 4 == 0) {
                try (Guard _ = lock.writeLock().guard()) {
                    return grow(cells);
                }
            }
            try (Guard _ = lock.readLock().guard()) {
                return areEqual(cells);
            }
        });
        assertThat(cells.getLong(0)).isEqualTo((rounds.get(0) + 3) / 4 + (rounds.get(1) + 3) / 4);
        assertThat(lock.readers()).isZero();
    }

    /** Each step waits for the one before, which the other side makes. */
    @ParameterizedTest(name = "{0}, Java creates: {1}")
    @MethodSource("io.zeroipc.interop.Language#eachWithEitherSide")
    void shouldWakeTheOtherSideWhenEitherCreatedTheMonitor(Language language, boolean javaCreates) throws Exception {
        begin(language, javaCreates, "monitor-create", "m");
        SharedMonitor monitor = SharedMonitor.openOrCreate(segment, "m");
        SharedArray<Long> cells = cells(1);
        for (long i = 0; i < 20; i += 2) {
            long step = i;
            peer.begin("monitor-step", "m", "cells", step + 1);
            Workbench.await(segment, () -> monitor.waiting() == 1);
            try (Guard _ = monitor.guard()) {
                cells.setLong(0, step + 1);
                monitor.signalAll();
            }
            assertThat(peer.answer()).isEmpty();
            assertThat(cells.getLong(0)).isEqualTo(step + 2);
        }
        assertThat(monitor.waiting()).isZero();

        FutureTask<Long> here = bench.beside(() -> {
            try (Guard _ = monitor.guard()) {
                monitor.await();
                return cells.getLong(0);
            }
        });
        Workbench.await(segment, () -> monitor.waiting() == 1);
        assertThat(peer.ask("monitor-step", "m", "cells", 0)).isEmpty();
        assertThat(here.get()).isEqualTo(21);
    }
}
