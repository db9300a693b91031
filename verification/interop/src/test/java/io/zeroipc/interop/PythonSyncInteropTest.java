package io.zeroipc.interop;

import java.util.List;
import java.util.concurrent.FutureTask;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.segment.TableEntry;
import io.zeroipc.sync.SharedBarrier;
import io.zeroipc.sync.SharedCounter;
import io.zeroipc.sync.SharedEvent;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.sync.SharedRwLock;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What processes wait for each other with, beside Python, which has no atomic operations: a side changes a word only while
 * the other one looks at it and waits. {@link SyncInteropTest} has what both sides do at once, in C++.
 */
@Tag("process")
class PythonSyncInteropTest extends BesidePeer {

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
        begin(Language.PYTHON, javaCreates, "counter-create", "c");
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
    void shouldWaitForTheOtherSideWhenEitherCreatedTheMutex(boolean javaCreates) throws Exception {
        begin(Language.PYTHON, javaCreates, "mutex-create", "m");
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

    /** Python does not count itself where an event is manual; who comes after the signal finds it. */
    @ParameterizedTest(name = "Java creates: {0}, {1}")
    @CsvSource({"true, MANUAL", "true, AUTO", "false, MANUAL", "false, AUTO"})
    void shouldWakeTheOtherSideInTurnWhenEitherCreatedTheEvent(boolean javaCreates, SharedEvent.Mode mode)
            throws Exception {
        boolean manual = mode == SharedEvent.Mode.MANUAL;
        begin(Language.PYTHON, javaCreates, "event-create", "e", mode);
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
        begin(Language.PYTHON, javaCreates, "barrier-create", "b", 3);
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
        begin(Language.PYTHON, javaCreates, "rwlock-create", "l");
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

    @ParameterizedTest
    @CsvSource({"event, 27, AUTO", "rwlock, 25, ''", "monitor, 25, ''"})
    void shouldLeaveNothingBehindWhenANameIsTooLongForAPart(String kind, int most, String argument) throws Exception {
        begin(Language.PYTHON, true);
        String name = "n".repeat(most);
        assertThat(peer.refusal(kind + "-create", name + "n", argument)).contains("name is too long");
        assertThat(segment.entries()).isEmpty();
        peer.ask(kind + "-create", name, argument);
        assertThat(segment.entries()).extracting(TableEntry::name).contains(name);
    }
}
