package io.zeroipc.interop;

import java.util.concurrent.FutureTask;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.segment.Segment;
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
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** What processes wait for each other with, beside C++; Python's locks exclude the threads of one process only. */
@Tag("process")
class SyncInteropTest {

    private static final int TIMES = 50_000;

    @RegisterExtension
    final Workbench bench = new Workbench();

    private Peer peer;
    private Segment segment;

    /** A segment that one side has made, and both have open; in it what C++ is told to create, if it was C++. */
    private void begin(boolean javaCreates, String command, Object... arguments) throws Exception {
        if (javaCreates) {
            segment = bench.create();
            peer = bench.attach(Language.CPP);
        } else {
            peer = bench.creator(Language.CPP);
            peer.ask(command, arguments);
            segment = bench.open();
        }
    }

    private SharedArray<Long> cells(int count) {
        return SharedArray.create(segment, "cells", Codecs.int64(), count);
    }

    /** Two plain numbers that only a lock protects: both grow by one, and are equal outside of it. */
    private static int grow(SharedArray<Long> cells) {
        int wrong = cells.getLong(0) == cells.getLong(1) ? 0 : 1;
        cells.setLong(0, cells.getLong(0) + 1);
        cells.setLong(1, cells.getLong(1) + 1);
        return wrong;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldCountWhatBothSidesAddWhenEitherCreatedTheCounter(boolean javaCreates) throws Exception {
        begin(javaCreates, "counter-create", "c");
        SharedCounter counter = SharedCounter.openOrCreate(segment, "c");
        counter.set((1L << 32) - 2);
        assertThat(peer.ask("counter-add", "c", 5, 1)).isEqualTo("" + ((1L << 32) + 3));
        assertThat(counter.getAndSet(0)).isEqualTo((1L << 32) + 3);
        peer.begin("counter-add", "c", 3, TIMES);
        for (int i = 0; i < TIMES; i++) {
            counter.decrementAndGet();
        }
        peer.answer();
        assertThat(counter.get()).isEqualTo(2L * TIMES);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldPassPermitsWhenEitherCreatedTheSemaphore(boolean javaCreates) throws Exception {
        begin(javaCreates, "semaphore-create", "s", 1, 2);
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
        assertThat(peer.refusal("semaphore-release", "s")).isEqualTo("too many permits");
        assertThatIllegalStateException().isThrownBy(semaphore::release);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldLetInAsManyAsThereArePermitsWhenBothSidesGoInAndOut(boolean javaCreates) throws Exception {
        begin(javaCreates, "semaphore-create", "s", 2, 2);
        SharedSemaphore semaphore = segment.openOrCreate("s", SharedSemaphore.spec(2, 2));
        SharedArray<Long> cells = cells(2);
        Peer second = bench.attach(Language.CPP);
        peer.begin("semaphore-work", "s", "cells", 2, TIMES);
        second.begin("semaphore-work", "s", "cells", 2, TIMES);
        int wrong = 0;
        for (int i = 0; i < TIMES; i++) {
            semaphore.acquire();
            wrong += cells.getAndAddLong(0, 1) < 2 ? 0 : 1;
            cells.getAndAddLong(1, 1);
            cells.getAndAddLong(0, -1);
            semaphore.release();
        }
        assertThat(peer.answer()).isEqualTo("0");
        assertThat(second.answer()).isEqualTo("0");
        assertThat(wrong).isZero();
        assertThat(cells.getLong(0)).as("inside").isZero();
        assertThat(cells.getLong(1)).as("in all").isEqualTo(3L * TIMES);
        assertThat(semaphore.availablePermits()).isEqualTo(2);
        assertThat(semaphore.waiting()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldExcludeTheOtherSideWhenEitherCreatedTheMutex(boolean javaCreates) throws Exception {
        begin(javaCreates, "mutex-create", "m");
        SharedMutex mutex = SharedMutex.openOrCreate(segment, "m");
        SharedArray<Long> cells = cells(2);
        try (Guard _ = mutex.guard()) {
            assertThat(peer.ask("mutex-try-lock", "m")).isEqualTo("0");
        }
        assertThat(peer.ask("mutex-try-lock", "m")).isEqualTo("1");
        assertThat(mutex.tryLock()).isFalse();
        peer.ask("mutex-unlock", "m");

        peer.begin("mutex-work", "m", "cells", TIMES);
        int wrong = 0;
        for (int i = 0; i < TIMES; i++) {
            try (Guard _ = mutex.guard()) {
                wrong += grow(cells);
            }
        }
        assertThat(peer.answer()).isEqualTo("0");
        assertThat(wrong).isZero();
        assertThat(cells.getLong(0)).isEqualTo(2L * TIMES);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldOpenForBothSidesWhenBothCountDownTheLatch(boolean javaCreates) throws Exception {
        begin(javaCreates, "latch-create", "l", 3);
        SharedLatch latch = SharedLatch.openOrCreate(segment, "l", 3);
        Peer waiting = bench.attach(Language.CPP);
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

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldRunTheTaskOnceWhenBothSidesWantIt(boolean javaCreates) throws Exception {
        begin(javaCreates, "once-create", "o");
        SharedOnce once = SharedOnce.openOrCreate(segment, "o");
        SharedCounter runs = SharedCounter.create(segment, "runs");
        // C++ comes while Java is at it, and waits; the task itself starts it.
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

    @ParameterizedTest
    @EnumSource
    void shouldWakeTheOtherSideWhenEitherCreatedTheEvent(SharedEvent.Mode mode) throws Exception {
        for (boolean javaCreates : new boolean[] {true, false}) {
            String name = "e-" + javaCreates;
            if (javaCreates) {
                begin(true, "");
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
        begin(javaCreates, "barrier-create", "b", 3);
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
        begin(javaCreates, "rwlock-create", "l");
        SharedRwLock lock = SharedRwLock.openOrCreate(segment, "l");
        SharedArray<Long> cells = cells(2);
        peer.ask("rwlock-read", "l");
        assertThat(lock.readers()).isEqualTo(1);
        assertThat(lock.writeLock().tryLock()).isFalse();
        assertThat(lock.readLock().tryLock()).isTrue();
        lock.readLock().unlock();
        peer.ask("rwlock-unread", "l");
        peer.ask("rwlock-write", "l");
        assertThat(lock.readLock().tryLock()).isFalse();
        peer.ask("rwlock-unwrite", "l");

        peer.begin("rwlock-work", "l", "cells", TIMES);
        int wrong = 0;
        for (int i = 0; i < TIMES; i++) {
            if (i % 4 == 0) {
                try (Guard _ = lock.writeLock().guard()) {
                    wrong += grow(cells);
                }
            } else {
                try (Guard _ = lock.readLock().guard()) {
                    wrong += cells.getLong(0) == cells.getLong(1) ? 0 : 1;
                }
            }
        }
        assertThat(peer.answer()).isEqualTo("0");
        assertThat(wrong).isZero();
        assertThat(cells.getLong(0)).isEqualTo(2L * TIMES / 4);
        assertThat(lock.readers()).isZero();
    }

    /** Each step waits for the one before, which the other side makes. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldWakeTheOtherSideWhenEitherCreatedTheMonitor(boolean javaCreates) throws Exception {
        begin(javaCreates, "monitor-create", "m");
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
