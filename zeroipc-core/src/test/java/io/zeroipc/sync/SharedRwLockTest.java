package io.zeroipc.sync;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.zeroipc.Occupancy;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.format.RwLockDescriptor;
import io.zeroipc.format.SemaphoreDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

class SharedRwLockTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private Segment segment;
    private Segment second;
    private SharedRwLock here;
    private SharedRwLock there;

    @BeforeEach
    void create() {
        segment = segments.create(1 << 14);
        second = segments.open(segment);
        here = SharedRwLock.create(segment, "rw");
        there = SharedRwLock.open(second, "rw");
    }

    @Test
    void shouldAdmitReadersTogetherAndWritersAloneWhenLocked() throws Exception {
        assertThat(here.occupancy()).isEqualTo(new Occupancy(0, 1, "holders"));
        here.readLock().lock();
        assertThat(there.readLock().tryLock()).isTrue();
        assertThat(there.readLock().tryLock(Duration.ZERO)).isTrue();
        assertThat(here.readers()).isEqualTo(3);
        assertThat(there.writeLock().tryLock()).isFalse();
        assertThat(there.writeLock().tryLock(Duration.ofMillis(2))).isFalse();
        assertThat(here.isWriteLocked()).isFalse();
        for (int i = 0; i < 3; i++) {
            here.readLock().unlock();
        }

        there.writeLock().lock();
        assertThat(here.isWriteLocked()).isTrue();
        assertThat(here.occupancy()).isEqualTo(new Occupancy(1, 1, "holders"));
        assertThat(here.readLock().tryLock()).isFalse();
        assertThat(here.readLock().tryLock(Duration.ofMillis(2))).isFalse();
        assertThat(here.readLock().tryGuard()).isNull();
        assertThat(here.writeLock().tryLock()).isFalse();
        assertThat(here.writeLock().tryLock(Duration.ofMillis(2))).isFalse();
        there.writeLock().unlock();
        try (Guard guard = here.writeLock().tryGuard()) {
            assertThat(guard).isNotNull();
        }
        try (Guard _ = here.readLock().guard()) {
            assertThat(there.readers()).isEqualTo(1);
        }
        assertThat(there.readers()).isZero();
        assertThat(there.isWriteLocked()).isFalse();
    }

    @Test
    void shouldBeRefusedWhenUnlockedTwice() {
        assertThatUnlockingIsRefused();
    }

    private void assertThatUnlockingIsRefused() {
        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(() -> here.readLock().unlock())
                .withMessageContaining("name=rw, side=read");
        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(() -> here.writeLock().unlock())
                .withMessageContaining("name=rw, side=write");
        assertThat(here.readers()).isZero();
        assertThat(here.writeLock().tryLock()).isTrue();
    }

    @Test
    void shouldGoFirstWhenAWriterWaits() throws Exception {
        here.readLock().lock();
        try (Waiter<Boolean> writer = Waiter.running(there.writeLock()::lock)) {
            await().until(here::isWriteLocked);
            assertThat(here.readLock().tryLock()).isFalse();
            here.readLock().unlock();
            assertThat(writer.get()).isTrue();
        }
        try (Waiter<Boolean> reader = Waiter.running(here.readLock()::lock)) {
            there.writeLock().unlock();
            assertThat(reader.get()).isTrue();
        }
        assertThat(there.readers()).isEqualTo(1);
    }

    @Test
    void shouldLetReadersInAgainWhenAWaitingWriterGivesUp() throws Exception {
        here.readLock().lock();
        try (Waiter<Boolean> interrupted = Waiter.running(here.writeLock()::lock)) {
            await().until(here::isWriteLocked);
            interrupted.interrupt();
            assertThat(interrupted.failure()).isInstanceOf(InterruptedException.class);
        }
        assertThat(here.isWriteLocked()).isFalse();
        try (Waiter<Boolean> closed = Waiter.running(there.writeLock()::lock)) {
            await().until(here::isWriteLocked);
            second.close();
            assertThat(here.isWriteLocked()).isFalse();
            assertThat(closed.failure()).isInstanceOf(IllegalStateException.class);
        }
        assertThat(here.readLock().tryLock()).isTrue();
        here.readLock().unlock();
        here.readLock().unlock();
        assertThat(here.writeLock().tryLock()).isTrue();
    }

    @Test
    void shouldShowReadersWholeValuesWhenWritersChangeThem() throws Exception {
        SharedArray<Long> array = SharedArray.create(segment, "a", Codecs.int64(), 2);
        List<Waiter<Boolean>> threads = new ArrayList<>();
        try {
            for (int i = 0; i < 2; i++) {
                SharedRwLock mine = i == 0 ? here : there;
                threads.add(Waiter.running(() -> {
                    for (int round = 0; round < 1000; round++) {
                        try (Guard _ = mine.writeLock().guard()) {
                            array.set(0, array.get(0) + 1);
                            array.set(1, array.get(1) + 1);
                        }
                    }
                }));
                threads.add(Waiter.running(() -> {
                    for (int round = 0; round < 1000; round++) {
                        try (Guard _ = mine.readLock().guard()) {
                            assertThat(array.get(0)).isEqualTo(array.get(1));
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
        assertThat(array.get(0)).isEqualTo(2000);
        assertThat(here.readers()).isZero();
        assertThat(here.isWriteLocked()).isFalse();
    }

    /**
     * Every state that a killed process leaves: Java's between two stores, and those of other languages, which hold the mutex of
     * readers for a moment.
     */
    record Remains(String of, int readers, boolean flag, boolean readerMutex, boolean writerMutex) {

        void leaveIn(Segment segment) {
            MemorySegment state = segment.blocks("rw_state").require("").memory();
            Atomics.putInt(state, RwLockDescriptor.READERS_OFFSET, readers);
            Atomics.putInt(state, RwLockDescriptor.WRITER_ACTIVE_OFFSET, flag ? 1 : 0);
            leave(segment, "rw_rmtx", readerMutex);
            leave(segment, "rw_wmtx", writerMutex);
        }

        private static void leave(Segment segment, String mutex, boolean locked) {
            Atomics.putInt(segment.blocks(mutex).require("").memory(), SemaphoreDescriptor.COUNT_OFFSET,
                    locked ? 0 : 1);
        }
    }

    static Stream<Remains> remains() {
        return Stream.of(
                new Remains("reader", 1, false, false, false),
                new Remains("reader before it is counted", 0, false, true, false),
                new Remains("reader just counted", 1, false, true, false),
                new Remains("writer before or behind its flag", 0, false, false, true),
                new Remains("writer about to raise it", 0, false, true, true),
                new Remains("writer having raised it", 0, true, true, true),
                new Remains("writer", 0, true, false, true),
                new Remains("writer that waits", 2, true, false, true));
    }

    @ParameterizedTest
    @MethodSource("remains")
    void shouldShowWhatAKilledProcessHasLeftAndUnlockItWhenAsked(Remains remains) throws Exception {
        remains.leaveIn(segment);

        assertThat(there.readers()).isEqualTo(remains.readers);
        assertThat(there.isWriteLocked()).isEqualTo(remains.flag || remains.writerMutex);
        assertThat(there.occupancy()).isEqualTo(new Occupancy(1, 1, "holders"));
        assertThat(SharedRwLock.PROBE.describe(second.blocks("rw")).details())
                .containsEntry("readers", remains.readers)
                .containsEntry("writerActive", remains.flag)
                .containsEntry("readerMutexLocked", remains.readerMutex)
                .containsEntry("writerMutexLocked", remains.writerMutex);
        assertThat(SharedRwLock.PROBE.describe(second.blocks("rw")).occupancy()).isEqualTo(there.occupancy());
        assertThat(there.writeLock().tryLock()).isFalse();
        assertThat(there.writeLock().tryLock(Duration.ofMillis(2))).isFalse();
        boolean readable = !remains.flag && !remains.readerMutex;
        assertThat(there.readLock().tryLock()).isEqualTo(readable);
        assertThat(there.readLock().tryLock(Duration.ofMillis(2))).isEqualTo(readable);
        remains.leaveIn(segment);

        // Once for each that was killed: for a reader, for a writer.
        if (remains.flag || remains.writerMutex) {
            here.writeLock().unlock();
        }
        for (int i = remains.readers + (remains.readerMutex ? 1 : 0); i > 0; i--) {
            here.readLock().unlock();
        }
        isFree();

        remains.leaveIn(segment);
        here.reset();
        isFree();
        here.reset();
        isFree();
    }

    private void isFree() throws InterruptedException {
        assertThat(there.occupancy().used()).isZero();
        assertThat(there.isWriteLocked()).isFalse();
        try (Guard guard = there.readLock().tryGuard(); Guard second = there.readLock().guard()) {
            assertThat(guard).isNotNull();
            assertThat(second).isNotNull();
            assertThat(there.occupancy().used()).isEqualTo(1);
        }
        try (Guard guard = there.writeLock().tryGuard()) {
            assertThat(guard).isNotNull();
        }
        try (Guard _ = there.writeLock().guard()) {
            assertThat(there.occupancy().used()).isEqualTo(1);
        }
        assertThatUnlockingIsRefused();
        here.writeLock().unlock();
    }

    /** A writer of another language raises the flag under the mutex of readers, and looks for readers behind it. */
    @Test
    void shouldComeInBehindTheSectionOfAnotherWhenTheMutexOfReadersIsTaken() throws Exception {
        SharedMutex section = SharedMutex.open(segment, "rw_rmtx");
        MemorySegment state = segment.blocks("rw_state").require("").memory();
        section.lock();
        try (Waiter<Boolean> reader = Waiter.running(there.readLock()::lock)) {
            await().until(reader::isSleeping);
            assertThat(there.readLock().tryLock()).isFalse();
            Atomics.setIntRelease(state, RwLockDescriptor.WRITER_ACTIVE_OFFSET, 1);
            section.unlock();
            // As the other writer does, which is alone now.
            assertThat(here.readers()).isZero();
            assertThat(there.readLock().tryLock()).isFalse();
            Atomics.setIntRelease(state, RwLockDescriptor.WRITER_ACTIVE_OFFSET, 0);
            assertThat(reader.get()).isTrue();
        }
        here.readLock().unlock();

        // A reader that has looked at the flag, and counts itself after a writer of ours has raised it.
        section.lock();
        assertThat(there.writeLock().tryLock()).isFalse();
        assertThat(here.isWriteLocked()).isFalse();
        try (Waiter<Boolean> writer = Waiter.running(there.writeLock()::lock)) {
            await().until(() -> here.isWriteLocked() && writer.isSleeping());
            Atomics.getAndAddInt(state, RwLockDescriptor.READERS_OFFSET, 1);
            section.unlock();
            await().until(writer::isSleeping);
            assertThat(writer.isDone()).isFalse();
            Atomics.getAndAddInt(state, RwLockDescriptor.READERS_OFFSET, -1);
            assertThat(writer.get()).isTrue();
        }
        assertThat(here.readLock().tryLock()).isFalse();
        there.writeLock().unlock();
        isFree();
    }
}
