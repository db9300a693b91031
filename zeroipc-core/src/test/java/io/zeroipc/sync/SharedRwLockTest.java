package io.zeroipc.sync;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.Occupancy;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
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
}
