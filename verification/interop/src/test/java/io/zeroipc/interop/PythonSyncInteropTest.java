package io.zeroipc.interop;

import java.util.List;
import java.util.concurrent.FutureTask;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.TableEntry;
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

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What processes wait for each other with, beside Python, which has no atomic operations: a side changes a word only while
 * the other one looks at it and waits. {@link SyncInteropTest} has what both sides do at once, in C++.
 */
@Tag("process")
class PythonSyncInteropTest {

    @RegisterExtension
    final Workbench bench = new Workbench();

    private Peer peer;
    private Segment segment;

    /** A segment that one side has made, and both have open; in it what Python is told to create, if it was Python. */
    private void begin(boolean javaCreates, String command, Object... arguments) throws Exception {
        if (javaCreates) {
            segment = bench.create();
            peer = bench.attach(Language.PYTHON);
        } else {
            peer = bench.creator(Language.PYTHON);
            peer.ask(command, arguments);
            segment = bench.open();
        }
    }

    /** Something that waits, in Java. */
    private interface Waiting {
        void run() throws InterruptedException;
    }

    private FutureTask<Boolean> beside(Waiting waiting) {
        return bench.beside(() -> {
            waiting.run();
            return true;
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldCountWhatBothSidesAddInTurnWhenEitherCreatedTheCounter(boolean javaCreates) throws Exception {
        begin(javaCreates, "counter-create", "c");
        SharedCounter counter = SharedCounter.openOrCreate(segment, "c");
        counter.set((1L << 32) - 2);
        assertThat(peer.ask("counter-add", "c", 5, 1)).isEqualTo("" + ((1L << 32) + 3));
        assertThat(counter.addAndGet(-(1L << 33))).isEqualTo(3 - (1L << 32));
        assertThat(peer.ask("counter-add", "c", -1, 3)).isEqualTo("" + -(1L << 32));

        peer.begin("counter-await", "c", 3 - (1L << 32));
        for (int i = 0; i < 3; i++) {
            counter.incrementAndGet();
        }
        assertThat(peer.answer()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldPassPermitsInTurnWhenEitherCreatedTheSemaphore(boolean javaCreates) throws Exception {
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
        assertThat(semaphore.waiting()).isZero();
        FutureTask<Boolean> here = beside(semaphore::acquire);
        Workbench.await(segment, () -> semaphore.waiting() == 1);
        peer.ask("semaphore-release", "s");
        assertThat(here.get()).isTrue();

        peer.ask("semaphore-release", "s");
        semaphore.release();
        assertThat(peer.refusal("semaphore-release", "s")).contains("too many permits");
        assertThatIllegalStateException().isThrownBy(semaphore::release);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldWaitForTheOtherSideWhenEitherCreatedTheMutex(boolean javaCreates) throws Exception {
        begin(javaCreates, "mutex-create", "m");
        SharedMutex mutex = SharedMutex.openOrCreate(segment, "m");
        mutex.lock();
        assertThat(peer.ask("mutex-try-lock", "m")).isEqualTo("0");
        peer.begin("mutex-lock", "m");
        Workbench.await(segment, () -> mutex.waiting() == 1);
        mutex.unlock();
        assertThat(peer.answer()).isEmpty();

        assertThat(mutex.tryLock()).isFalse();
        FutureTask<Boolean> here = beside(mutex::lock);
        Workbench.await(segment, () -> mutex.waiting() == 1);
        peer.ask("mutex-unlock", "m");
        assertThat(here.get()).isTrue();
        assertThat(peer.ask("mutex-try-lock", "m")).isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldOpenForBothSidesWhenBothCountDownTheLatchInTurn(boolean javaCreates) throws Exception {
        begin(javaCreates, "latch-create", "l", 3);
        SharedLatch latch = SharedLatch.openOrCreate(segment, "l", 3);
        assertThat(latch.initialCount()).isEqualTo(3);
        Peer waiting = bench.attach(Language.PYTHON);
        waiting.begin("latch-wait", "l");
        FutureTask<Boolean> here = beside(latch::await);
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
    void shouldRunTheTaskOnceWhenTheOtherSideHasRunItOrIsAtIt(boolean javaCreates) throws Exception {
        begin(javaCreates, "once-create", "o");
        SharedOnce once = SharedOnce.openOrCreate(segment, "o");
        SharedCounter runs = SharedCounter.create(segment, "runs");
        // Python comes while Java is at it, and waits; the task itself starts it.
        assertThat(once.run(() -> {
            try {
                peer.begin("once-run", "o", "runs");
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            runs.incrementAndGet();
        })).isTrue();
        assertThat(peer.answer()).isEqualTo("waited");
        assertThat(runs.get()).isEqualTo(1);

        once.reset();
        assertThat(peer.ask("once-run", "o", "runs")).isEqualTo("ran");
        assertThat(once.isDone()).isTrue();
        assertThat(once.run(runs::incrementAndGet)).isFalse();
        assertThat(runs.get()).isEqualTo(2);
    }

    /** Python does not count itself where an event is manual; who comes after the signal finds it. */
    @ParameterizedTest(name = "Java creates: {0}, {1}")
    @CsvSource({"true, MANUAL", "true, AUTO", "false, MANUAL", "false, AUTO"})
    void shouldWakeTheOtherSideInTurnWhenEitherCreatedTheEvent(boolean javaCreates, SharedEvent.Mode mode)
            throws Exception {
        boolean manual = mode == SharedEvent.Mode.MANUAL;
        begin(javaCreates, "event-create", "e", mode);
        SharedEvent event = SharedEvent.openOrCreate(segment, "e", mode);
        assertThat(event.mode()).isEqualTo(mode);
        peer.begin("event-wait", "e");
        if (!manual) {
            Workbench.await(segment, () -> event.waiting() == 1);
        }
        event.signal();
        assertThat(peer.answer()).isEmpty();
        assertThat(event.isSignaled()).isEqualTo(manual);
        event.reset();

        FutureTask<Boolean> here = beside(event::await);
        Workbench.await(segment, () -> event.waiting() == 1);
        peer.ask("event-signal", "e");
        assertThat(here.get()).isTrue();
        assertThat(event.isSignaled()).isEqualTo(manual);
        peer.ask("event-reset", "e");
        assertThat(event.isSignaled()).isFalse();
        assertThat(event.waiting()).isZero();
    }

    /** Three meet, one after the other; each is the last one in turn. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldMeetWhenTheyArriveOneAfterTheOther(boolean javaCreates) throws Exception {
        begin(javaCreates, "barrier-create", "b", 3);
        SharedBarrier barrier = SharedBarrier.openOrCreate(segment, "b", 3);
        assertThat(barrier.parties()).isEqualTo(3);
        Peer second = bench.attach(Language.PYTHON);
        for (int meeting = 0; meeting < 6; meeting++) {
            FutureTask<Boolean> here = null;
            for (int i = 0; i < 3; i++) {
                switch ((meeting + i) % 3) {
                    case 0 -> here = beside(barrier::await);
                    case 1 -> peer.begin("barrier-wait", "b");
                    default -> second.begin("barrier-wait", "b");
                }
                int arrived = i + 1;
                int generation = meeting;
                Workbench.await(segment, () -> barrier.arrived() == arrived || barrier.generation() > generation);
                assertThat(barrier.generation()).isEqualTo(arrived == 3 ? meeting + 1 : meeting);
            }
            assertThat(requireNonNull(here).get()).isTrue();
            assertThat(List.of(peer.answer(), second.answer())).containsOnly("");
        }
        assertThat(barrier.arrived()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldWaitForReadersAndWritersOfTheOtherSideWhenEitherCreatedTheReadWriteLock(boolean javaCreates)
            throws Exception {
        begin(javaCreates, "rwlock-create", "l");
        SharedRwLock lock = SharedRwLock.openOrCreate(segment, "l");
        for (int lap = 0; lap < 2; lap++) {
            // Both read; Java writes when Python has gone.
            peer.ask("rwlock-read", "l");
            assertThat(lock.readLock().tryLock()).isTrue();
            assertThat(lock.readers()).isEqualTo(2);
            lock.readLock().unlock();
            assertThat(lock.writeLock().tryLock()).isFalse();
            FutureTask<Boolean> writing = beside(lock.writeLock()::lock);
            Workbench.await(segment, lock::isWriteLocked);
            assertThat(writing.isDone()).isFalse();
            peer.ask("rwlock-unread", "l");
            assertThat(writing.get()).isTrue();

            // Python reads when Java has written.
            peer.begin("rwlock-read", "l");
            lock.writeLock().unlock();
            assertThat(peer.answer()).isEmpty();
            assertThat(lock.readers()).isEqualTo(1);
            peer.ask("rwlock-unread", "l");

            // Python writes when Java has read, and Java reads when Python has written.
            lock.readLock().lock();
            peer.begin("rwlock-write", "l");
            Workbench.await(segment, lock::isWriteLocked);
            assertThat(lock.readLock().tryLock()).isFalse();
            lock.readLock().unlock();
            assertThat(peer.answer()).isEmpty();
            FutureTask<Boolean> reading = beside(lock.readLock()::lock);
            peer.ask("rwlock-unwrite", "l");
            assertThat(reading.get()).isTrue();
            assertThat(lock.readers()).isEqualTo(1);
            lock.readLock().unlock();
            assertThat(lock.isWriteLocked()).isFalse();
        }
    }

    /** Each step waits for the one before, which the other side makes. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldWakeTheOtherSideInTurnWhenEitherCreatedTheMonitor(boolean javaCreates) throws Exception {
        begin(javaCreates, "monitor-create", "m");
        SharedMonitor monitor = SharedMonitor.openOrCreate(segment, "m");
        SharedArray<Long> cells = SharedArray.create(segment, "cells", Codecs.int64(), 1);
        for (long step = 0; step < 20; step += 2) {
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

    @ParameterizedTest
    @CsvSource({"event, 27, AUTO", "rwlock, 25, ''", "monitor, 25, ''"})
    void shouldLeaveNothingBehindWhenANameIsTooLongForAPart(String kind, int most, String argument) throws Exception {
        begin(true, "");
        String name = "n".repeat(most);
        assertThat(peer.refusal(kind + "-create", name + "n", argument)).contains("name is too long");
        assertThat(segment.entries()).isEmpty();
        peer.ask(kind + "-create", name, argument);
        assertThat(segment.entries()).extracting(TableEntry::name).contains(name);
    }
}
